// One worker's counters: written by that worker only, read by anyone, on cache lines of their own.
#pragma once

#include <atomic>
#include <cstdint>

namespace pools {

/// A counter with a single writer: bumping it is a plain load and store, no locked instruction.
class OwnedCounter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// What a strategy counts on behalf of the worker that calls it.
struct alignas(64) WorkerCounters {
  OwnedCounter steal_attempts;
  OwnedCounter steal_hits;
  OwnedCounter steal_items;
};

}  // namespace pools
