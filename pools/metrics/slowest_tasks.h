// The slowest tasks that one thread ran, of one series: when each was due, accepted, started and
// finished, and what the thread had done just before. Written by that thread only, read by anyone.
//
// Cost: of a task that is none of them one comparison; of one that is, a lock that nobody wants
// and a look at the others. In a load that a pool can bear these are some hundred of any number;
// where each task waits longer than the last, each is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/snapshot.h"

namespace pools {

class SlowestTasks {
 public:
  /// Of each thread and series, so that the slowest so many of all can be had exactly.
  static constexpr std::size_t kKept = SlowTask::kKept;

  /// Whether a task with that response is one of them so far. The writing thread only.
  bool wants(Nanos response) const noexcept { return response > fastest_; }
  /// Requires: wants(). The writing thread only.
  void keep(const SlowTask& task) noexcept;

  /// Adds them as tasks of `worker`. Any thread.
  void add_to(std::vector<SlowTask>& out, std::uint32_t worker) const;

 private:
  // the writing thread's own
  Nanos fastest_{-1};  // of those that are kept, once there are kKept
  std::size_t fastest_at_ = 0;

  mutable std::mutex mutex_;
  // guarded by mutex_
  std::size_t count_ = 0;
  std::array<SlowTask, kKept> kept_{};
};

/// Leaves the slowest SlowTask::kKept, the slowest first. Of equals the earlier comes first.
void leave_slowest(std::vector<SlowTask>& tasks);

}  // namespace pools
