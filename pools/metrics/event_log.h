// What a pool's policies did. All are counted; the latest are kept, so that a pool that lives for
// years does not grow by its history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "pools/metrics/pool_event.h"
#include "pools/metrics/snapshot.h"

namespace pools {

/// Any thread.
class EventLog {
 public:
  static constexpr std::size_t kKept = 256;

  void add(std::vector<PoolEvent> events) noexcept {
    const std::lock_guard lock(mutex_);
    for (PoolEvent& event : events) {
      ++count_;
      opened_ += event.state == kOpen ? 1 : 0;
      try {
        kept_.push_back(std::move(event));
      } catch (const std::bad_alloc&) {
        continue;  // counted all the same
      }
      if (kept_.size() > kKept) kept_.pop_front();
    }
  }

  void fill(PoolSnapshot& out) const {
    const std::lock_guard lock(mutex_);
    out.events_so_far = count_;
    out.breaker_opened = opened_;
    out.events.assign(kept_.begin(), kept_.end());
  }

 private:
  mutable std::mutex mutex_;
  // guarded by mutex_
  std::deque<PoolEvent> kept_;
  std::uint64_t count_ = 0;
  std::uint64_t opened_ = 0;
};

}  // namespace pools
