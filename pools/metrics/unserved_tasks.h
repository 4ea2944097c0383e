// The tasks of a pool that never ran, by series: those it refused, those it gave up under a policy,
// and those it gave back unrun at its end, with how old they were then. A cancelled task would have
// waited at least that long; without it the latencies of a pool that was overloaded would be those
// of the lucky ones.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/snapshot.h"
#include "pools/pool.h"
#include "pools/task.h"

namespace pools {

/// Any thread.
class UnservedTasks {
 public:
  explicit UnservedTasks(std::uint16_t series);

  /// Before the task counts as settled, so that who sees it settled finds it here.
  void refused(const Task& task, SubmitStatus why) noexcept {
    add(task, static_cast<std::size_t>(why) - 1);
  }
  /// Likewise; expired, shed or evicted.
  void dropped(const Task& task, Outcome why) noexcept {
    add(task, why == Outcome::Expired ? kExpired : why == Outcome::Shed ? kShed : kEvicted);
  }
  /// Likewise. Takes a lock: cancelling is rare and at the end.
  void cancelled(const Task& task, Instant now) noexcept;

  void add_to(std::vector<SeriesReport>& out) const;
  /// Of all series.
  Refusals refusals() const noexcept;

 private:
  struct Cancelled {
    std::uint64_t count = 0;
    std::uint64_t dated = 0;
    LatencyHistogram wait;
    LatencyHistogram response;
  };
  // A series' counts: its refusals in the order of SubmitStatus, then these.
  static constexpr std::size_t kExpired = kRefusals;
  static constexpr std::size_t kShed = kRefusals + 1;
  static constexpr std::size_t kEvicted = kRefusals + 2;
  static constexpr std::size_t kMissed = kRefusals + 3;  // had a deadline
  static constexpr std::size_t kCounts = kRefusals + 4;

  void add(const Task& task, std::size_t count) noexcept {
    std::atomic<std::uint64_t>* const own = &counts_[index(task) * kCounts];
    own[count].fetch_add(1, std::memory_order_relaxed);
    if (task.dated) own[kMissed].fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t count(std::size_t series, std::size_t which) const noexcept {
    return counts_[series * kCounts + which].load(std::memory_order_relaxed);
  }
  void add_refusals(std::size_t series, Refusals& out) const noexcept;
  std::size_t index(const Task& task) const noexcept {
    return task.series < series_ ? task.series : 0;
  }

  const std::size_t series_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;  // [series][count]
  mutable std::mutex mutex_;
  std::vector<Cancelled> cancelled_;  // guarded by mutex_
};

}  // namespace pools
