// One worker's counters: written by that worker only, read by anyone, on cache lines of their own.
#pragma once

#include <atomic>
#include <cstdint>

namespace pools {

/// A counter with a single writer: bumping it is a plain load and store, no locked instruction.
template <template <typename> class Atomic>
class BasicOwnedCounter {
 public:
  /// Returns the new count.
  std::uint64_t add(std::uint64_t n = 1) noexcept {
    const std::uint64_t count = value_.load(std::memory_order_relaxed) + n;
    // release: pairs with the acquire in read(); who sees this count sees all that the worker wrote
    // and counted before it, on which the test for "everything is settled" rests.
    value_.store(count, std::memory_order_release);
    return count;
  }
  std::uint64_t read() const noexcept { return value_.load(std::memory_order_acquire); }

 private:
  Atomic<std::uint64_t> value_{0};
};

using OwnedCounter = BasicOwnedCounter<std::atomic>;

/// What a strategy counts on behalf of the worker that calls it, and what the engine does.
struct alignas(64) WorkerCounters {
  OwnedCounter steal_attempts;
  OwnedCounter steal_hits;
  OwnedCounter steal_items;
  OwnedCounter claims;  ///< tasks had that another worker had taken but not begun
};

}  // namespace pools
