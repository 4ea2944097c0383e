// The changes of a pool's worker target, and what else became of its workers. All are counted; the
// latest are kept, so that a pool that lives for years does not grow by its history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "pools/metrics/snapshot.h"

namespace pools {

/// Any thread.
class ScalingLog {
 public:
  /// At the supervisor's fastest pace ten seconds' worth: a sampler misses none.
  static constexpr std::size_t kKept = 2048;

  void add(ScalingEvent event) {
    const std::lock_guard lock(mutex_);
    ++(event.to > event.from ? ups_ : event.to < event.from ? downs_ : notices_);
    kept_.push_back(std::move(event));
    if (kept_.size() > kKept) kept_.pop_front();
  }

  /// The counts, and what is kept of the events from number `from` on.
  void fill(PoolSnapshot& out, std::size_t from) const {
    const std::lock_guard lock(mutex_);
    out.scale_ups = ups_;
    out.scale_downs = downs_;
    out.notices = notices_;
    const std::size_t forgotten = out.scaling_events() - kept_.size();
    const std::size_t skip = from > forgotten ? from - forgotten : 0;
    for (std::size_t i = skip; i < kept_.size(); ++i) out.scaling.push_back(kept_[i]);
  }

 private:
  mutable std::mutex mutex_;
  // guarded by mutex_
  std::deque<ScalingEvent> kept_;
  std::uint64_t ups_ = 0;
  std::uint64_t downs_ = 0;
  std::uint64_t notices_ = 0;
};

}  // namespace pools
