// The bound of a pool: how many tasks may wait. A submitter takes a place before its task is
// stored, the worker that takes tasks out gives their places back, so the queue never exceeds the
// bound, whatever the strategy. An unbounded pool has no gate and pays nothing.
#pragma once

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdint>

#include "pools/engine/sync.h"

namespace pools {

template <typename Sync>
class BasicCapacityGate {
 public:
  /// 0: unbounded.
  explicit BasicCapacityGate(std::uint64_t capacity) noexcept
      : capacity_(static_cast<std::int64_t>(capacity)), free_(capacity_) {}

  bool bounded() const noexcept { return capacity_ != 0; }
  /// How many places are taken. Requires bounded().
  std::uint64_t taken() const noexcept {
    return static_cast<std::uint64_t>(capacity_ - free_.load(std::memory_order_relaxed));
  }

  /// Takes a place if there is one. Any thread.
  bool try_enter() noexcept {
    if (!bounded()) return true;
    std::int64_t free = free_.load(std::memory_order_relaxed);
    while (free > 0) {
      // seq_cst like all that touches free_; only leave() and enter() depend on it.
      if (free_.compare_exchange_weak(free, free - 1, std::memory_order_seq_cst,
                                      std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  enum class Entry : std::uint8_t { Entered, Closed, TimedOut };

  /// Waits for a place; false once closed.
  bool enter() noexcept {
    return enter_while([] { return Nanos{-1}; }) == Entry::Entered;
  }
  /// The same, but at most until then.
  Entry enter_until(Instant until) noexcept {
    return enter_while([until] { return std::max(Nanos{0}, Nanos{until - Sync::now()}); });
  }

  /// Takes a place although there may be none: for a worker that must not wait for itself.
  void force_enter() noexcept {
    // seq_cst: as in try_enter().
    if (bounded()) free_.fetch_sub(1, std::memory_order_seq_cst);
  }

  /// Gives `count` places back and tells whoever waits. At once, however few they are: the tasks
  /// just taken may wait for the very submitter that waits here, and then no more places come.
  void leave(std::uint64_t count) noexcept {
    if (bounded() && count != 0) give_back(count);
  }

  /// Nobody waits any more; who waits is told so.
  void close() noexcept {
    closed_.store(true, std::memory_order_relaxed);
    turn_.fetch_add(1, std::memory_order_release);  // publishes closed_, see enter()
    Sync::futex_wake(turn_);
  }

 private:
  /// `left()`: how long it may still wait; negative: for ever.
  template <typename Left>
  Entry enter_while(Left&& left) noexcept {
    while (true) {
      if (closed_.load(std::memory_order_relaxed)) return Entry::Closed;
      if (try_enter()) return Entry::Entered;
      const Nanos limit = left();
      if (limit == Nanos{0}) return Entry::TimedOut;
      // acquire: pairs with the release in close() and leave(): who sees their turn sees what they
      // did before it, and who does not see it does not sleep on it.
      const std::uint32_t turn = turn_.load(std::memory_order_acquire);
      // seq_cst: announcing here and then looking for room must not both be missed by leave(),
      // which makes room and then looks for waiters.
      waiters_.fetch_add(1, std::memory_order_seq_cst);
      const bool room = free_.load(std::memory_order_seq_cst) > 0;
      if (!room && !closed_.load(std::memory_order_relaxed)) Sync::futex_wait(turn_, turn, limit);
      waiters_.fetch_sub(1, std::memory_order_relaxed);
    }
  }

  [[gnu::noinline]] void give_back(std::uint64_t count) noexcept {
    // seq_cst: pairs with enter(), see there.
    const auto n = static_cast<std::int64_t>(count);
    const std::int64_t free = free_.fetch_add(n, std::memory_order_seq_cst) + n;
    if (waiters_.load(std::memory_order_seq_cst) == 0 || free <= 0) return;
    turn_.fetch_add(1, std::memory_order_release);
    Sync::futex_wake(turn_, static_cast<int>(std::min<std::int64_t>(free, INT_MAX)));
  }

  template <typename T>
  using Atomic = typename Sync::template Atomic<T>;

  const std::int64_t capacity_;
  alignas(64) Atomic<std::int64_t> free_;
  alignas(64) Atomic<std::uint32_t> waiters_{0};
  Atomic<std::uint32_t> turn_{0};
  Atomic<bool> closed_{false};
};

using CapacityGate = BasicCapacityGate<RealSync>;

}  // namespace pools
