// A bounded lock-free FIFO for many producers and many consumers, after Dmitry Vyukov's bounded
// MPMC queue: each cell carries a turn number that says whose it is, so producers meet only at the
// tail counter, consumers only at the head counter, and both at a cell only when it changes hands.
//
// push() may report full although a place is free: a consumer that is preempted between claiming a
// cell and handing it back holds up exactly that cell. The caller must have another place to go.
// FIFO per producer. Templated on its atomics so that the model checker runs this very code.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace pools {

template <typename T, template <typename> class Atomic = std::atomic>
class RingQueue {
 public:
  /// `capacity` is rounded up to a power of two, at least 2.
  explicit RingQueue(std::size_t capacity)
      : mask_(std::bit_ceil(capacity < 2 ? std::size_t{2} : capacity) - 1),
        cells_(std::make_unique<Cell[]>(mask_ + 1)) {
    for (std::size_t i = 0; i <= mask_; ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
  }

  /// False when full. Any thread.
  bool push(T value) noexcept {
    std::size_t tail = tail_.load(std::memory_order_relaxed);
    while (true) {
      Cell& cell = cells_[tail & mask_];
      // acquire: pairs with the release in pop(); the consumer is done with the cell's value.
      const std::size_t turn = cell.turn.load(std::memory_order_acquire);
      const auto gap = static_cast<std::ptrdiff_t>(turn - tail);
      if (gap == 0) {
        if (tail_.compare_exchange_weak(tail, tail + 1, std::memory_order_relaxed,
                                        std::memory_order_relaxed)) {
          cell.value = value;
          // seq_cst: publishes the value to pop(), and must come before the submitter's look at
          // the sleepers (engine/parking_lot.h). An exchange, because on x86 a plain seq_cst
          // store costs the same and this keeps the line in one state.
          cell.turn.exchange(tail + 1, std::memory_order_seq_cst);
          return true;
        }
      } else if (gap < 0) {
        return false;
      } else {
        tail = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  /// Takes up to out.size() values in one step, oldest first; 0 when empty. Where fewer are there,
  /// only the share of one of `among` consumers, rounded up. Any thread. Does not look at the tail:
  /// producers write it, and each look would cost the next of them a cache miss.
  std::size_t pop(std::span<T> out, std::size_t among = 1) noexcept {
    std::size_t head = head_.load(std::memory_order_relaxed);
    while (true) {
      std::size_t ready = 0;
      std::ptrdiff_t gap = 0;
      while (ready < out.size()) {
        // acquire: pairs with the exchange in push(); makes the value visible.
        const std::size_t turn =
            cells_[(head + ready) & mask_].turn.load(std::memory_order_acquire);
        gap = static_cast<std::ptrdiff_t>(turn - (head + ready + 1));
        if (gap != 0) break;
        ++ready;
      }
      if (ready == 0) {
        if (gap < 0 || out.empty()) return 0;
        head = head_.load(std::memory_order_relaxed);
        continue;
      }
      if (ready < out.size() && among > 1) ready = (ready + among - 1) / among;
      if (head_.compare_exchange_weak(head, head + ready, std::memory_order_seq_cst,
                                      std::memory_order_relaxed)) {
        for (std::size_t i = 0; i < ready; ++i) {
          Cell& cell = cells_[(head + i) & mask_];
          out[i] = cell.value;
          // release: the cell may be written again by the producer one lap on.
          cell.turn.store(head + i + mask_ + 1, std::memory_order_release);
        }
        return ready;
      }
    }
  }

  /// Whether pop() would find the next value published. seq_cst: the sleeper's last look. An old
  /// head would only say yes in vain, for its cell is further on by now.
  bool ready() const noexcept {
    const std::size_t head = head_.load(std::memory_order_seq_cst);
    const std::size_t turn = cells_[head & mask_].turn.load(std::memory_order_seq_cst);
    return static_cast<std::ptrdiff_t>(turn - (head + 1)) >= 0;
  }

  /// Estimate; exact when quiet.
  std::size_t size() const noexcept {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    return static_cast<std::ptrdiff_t>(tail - head) > 0 ? tail - head : 0;
  }
  std::size_t capacity() const noexcept { return mask_ + 1; }

 private:
  struct Cell {
    Atomic<std::size_t> turn{0};
    T value{};
  };

  const std::size_t mask_;
  const std::unique_ptr<Cell[]> cells_;
  alignas(64) Atomic<std::size_t> tail_{0};
  alignas(64) Atomic<std::size_t> head_{0};
};

}  // namespace pools
