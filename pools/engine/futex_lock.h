// The lock of the short critical sections that every task may pass: a few pointers change, nobody
// sleeps inside. Locking and unlocking a free one is one inlined atomic operation each, a fifth of
// std::mutex in instructions; who finds it taken spins a little, then sleeps in the kernel.
// Ulrich Drepper, "Futexes Are Tricky", the third mutex.
//
// Not recursive, not fair; for std::lock_guard. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace pools {

template <typename Sync>
class BasicFutexLock {
 public:
  void lock() noexcept {
    std::uint32_t seen = kFree;
    // acquire: pairs with unlock(); what the last holder did is visible.
    if (!state_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire,
                                        std::memory_order_relaxed)) [[unlikely]] {
      lock_contended();
    }
  }

  void unlock() noexcept {
    // release: pairs with lock().
    if (state_.exchange(kFree, std::memory_order_release) == kContended) [[unlikely]] {
      wake_one();
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kContended = 2;  // held, and somebody may sleep

  /// Who comes this way leaves the lock marked contended also when nobody else waits: it cannot
  /// know. That costs one wake-up too many, never one too few.
  [[gnu::noinline]] void lock_contended() noexcept {
    // The holder is mostly done before one could fall asleep; the spins take about as long as that.
    for (unsigned i = 0; i < Sync::kLockSpins; ++i) {
      Sync::relax();
      // relaxed: only a hint.
      std::uint32_t seen = state_.load(std::memory_order_relaxed);
      if (seen == kFree && state_.compare_exchange_strong(seen, kHeld, std::memory_order_acquire,
                                                          std::memory_order_relaxed)) {
        return;
      }
    }
    // acquire: as in lock().
    while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {
      Sync::futex_wait(state_, kContended);
    }
  }
  [[gnu::noinline]] void wake_one() noexcept { Sync::futex_wake(state_, 1); }

  typename Sync::template Atomic<std::uint32_t> state_{kFree};
};

}  // namespace pools
