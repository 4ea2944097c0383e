// The tasks that have failed and wait for their next attempt. They hold no worker and no place in a
// queue: a timer each, and a link. A shutdown finds them all here; one that fails afterwards is not
// taken in any more.
//
// Templated on what it synchronises with, and on what waits, for the models (tests/models/).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <new>
#include <utility>

#include "pools/clock.h"
#include "pools/engine/sync.h"
#include "pools/timers/timers.h"

namespace pools {

template <typename Sync, typename T>
class BasicBackOffs {
 public:
  /// `resume` is called on the timers' thread for each whose time has come; it must not throw.
  BasicBackOffs(BasicTimers<Sync>& timers, std::function<void(T&)> resume)
      : timers_(timers), resume_(std::move(resume)) {}
  BasicBackOffs(const BasicBackOffs&) = delete;
  BasicBackOffs& operator=(const BasicBackOffs&) = delete;
  /// Requires: nothing waits, and the timers' thread does not fire any more.
  ~BasicBackOffs() = default;

  /// Takes the task until `due`: it may be somebody else's before this returns. False, and it is
  /// still the caller's: the shutdown has begun, or there is no memory. Any thread.
  bool hold(T& task, Instant due) noexcept {
    auto* const waiting = new (std::nothrow) Waiting(*this, task);
    if (waiting == nullptr) return false;
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) {
        link(*waiting);
        count(+1);
        timers_.start(*waiting, due);  // under the lock: who takes it finds it started
        return true;
      }
    }
    delete waiting;
    return false;
  }

  /// No task is taken in from now on. Any thread.
  void close() noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  /// Hands over every task that waits. Any thread, not inside `resume`.
  template <typename Visit>
  void take_all(Visit&& visit) noexcept {
    while (Waiting* const waiting = take_first()) {
      // It may be firing, and then finds that it is taken.
      static_cast<void>(timers_.cancel(*waiting));
      T& task = waiting->task;
      delete waiting;
      visit(task);
    }
  }

  /// How many wait. Any thread.
  std::uint64_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  struct Waiting final : Timer {
    Waiting(BasicBackOffs& its_home, T& its_task) noexcept : home(its_home), task(its_task) {}
    void fire() noexcept override {
      if (!home.take(*this)) return;  // then it is not ours to touch
      BasicBackOffs& from = home;
      T& due = task;
      delete this;
      from.resume_(due);
    }

    BasicBackOffs& home;
    T& task;
    // guarded by home.mutex_
    Waiting* before = nullptr;
    Waiting* after = nullptr;
    bool held = false;
  };

  void link(Waiting& waiting) noexcept {
    waiting.held = true;
    waiting.after = first_;
    if (first_ != nullptr) first_->before = &waiting;
    first_ = &waiting;
  }
  /// Requires the mutex. False: it has been taken.
  bool unlink(Waiting& waiting) noexcept {
    if (!waiting.held) return false;
    waiting.held = false;
    (waiting.before != nullptr ? waiting.before->after : first_) = waiting.after;
    if (waiting.after != nullptr) waiting.after->before = waiting.before;
    count(-1);
    return true;
  }
  /// Requires the mutex.
  void count(int change) noexcept {
    // relaxed: a figure. Whoever needs to know that nothing is left looks at the tasks' own counts.
    const std::uint64_t size = size_.load(std::memory_order_relaxed);
    size_.store(change > 0 ? size + 1 : size - 1, std::memory_order_relaxed);
  }
  bool take(Waiting& waiting) noexcept {
    const std::lock_guard lock(mutex_);
    return unlink(waiting);
  }
  Waiting* take_first() noexcept {
    const std::lock_guard lock(mutex_);
    Waiting* const first = first_;
    if (first != nullptr) unlink(*first);
    return first;
  }

  BasicTimers<Sync>& timers_;
  const std::function<void(T&)> resume_;
  typename Sync::template Atomic<std::uint64_t> size_{0};  // written under mutex_, read by anyone
  typename Sync::Mutex mutex_;
  // guarded by mutex_
  Waiting* first_ = nullptr;
  bool closed_ = false;
};

}  // namespace pools
