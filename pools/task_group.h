// A group of tasks that one can wait for: fork and join. Waiting inside a task of the same pool
// runs other waiting tasks meanwhile, so joins nest to any depth on any number of workers.
//
//   pools::TaskGroup group(pool);
//   group.run([&] { left = sum(begin, middle); });
//   right = sum(middle, end);
//   group.wait();
//
// The thread that made the group waits for it and destroys it; run() may be called by any thread,
// also by the group's own tasks. The first exception a task of the group throws comes out of
// wait(); all count as failed in the ledger. The destructor waits too (and drops the exception).
// Costs an atomic addition for each task that another thread starts or finishes, else nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <type_traits>
#include <utility>

#include "pools/engine/group_count.h"
#include "pools/pool.h"

namespace pools {

class TaskGroup {
 public:
  explicit TaskGroup(Pool& pool) noexcept : pool_(pool) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup() { finish(); }

  /// Submits a task of this group. Not accepted: the callable was destroyed unrun, and the group
  /// does not wait for it. A task that is cancelled later counts as finished.
  template <typename F>
  [[nodiscard]] SubmitStatus run(F&& callable, const SubmitOptions& options = {}) {
    count_.started(owned_here());
    return pool_.submit(Member<std::decay_t<F>>(*this, std::forward<F>(callable)), options);
  }

  /// Returns when every task is finished; then throws the first exception, once.
  void wait() {
    finish();
    if (threw_.load(std::memory_order_relaxed)) [[unlikely]]
      rethrow();
  }

 private:
  template <typename F>
  class Member {
   public:
    template <typename G>
    Member(TaskGroup& group, G&& callable) : group_(&group), callable_(std::forward<G>(callable)) {}
    Member(Member&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
        : group_(std::exchange(other.group_, nullptr)), callable_(std::move(other.callable_)) {}
    Member& operator=(Member&&) = delete;
    ~Member() {
      if (group_ != nullptr) group_->count_.finished(group_->owned_here());
    }
    void operator()() {
      try {
        callable_();
      } catch (...) {
        group_->keep(std::current_exception());
        throw;
      }
    }

   private:
    TaskGroup* group_;
    F callable_;
  };

  /// The address of a variable that each thread has for itself names the thread.
  static const void* this_thread() noexcept {
    thread_local constinit char mark = 0;
    return &mark;
  }
  bool owned_here() const noexcept { return owner_ == this_thread(); }

  void finish() noexcept {
    if (!count_.none()) help_until_finished();
  }
  void help_until_finished() noexcept;
  void keep(std::exception_ptr thrown) noexcept;
  void rethrow();

  Pool& pool_;
  const void* const owner_ = this_thread();
  GroupCount count_;
  std::atomic<bool> threw_{false};
  std::mutex mutex_;
  std::exception_ptr thrown_;  // guarded by mutex_
};

}  // namespace pools
