// Fixed: the pool keeps the number of workers it started with.
#include "pools/policies/sizing/rows.h"

namespace pools {
namespace {

class Fixed final : public SizingPolicy {
 public:
  SizingDecision decide(const LoadSample& sample) override { return {sample.workers, {}}; }
  bool dynamic() const noexcept override { return false; }
};

}  // namespace

const SizingRow& fixed_row() {
  static const SizingRow kRow{.name = "fixed",
                              .summary = "the number of workers never changes",
                              .knobs = {},
                              .make = [](const Settings&) -> std::unique_ptr<SizingPolicy> {
                                return std::make_unique<Fixed>();
                              }};
  return kRow;
}

}  // namespace pools
