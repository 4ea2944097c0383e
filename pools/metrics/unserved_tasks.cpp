#include "pools/metrics/unserved_tasks.h"

#include <algorithm>
#include <new>

namespace pools {

UnservedTasks::UnservedTasks(std::uint16_t series)
    : series_(std::max<std::size_t>(series, 1)),
      refused_(std::make_unique<std::atomic<std::uint64_t>[]>(series_)),
      cancelled_(series_),
      timed_out_(series_) {}

void UnservedTasks::cancelled(const Task& task, Instant now) noexcept {
  const std::lock_guard lock(mutex_);
  Cancelled& own = cancelled_[index(task)];
  ++own.count;
  if (!task.timed) return;
  try {
    own.wait.record(now - task.accepted);
    own.response.record(now - task.due());
  } catch (const std::bad_alloc&) {
    // It stays counted; that its age is not known is all that is lost.
  }
}

void UnservedTasks::timed_out(const Task& task, Instant start, Instant now) noexcept {
  const std::lock_guard lock(mutex_);
  TimedOut& own = timed_out_[index(task)];
  ++own.count;
  if (!task.timed) return;
  try {
    own.wait.record(start - task.accepted);
    cancelled_[index(task)].response.record(now - task.due());
  } catch (const std::bad_alloc&) {  // as above
  }
}

void UnservedTasks::add_to(std::vector<SeriesReport>& out) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < series_ && i < out.size(); ++i) {
    out[i].rejected += refused_[i].load(std::memory_order_relaxed);
    out[i].cancelled += cancelled_[i].count;
    out[i].timed_out += timed_out_[i].count;
    out[i].queue_wait.merge(timed_out_[i].wait);
    out[i].unserved_wait.merge(cancelled_[i].wait);
    out[i].unserved_response.merge(cancelled_[i].response);
  }
}

}  // namespace pools
