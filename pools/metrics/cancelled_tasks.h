// The tasks that a pool gave back unrun: how many of each series, and how old they were then. Such
// a task would have waited at least that long; without it the latencies of a pool that was
// overloaded would be those of the lucky ones.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/snapshot.h"
#include "pools/task.h"

namespace pools {

/// Any thread. Cancelling is rare and at the end: a lock will do.
class CancelledTasks {
 public:
  explicit CancelledTasks(std::uint16_t series);

  /// Before the task counts as settled, so that who sees it settled finds it here.
  void add(const Task& task, Instant now) noexcept;
  void add_to(std::vector<SeriesReport>& out) const;

 private:
  struct Series {
    std::uint64_t count = 0;
    LatencyHistogram wait;
    LatencyHistogram response;
  };
  mutable std::mutex mutex_;
  std::vector<Series> series_;  // guarded by mutex_
};

}  // namespace pools
