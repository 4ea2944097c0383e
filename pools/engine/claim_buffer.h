// The tasks a worker has taken but not started. A worker may take several at once; they stay within
// reach of the others, one by one, so that a task that turns out long, or that waits for another
// one, never shuts in what its worker took together with it.
//
// One word holds {generation, end, next}; whoever moves `next` by compare-and-swap owns that task.
// The generation makes another's swap fail if the buffer was emptied and refilled meanwhile.
// Templated on its atomics so that the model checker runs this very code.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pools {

template <typename T, std::size_t Capacity, template <typename> class Atomic = std::atomic>
class ClaimBuffer {
 public:
  static_assert(Capacity < 65536, "next and end are 16 bits each");

  /// Puts what the owner took within everyone's reach. Requires: size() is 0. Owner only.
  void fill(std::span<T* const> tasks) noexcept {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      tasks_[i].store(tasks[i], std::memory_order_relaxed);
    }
    const std::uint64_t generation = (word_.load(std::memory_order_relaxed) >> 32U) + 1;
    // seq_cst: publishes the tasks to claim(), and comes before the owner's look at the sleepers,
    // as a submitter's publication does (parking_lot.h).
    word_.store(generation << 32U | tasks.size() << 16U, std::memory_order_seq_cst);
  }

  /// Takes the next task; nullptr when none is left. Any thread.
  T* claim() noexcept {
    std::uint64_t word = word_.load(std::memory_order_acquire);
    while (left_in(word) != 0) {
      // Read before it is owned: a successful swap proves that it was still there.
      T* task = tasks_[word & 0xFFFFU].load(std::memory_order_relaxed);
      // acquire on failure: the new word's tasks are read next. On success release keeps the read
      // above before the refill that the owner may do next (the models, which run in program order,
      // cannot show that), and acquire says what the first load has seen already.
      if (word_.compare_exchange_weak(word, word + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return task;
      }
    }
    return nullptr;
  }

  /// Tasks not yet claimed; any thread. seq_cst: a sleeper's last look.
  std::size_t size() const noexcept { return left_in(word_.load(std::memory_order_seq_cst)); }

 private:
  static std::size_t left_in(std::uint64_t word) noexcept {
    return static_cast<std::size_t>((word >> 16U & 0xFFFFU) - (word & 0xFFFFU));
  }

  Atomic<std::uint64_t> word_{0};
  std::array<Atomic<T*>, Capacity> tasks_{};
};

}  // namespace pools
