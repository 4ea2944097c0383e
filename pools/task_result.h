// What a task returns, for the thread that asked for it:
//
//   pools::TaskResult sum(pool, [&] { return add_up(left); });
//   const int right_sum = add_up(right);
//   use(sum.get() + right_sum);
//
// A group of one task (task_group.h), with the same promises: made, waited for and destroyed by one
// thread; who waits inside a task of the pool runs other tasks meanwhile; the destructor waits. The
// value lies where the result was made, so it costs a task no memory.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "pools/task_group.h"
#include "pools/task_not_run.h"

namespace pools {

template <typename Value>
class TaskResult {
 public:
  /// Submits the task. Where the submit throws there is neither task nor result.
  template <typename F>
  requires std::is_invocable_r_v < Value, std::decay_t<F>
  & > TaskResult(Pool& pool, F&& callable, const SubmitOptions& options = {}) : group_(pool) {
    status_ = group_.run(
        [this, body = std::forward<F>(callable)]() mutable { value_.emplace(body()); }, options);
  }
  TaskResult(const TaskResult&) = delete;
  TaskResult& operator=(const TaskResult&) = delete;

  SubmitStatus status() const noexcept { return status_; }

  /// Waits for the task and hands its value over, once. Throws what the task threw, or TaskNotRun.
  Value get() {
    const Outcome outcome = group_.wait();
    if (!value_) throw TaskNotRun(status_ == SubmitStatus::Accepted ? outcome : Outcome::Refused);
    return std::move(*value_);
  }

 private:
  std::optional<Value> value_;  // before the group, whose end waits for who writes it
  SubmitStatus status_ = SubmitStatus::Accepted;
  TaskGroup group_;
};

template <typename F>
TaskResult(Pool&, F&&) -> TaskResult<std::invoke_result_t<std::decay_t<F>&>>;
template <typename F>
TaskResult(Pool&, F&&, const SubmitOptions&) -> TaskResult<std::invoke_result_t<std::decay_t<F>&>>;

}  // namespace pools
