// One word that says where a task with a result is: begun, cancelled, ended; and whether somebody
// sleeps on it or wants to go on after it. Of cancelling and beginning exactly one wins, for both
// are updates of this word. The result is ready once, and whoever attached himself before is told
// by the one who makes it ready, after that by nobody: he sees that it is.
//
// begin() and publish() belong to the task's side, one thread after the other; the rest to whoever
// has the future. Part of Future, and here rather than in engine/ because it is compiled into
// users' code.
#pragma once

#include <cstdint>

#include "pools/group_count.h"

namespace pools {

template <typename Sync>
class BasicResultWord {
 public:
  /// The task's turn has come, perhaps again after a failed attempt. False: it was cancelled.
  bool begin() noexcept {
    // relaxed: only who wins counts; the callable was published with the task.
    return (word_.fetch_or(kBegun, std::memory_order_relaxed) & kCancelled) == 0;
  }
  /// True for one caller, if the task has not begun: it never will, and the caller may destroy the
  /// callable and is the one to publish.
  bool cancel() noexcept {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & (kBegun | kCancelled | kReady)) != 0) return false;
      // relaxed: as in begin().
    } while (!word_.compare_exchange_weak(word, word | kCancelled, std::memory_order_relaxed,
                                          std::memory_order_relaxed));
    return true;
  }
  bool cancelled() const noexcept {
    return (word_.load(std::memory_order_relaxed) & kCancelled) != 0;
  }

  /// Once. What was written before is visible to who sees ready(). True: somebody follows(), and
  /// what he wrote before is visible here.
  bool publish() noexcept {
    // acq_rel: pairs with the acquire in ready(), and with follow().
    const std::uint32_t before = word_.fetch_or(kReady, std::memory_order_acq_rel);
    if ((before & kSleeper) != 0) Sync::futex_wake(word_, kEverybody);
    return (before & kFollowed) != 0;
  }
  bool ready() const noexcept { return (word_.load(std::memory_order_acquire) & kReady) != 0; }
  /// Once. True: publish() will say so. False: the result is ready.
  bool follow() noexcept {
    // acq_rel: pairs with publish(), one way or the other.
    return (word_.fetch_or(kFollowed, std::memory_order_acq_rel) & kReady) == 0;
  }

  /// Sleeps until ready(), or until `limit` (negative: none) has passed, or for no reason.
  void sleep(Nanos limit) noexcept {
    // relaxed: the futex compares the newest value itself, and ready() is asked afterwards.
    const std::uint32_t word = word_.fetch_or(kSleeper, std::memory_order_relaxed) | kSleeper;
    if ((word & kReady) == 0) Sync::futex_wait(word_, word, limit);
  }

 private:
  static constexpr std::uint32_t kBegun = 1;
  static constexpr std::uint32_t kCancelled = 2;
  static constexpr std::uint32_t kReady = 4;
  static constexpr std::uint32_t kFollowed = 8;
  static constexpr std::uint32_t kSleeper = 16;
  static constexpr int kEverybody = 0x7fffffff;

  typename Sync::template Atomic<std::uint32_t> word_{0};
};

using ResultWord = BasicResultWord<GroupSync>;

}  // namespace pools
