// The tasks of a pool that have no answer, by series: those it refused, those it gave back unrun,
// and those whose time was up, with how old they were then. A cancelled task would have waited at
// least that long; without it the latencies of a pool that was overloaded would be those of the
// lucky ones.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/snapshot.h"
#include "pools/task.h"

namespace pools {

/// Any thread.
class UnservedTasks {
 public:
  explicit UnservedTasks(std::uint16_t series);

  /// Before the task counts as settled, so that who sees it settled finds it here.
  void refused(const Task& task) noexcept {
    refused_[index(task)].fetch_add(1, std::memory_order_relaxed);
  }
  /// Likewise. Takes a lock: cancelling is rare and at the end.
  void cancelled(const Task& task, Instant now) noexcept;

  /// The same for a task that began at `start` and has overrun its time limit.
  void timed_out(const Task& task, Instant start, Instant now) noexcept;

  void add_to(std::vector<SeriesReport>& out) const;

 private:
  struct Cancelled {
    std::uint64_t count = 0;
    LatencyHistogram wait;
    LatencyHistogram response;
  };
  struct TimedOut {
    std::uint64_t count = 0;
    LatencyHistogram wait;  // accepted -> start
  };
  std::size_t index(const Task& task) const noexcept {
    return task.series < series_ ? task.series : 0;
  }

  const std::size_t series_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> refused_;
  mutable std::mutex mutex_;
  // guarded by mutex_
  std::vector<Cancelled> cancelled_;
  std::vector<TimedOut> timed_out_;
};

}  // namespace pools
