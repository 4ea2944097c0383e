// A set of worker slots that any thread may read and change: one bit each.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "pools/dispatch/dispatch.h"

namespace pools {

class WorkerSet {
 public:
  static constexpr std::uint32_t kMaxWorkers = 1024;

  void insert(WorkerId id) noexcept {
    const std::uint64_t was = words_[id / 64].fetch_or(bit(id), std::memory_order_seq_cst);
    if ((was & bit(id)) == 0) size_.fetch_add(1, std::memory_order_relaxed);
  }
  void erase(WorkerId id) noexcept {
    const std::uint64_t was = words_[id / 64].fetch_and(~bit(id), std::memory_order_seq_cst);
    if ((was & bit(id)) != 0) size_.fetch_sub(1, std::memory_order_relaxed);
  }
  bool contains(WorkerId id) const noexcept {
    return (words_[id / 64].load(std::memory_order_relaxed) & bit(id)) != 0;
  }

  /// The first member at or after `from`, going round once; kNobody when the set is empty.
  WorkerId next(WorkerId from) const noexcept {
    from %= kMaxWorkers;
    for (std::size_t i = 0; i <= words_.size(); ++i) {
      const std::size_t index = (from / 64 + i) % words_.size();
      std::uint64_t word = words_[index].load(std::memory_order_relaxed);
      if (i == 0) word &= ~std::uint64_t{0} << (from % 64);
      if (word != 0) {
        return static_cast<WorkerId>(index * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
    return kNobody;
  }

  /// Takes the lowest member out and returns it; kNobody when empty.
  WorkerId pop() noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::uint64_t word = words_[i].load(std::memory_order_relaxed);
      while (word != 0) {
        if (words_[i].compare_exchange_weak(word, word & (word - 1), std::memory_order_seq_cst,
                                            std::memory_order_relaxed)) {
          size_.fetch_sub(1, std::memory_order_relaxed);
          return static_cast<WorkerId>(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
        }
      }
    }
    return kNobody;
  }

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::uint64_t word = words_[i].load(std::memory_order_relaxed);
      for (; word != 0; word &= word - 1) {
        visit(static_cast<WorkerId>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
      }
    }
  }

  /// How many members; while others change the set, a number it had a moment ago.
  std::uint32_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  static std::uint64_t bit(WorkerId id) noexcept { return std::uint64_t{1} << (id % 64); }
  std::array<std::atomic<std::uint64_t>, kMaxWorkers / 64> words_{};
  std::atomic<std::uint32_t> size_{0};  // read per task: counting bits of 16 words would cost more
};

/// A small, fast generator for choices that need no quality (xorshift64*, Vigna 2016). Each user
/// has its own.
class QuickRandom {
 public:
  explicit QuickRandom(std::uint64_t seed) noexcept
      : state_(seed * 0x9E3779B97F4A7C15U + 0x632BE59BD9B4E019U) {
    if (state_ == 0) state_ = 1;
  }
  std::uint32_t below(std::uint32_t limit) noexcept {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    const std::uint64_t high = (state_ * 0x2545F4914F6CDD1DU) >> 32U;
    return static_cast<std::uint32_t>((high * limit) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace pools
