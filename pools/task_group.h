// A group of tasks that one can wait for: fork and join. Waiting inside a task of the same pool
// runs other waiting tasks meanwhile, so joins nest to any depth on any number of workers.
//
//   pools::TaskGroup group(pool);
//   group.run([&] { left = sum(begin, middle); });
//   right = sum(middle, end);
//   group.wait();
//
// run() and wait() may be called by any thread, run() also by the group's own tasks. The first
// exception a task of the group throws comes out of wait(); all count as failed in the ledger.
// The destructor waits too (and drops the exception). Costs two atomic additions a task.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <type_traits>
#include <utility>

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
    // relaxed: the submit publishes the task, and with it this count.
    word_.fetch_add(kTask, std::memory_order_relaxed);
    return pool_.submit(Member<std::decay_t<F>>(*this, std::forward<F>(callable)), options);
  }

  /// Returns when every task is finished; then throws the first exception, once.
  void wait() {
    finish();
    std::exception_ptr thrown;
    {
      const std::lock_guard lock(mutex_);
      thrown = std::exchange(thrown_, nullptr);
    }
    if (thrown) std::rethrow_exception(thrown);
  }

 private:
  /// word_ = tasks not finished x 2 + (a thread sleeps). In one word, because the last task must
  /// not touch the group after its subtraction: the waiter may have destroyed it.
  static constexpr std::uint32_t kTask = 2;
  static constexpr std::uint32_t kSleeper = 1;

  template <typename F>
  class Member {
   public:
    template <typename G>
    Member(TaskGroup& group, G&& callable) : group_(&group), callable_(std::forward<G>(callable)) {}
    Member(Member&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
        : group_(std::exchange(other.group_, nullptr)), callable_(std::move(other.callable_)) {}
    Member& operator=(Member&&) = delete;
    ~Member() {
      if (group_ != nullptr) group_->finished_one();
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

  void finished_one() noexcept;
  void finish() noexcept;
  void keep(std::exception_ptr thrown) noexcept {
    const std::lock_guard lock(mutex_);
    if (!thrown_) thrown_ = std::move(thrown);
  }

  Pool& pool_;
  std::atomic<std::uint32_t> word_{0};
  std::mutex mutex_;
  std::exception_ptr thrown_;  // guarded by mutex_
};

}  // namespace pools
