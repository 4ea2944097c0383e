// What a task does for the length of its service time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "pools/clock.h"

namespace scenarios {

/// What a task does about the children that it has submitted.
enum class Join : std::uint8_t {
  Never,  ///< nothing: it is done
  Help,   ///< waits, and meanwhile runs what waits in the pool
  Sleep,  ///< waits asleep, as who does not know of pools
  Block,  ///< the same, but tells the pool
};

/// The tasks that a request becomes: one, or one that submits `fanout` others, which do the same,
/// for `depth` generations.
struct Tree {
  std::uint32_t depth = 0;
  std::uint32_t fanout = 1;
  Join join = Join::Never;

  /// In all; what is beyond 2^40 counts as that.
  constexpr std::uint64_t tasks() const noexcept {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40U;
    std::uint64_t generation = 1;
    std::uint64_t sum = 1;
    for (std::uint32_t i = 0; i < depth && sum < kMost; ++i) sum += generation *= fanout;
    return std::min(sum, kMost);
  }
};

class Work {
 public:
  virtual ~Work() = default;
  /// Takes about `service` on an idle core. Called by many threads at once.
  virtual void perform(pools::Nanos service) const = 0;
  /// What becomes of a request: its tasks share its service time equally (tree_task.h).
  virtual Tree tree() const noexcept { return {}; }
};

}  // namespace scenarios
