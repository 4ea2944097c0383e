// Discard: a task that failed has failed.
#include "pools/policies/retry/rows.h"

namespace pools {

const RetryRow& discard_row() {
  static const RetryRow kRow{
      "discard",
      "a task that failed has failed",
      {},
      [](const Settings& /*settings*/) -> std::unique_ptr<RetryPolicy> { return nullptr; }};
  return kRow;
}

}  // namespace pools
