// How many tasks a worker may take into its hand at once. Tasks in a hand cannot be served by
// anyone else, so a worker holds at most about 20 us of work: many tiny tasks, or one of any other
// size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pools/clock.h"

namespace pools {

class HandBudget {
 public:
  static constexpr std::size_t kMost = 32;

  std::size_t tasks() const noexcept {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(kHold / (slow_ns_ + 1), 1, kMost));
  }
  /// A task took this long. What counts is the slowest lately, forgotten by 1/16 a task: one long
  /// task among short ones must not find others behind it in its worker's hand.
  void saw(Nanos took) noexcept {
    slow_ns_ = std::max<std::int64_t>(took.count(), slow_ns_ - slow_ns_ / 16);
  }

 private:
  static constexpr std::int64_t kHold = 20'000;
  std::int64_t slow_ns_ = kHold;
};

}  // namespace pools
