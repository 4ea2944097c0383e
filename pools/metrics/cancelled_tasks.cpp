#include "pools/metrics/cancelled_tasks.h"

#include <algorithm>
#include <new>

namespace pools {

CancelledTasks::CancelledTasks(std::uint16_t series) : series_(std::max<std::size_t>(series, 1)) {}

void CancelledTasks::add(const Task& task, Instant now) noexcept {
  const std::lock_guard lock(mutex_);
  Series& own = series_[task.series < series_.size() ? task.series : 0];
  ++own.count;
  if (!task.timed) return;
  try {
    own.wait.record(now - task.accepted);
    own.response.record(now - task.due());
  } catch (const std::bad_alloc&) {
    // It stays counted; that its age is not known is all that is lost.
  }
}

void CancelledTasks::add_to(std::vector<SeriesReport>& out) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < series_.size() && i < out.size(); ++i) {
    out[i].cancelled += series_[i].count;
    out[i].unserved_wait.merge(series_[i].wait);
    out[i].unserved_response.merge(series_[i].response);
  }
}

}  // namespace pools
