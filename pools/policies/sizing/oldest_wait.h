// How long the longest waiting task has waited, told from two counts alone, so that no task needs a
// time stamp for it: how many tasks have arrived and how many have been started, looked at now and
// then. Of those that wait, at least one arrived before the started-plus-first did; if it is known
// by which look that one had arrived, it has waited at least since then. Exact to the distance of
// two looks where tasks start in the order of arrival, and in any other order a lower bound.
//
// A plain value for one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "pools/clock.h"

namespace pools {

class OldestWait {
 public:
  /// One look: both counts only grow. Returns how long the longest waiting task has waited at
  /// least; zero when none does.
  Nanos look(Instant now, std::uint64_t arrived, std::uint64_t started) {
    while (!looks_.empty() && looks_.front().arrived <= started) looks_.pop_front();
    if (arrived > (looks_.empty() ? started : looks_.back().arrived)) {
      if (looks_.size() == kMost)
        looks_.pop_back();  // its tasks then count as later: still a bound
      looks_.push_back({now, arrived});
    }
    return looks_.empty() ? Nanos{0} : now - looks_.front().at;
  }

 private:
  struct Look {
    Instant at;
    std::uint64_t arrived;
  };
  static constexpr std::size_t kMost = 4096;  // 20 s of looks every 5 ms

  std::deque<Look> looks_;  // those by which tasks arrived that may still wait, in order
};

}  // namespace pools
