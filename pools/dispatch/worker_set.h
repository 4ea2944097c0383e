// A set of worker slots that any thread may read and change: one bit each. Reading is seq_cst, as
// changing is, for a sleeper's last look goes through such sets (engine/parking_lot.h); on x86 that
// costs nothing.
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

  /// For ids below `max_workers`; looking through the set takes time in proportion to that.
  explicit WorkerSet(std::uint32_t max_workers = kMaxWorkers) noexcept
      : used_((max_workers + 63) / 64) {}

  void insert(WorkerId id) noexcept {
    const std::uint64_t was = words_[id / 64].fetch_or(bit(id), std::memory_order_seq_cst);
    if ((was & bit(id)) == 0) size_.fetch_add(1, std::memory_order_relaxed);
  }
  void erase(WorkerId id) noexcept {
    const std::uint64_t was = words_[id / 64].fetch_and(~bit(id), std::memory_order_seq_cst);
    if ((was & bit(id)) != 0) size_.fetch_sub(1, std::memory_order_relaxed);
  }
  bool contains(WorkerId id) const noexcept {
    return (words_[id / 64].load(std::memory_order_seq_cst) & bit(id)) != 0;
  }

  /// The first member at or after `from`, going round once; kNobody when the set is empty.
  WorkerId next(WorkerId from) const noexcept {
    if (from >= used_ * 64) from = 0;
    std::size_t index = from / 64;
    std::uint64_t ahead = ~std::uint64_t{0} << (from % 64);
    for (std::size_t i = 0; i <= used_; ++i) {
      const std::uint64_t word = words_[index].load(std::memory_order_seq_cst) & ahead;
      if (word != 0) return member(index, word);
      ahead = ~std::uint64_t{0};
      index = index + 1 == used_ ? 0 : index + 1;
    }
    return kNobody;
  }

  /// Takes the lowest member out and returns it; kNobody when empty.
  WorkerId pop() noexcept {
    for (std::size_t i = 0; i < used_; ++i) {
      std::uint64_t word = words_[i].load(std::memory_order_relaxed);
      while (word != 0) {
        if (words_[i].compare_exchange_weak(word, word & (word - 1), std::memory_order_seq_cst,
                                            std::memory_order_relaxed)) {
          size_.fetch_sub(1, std::memory_order_relaxed);
          return member(i, word);
        }
      }
    }
    return kNobody;
  }

  /// Visits the members until `visit` says true; whether it did.
  template <typename Visit>
  bool any_of(Visit&& visit) const {
    for (std::size_t i = 0; i < used_; ++i) {
      std::uint64_t word = words_[i].load(std::memory_order_seq_cst);
      for (; word != 0; word &= word - 1) {
        if (visit(member(i, word))) return true;
      }
    }
    return false;
  }
  template <typename Visit>
  void for_each(Visit&& visit) const {
    any_of([&](WorkerId id) {
      visit(id);
      return false;
    });
  }

  /// How many members; while others change the set, a number it had a moment ago.
  std::uint32_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  static std::uint64_t bit(WorkerId id) noexcept { return std::uint64_t{1} << (id % 64); }
  /// The lowest in that word.
  static WorkerId member(std::size_t index, std::uint64_t word) noexcept {
    return static_cast<WorkerId>(index * 64 + static_cast<std::size_t>(std::countr_zero(word)));
  }

  const std::size_t used_;  // words that can have members
  std::array<std::atomic<std::uint64_t>, kMaxWorkers / 64> words_{};
  std::atomic<std::uint32_t> size_{0};  // read per task: counting bits of 16 words would cost more
};

}  // namespace pools
