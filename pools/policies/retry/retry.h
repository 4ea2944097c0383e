// A retry policy decides whether a task that failed is tried again, and when. It has no thread,
// lock, clock or source of chance of its own: the engine hands it plain values, one call at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "pools/clock.h"

namespace pools {

struct FailedAttempt {
  std::uint32_t attempts = 1;  ///< that this task has had, the failed one included
  /// How many tasks under this policy have begun so far, each counted once.
  std::uint64_t tasks = 0;
  double chance = 0;  ///< drawn evenly from [0, 1)
};

struct RetryDecision {
  enum class Why : std::uint8_t {
    TryAgain,
    AttemptsSpent,  ///< it has had as many as there may be
    BudgetSpent,    ///< other tasks have been tried again too often lately
  };
  Why why = Why::AttemptsSpent;
  Nanos after{0};  ///< of TryAgain: so long from now
};

class RetryPolicy {
 public:
  virtual ~RetryPolicy() = default;
  virtual RetryDecision decide(const FailedAttempt& failed) = 0;
};

}  // namespace pools
