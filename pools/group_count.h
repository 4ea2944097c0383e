// How many tasks of a group are not finished. Fork and join mostly happens on one thread: it starts
// the tasks and, while it waits, runs them itself. So the thread that made the count, its owner,
// keeps its own part in a plain number; only what other threads start or finish costs an atomic
// addition. Either part alone may be below zero, only their sum means something.
//
// started() and finished() may be called by any thread, the rest by the owner. Counts to 2^30.
//
// Part of TaskGroup, and here rather than in engine/ because it is compiled into users' code.
#pragma once

#include <atomic>
#include <cstdint>

#include "pools/clock.h"

namespace pools {

/// What it synchronises with outside of the models (tests/models/): as the engine's RealSync, but
/// the rare calls are out of line, so that a user's code sees no header of the kernel's.
struct GroupSync {
  template <typename T>
  using Atomic = std::atomic<T>;
  static void futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected, Nanos limit) noexcept;
  static void futex_wake(Atomic<std::uint32_t>& word, int waiters) noexcept;
};

template <typename Sync>
class BasicGroupCount {
 public:
  void started(bool by_owner) noexcept {
    if (by_owner) {
      ++own_;
    } else {
      // relaxed: the submit that follows publishes the task, and with it this count.
      shared_.fetch_add(kTask, std::memory_order_relaxed);
    }
  }

  /// The last thing a task does to its group: the owner may destroy it at once.
  void finished(bool by_owner) noexcept {
    if (by_owner) {
      --own_;
      return;
    }
    auto& shared = shared_;
    // release: pairs with the acquire in none(); what the task wrote is visible to the owner. Then
    // only the word's address is used: a wake-up sent to freed memory wakes nobody.
    if (shared.fetch_sub(kTask, std::memory_order_release) == (kTask | kSleeper)) {
      Sync::futex_wake(shared, 1);
    }
  }

  /// Whether every task is finished; what they wrote is visible then.
  bool none() const noexcept {
    return shared_.load(std::memory_order_acquire) + own_ * kTask < kTask;
  }

  /// Sleeps until none(), or until `limit` has passed, or for no reason.
  void sleep(Nanos limit) noexcept {
    // The owner's part goes to the shared one, so that whoever finishes the last task can see that.
    // relaxed, like the rest here: the futex compares the newest value itself.
    const std::uint32_t part = own_ * kTask + (awake_ ? kSleeper : 0);
    const std::uint32_t word = shared_.fetch_add(part, std::memory_order_relaxed) + part;
    own_ = 0;
    awake_ = false;
    if (word >= kTask) Sync::futex_wait(shared_, word, limit);
  }

 private:
  /// shared_ = tasks x 2 + (the owner sleeps now and then), modulo 2^32.
  static constexpr std::uint32_t kTask = 2;
  static constexpr std::uint32_t kSleeper = 1;

  typename Sync::template Atomic<std::uint32_t> shared_{0};
  std::uint32_t own_ = 0;  // the owner's, modulo 2^31
  bool awake_ = true;      // the owner's: kSleeper is not yet in shared_
};

using GroupCount = BasicGroupCount<GroupSync>;

}  // namespace pools
