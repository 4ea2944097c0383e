#include "pools/metrics/unserved_tasks.h"

#include <algorithm>
#include <new>

#include "pools/metrics/series_counts.h"

namespace pools {

UnservedTasks::UnservedTasks(std::uint16_t series)
    : series_(std::max<std::size_t>(series, 1)),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(series_ * kCounts)),
      cancelled_(series_) {}

void UnservedTasks::cancelled(const Task& task, Instant now) noexcept {
  const std::lock_guard lock(mutex_);
  Cancelled& own = cancelled_[index(task)];
  ++own.count;
  if (task.dated) ++own.dated;
  if (!task.timed) return;
  try {
    own.wait.record(now - task.accepted);
    own.response.record(now - task.due());
  } catch (const std::bad_alloc&) {
    // It stays counted; that its age is not known is all that is lost.
  }
}

void UnservedTasks::add_refusals(std::size_t series, Refusals& out) const noexcept {
  for (std::size_t i = 0; i < kRefusals; ++i) {
    out.*kRefusalKeys[i].of_pool += count(series, i);
  }
}

Refusals UnservedTasks::refusals() const noexcept {
  Refusals sum;
  for (std::size_t i = 0; i < series_; ++i) add_refusals(i, sum);
  return sum;
}

void UnservedTasks::add_to(std::vector<SeriesReport>& out) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < series_ && i < out.size(); ++i) {
    Refusals refusals;
    add_refusals(i, refusals);
    for (const RefusalKey& key : kRefusalKeys) {
      out[i].refusals.*key.of_pool += refusals.*key.of_pool;
      out[i].rejected += refusals.*key.of_pool;
    }
    out[i].expired += count(i, kExpired);
    out[i].shed += count(i, kShed);
    out[i].evicted += count(i, kEvicted);
    out[i].cancelled += cancelled_[i].count;
    out[i].deadlines_missed += count(i, kMissed) + cancelled_[i].dated;
    out[i].unserved_wait.merge(cancelled_[i].wait);
    out[i].unserved_response.merge(cancelled_[i].response);
  }
}

}  // namespace pools
