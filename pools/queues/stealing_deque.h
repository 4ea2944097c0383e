// A work-stealing deque of fixed capacity: its owner pushes and pops at the bottom (last in, first
// out), thieves take from the top (first in, first out).
// Chase and Lev, "Dynamic Circular Work-Stealing Deque", SPAA 2005, with the memory orders of Le et
// al., PPoPP 2013; their fences are replaced by seq_cst operations on `top_` and `bottom_`, which
// ThreadSanitizer and the models understand. A full deque refuses: the caller sends the task
// elsewhere.
//
// Threads: push and pop by the owner only; steal and size by anyone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace pools {

template <typename T, template <typename> class Atomic = std::atomic>
class StealingDeque {
 public:
  /// Requires: `capacity` is a power of two.
  explicit StealingDeque(std::size_t capacity)
      : mask_(static_cast<std::int64_t>(capacity) - 1),
        cells_(std::make_unique<Atomic<T>[]>(capacity)) {}

  /// False when full.
  bool push(T value) noexcept {
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    // acquire: pairs with the CAS in steal(); the thief has read the cell that is written next.
    // (The models run in program order and cannot show a thief that reads too late.)
    const std::int64_t top = top_.load(std::memory_order_acquire);
    if (bottom - top > mask_) return false;
    cells_[static_cast<std::size_t>(bottom & mask_)].store(value, std::memory_order_relaxed);
    // seq_cst: publishes the cell to thieves (their load of bottom_), and comes before the pusher's
    // look at the sleepers (engine/parking_lot.h).
    bottom_.store(bottom + 1, std::memory_order_seq_cst);
    return true;
  }

  /// The value pushed last; false when empty.
  bool pop(T& value) noexcept {
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed) - 1;
    // A thief only raises top_, so a stale value shows at least what is there: empty is empty. It
    // saves the two locked operations below for an owner that looks into an empty deque.
    if (top_.load(std::memory_order_relaxed) > bottom) return false;
    // seq_cst, this store and the next load: against steal()'s loads of top_ and bottom_. Owner and
    // thief must not both overlook that only one value is left.
    bottom_.store(bottom, std::memory_order_seq_cst);
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    if (top > bottom) {
      bottom_.store(bottom + 1, std::memory_order_relaxed);
      return false;
    }
    value = cells_[static_cast<std::size_t>(bottom & mask_)].load(std::memory_order_relaxed);
    if (top < bottom) return true;
    // The last value: whoever moves top_ has it.
    const bool won = top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst,
                                                  std::memory_order_relaxed);
    bottom_.store(bottom + 1, std::memory_order_relaxed);
    return won;
  }

  /// The value pushed first; false when empty or when another was faster.
  /// seq_cst of the first load and of the CASes back each other: either fixes for the owner's next
  /// look that `top_` has moved. Both stay as in the paper.
  bool steal(T& value) noexcept {
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    // seq_cst: see pop(); also acquires the cell from push().
    const std::int64_t bottom = bottom_.load(std::memory_order_seq_cst);
    if (top >= bottom) return false;
    value = cells_[static_cast<std::size_t>(top & mask_)].load(std::memory_order_relaxed);
    return top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst,
                                        std::memory_order_relaxed);
  }

  /// Steals one after another, at most half of what was there (rounded up) and out.size().
  /// Taking several with one CAS would be unsafe: the owner pops without one far from the top.
  std::size_t steal_half(std::span<T> out) noexcept {
    const std::size_t half = (size() + 1) / 2;
    std::size_t n = 0;
    while (n < half && n < out.size() && steal(out[n])) ++n;
    return n;
  }

  /// Estimate for others, at least what is there for the owner. seq_cst: the sleeper's last look.
  std::size_t size() const noexcept {
    const std::int64_t top = top_.load(std::memory_order_seq_cst);
    const std::int64_t bottom = bottom_.load(std::memory_order_seq_cst);
    return bottom > top ? static_cast<std::size_t>(bottom - top) : 0;
  }

 private:
  const std::int64_t mask_;
  const std::unique_ptr<Atomic<T>[]> cells_;
  alignas(64) Atomic<std::int64_t> top_{0};
  alignas(64) Atomic<std::int64_t> bottom_{0};
};

}  // namespace pools
