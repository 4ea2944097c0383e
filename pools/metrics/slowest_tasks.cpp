#include "pools/metrics/slowest_tasks.h"

#include <algorithm>

namespace pools {

void SlowestTasks::keep(const SlowTask& task) noexcept {
  const std::lock_guard lock(mutex_);
  if (count_ < kKept) {
    kept_[count_++] = task;
    if (count_ < kKept) return;
  } else {
    kept_[fastest_at_] = task;
  }
  const auto fastest = std::ranges::min_element(kept_, {}, &SlowTask::response);
  fastest_ = fastest->response();
  fastest_at_ = static_cast<std::size_t>(fastest - kept_.begin());
}

void SlowestTasks::add_to(std::vector<SlowTask>& out, std::uint32_t worker) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < count_; ++i) {
    out.push_back(kept_[i]);
    out.back().worker = worker;
  }
}

void leave_slowest(std::vector<SlowTask>& tasks) {
  std::ranges::sort(tasks, [](const SlowTask& a, const SlowTask& b) {
    return a.response() != b.response() ? a.response() > b.response() : a.due < b.due;
  });
  if (tasks.size() > SlowTask::kKept) tasks.resize(SlowTask::kKept);
}

}  // namespace pools
