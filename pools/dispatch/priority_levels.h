// The waiting tasks of the priority strategy: a list for each level, under one lock, and their
// number for whoever does not hold it. dispatch/priority.cpp says by which rule the next one is
// chosen.
//
// Any thread may call anything. Templated on what it synchronises with, so that the model checker
// runs this very code.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

#include "pools/clock.h"
#include "pools/engine/sync.h"
#include "pools/metrics/worker_counters.h"
#include "pools/task.h"

namespace pools {

/// `Level` is TaskList, in the order of arrival, or RankedQueue.
template <typename Level, typename Sync>
class BasicPriorityLevels {
 public:
  static constexpr std::size_t kMost = 8;

  /// At most kMost levels. `ageing`: what one level is worth in time; 0: more than any time.
  BasicPriorityLevels(std::size_t levels, Nanos ageing) noexcept
      : levels_(levels), ageing_(ageing) {}

  void push(Task& task) noexcept {
    const std::size_t level = task.level < levels_ ? task.level : levels_ - 1;
    const std::lock_guard guard(lock_);
    waiting_[level].push_back(task);
    occupied_ |= 1U << level;
    publish_depth(level);
    // seq_cst: the publication that engine/parking_lot.h relies on. Either the submitter's look at
    // the sleepers sees one announced, or that one's last look sees this; the lock would not order
    // the first two.
    total_.store(total() + 1, std::memory_order_seq_cst);
  }

  /// Moves up to out.size() tasks to `out`, the next first.
  std::size_t pop(std::span<Task*> out) noexcept {
    if (total() == 0) return 0;
    const std::lock_guard guard(lock_);
    std::size_t n = 0;
    while (n < out.size() && occupied_ != 0) {
      const std::size_t level = next_level();
      if ((occupied_ & ((1U << level) - 1U)) != 0) rescues_.add();
      out[n++] = waiting_[level].pop_front();
      served_[level].add();
      if (waiting_[level].empty()) occupied_ &= ~(1U << level);
      publish_depth(level);
    }
    total_.store(total() - n, std::memory_order_relaxed);  // nobody waits for a queue to shrink
    return n;
  }

  /// Takes out what should give way to a task of that level: the first of the least urgent level;
  /// nullptr where all that waits is more urgent, or nothing does.
  Task* evict(std::size_t newer) noexcept {
    if (total() == 0) return nullptr;
    const std::lock_guard guard(lock_);
    if (occupied_ == 0) return nullptr;
    const auto level = static_cast<std::size_t>(std::bit_width(occupied_)) - 1;
    if (level < std::min(newer, levels_ - 1)) return nullptr;
    Task* const task = waiting_[level].pop_front();
    if (waiting_[level].empty()) occupied_ &= ~(1U << level);
    publish_depth(level);
    total_.store(total() - 1, std::memory_order_relaxed);  // as in pop()
    return task;
  }

  /// How many wait. seq_cst: a sleeper's last look.
  std::uint64_t total() const noexcept { return total_.load(std::memory_order_seq_cst); }

  // Figures: since the start, or now.
  std::size_t levels() const noexcept { return levels_; }
  std::uint64_t depth(std::size_t level) const noexcept {
    return depths_[level].load(std::memory_order_relaxed);
  }
  std::uint64_t served(std::size_t level) const noexcept { return served_[level].read(); }
  /// Tasks that were served before more urgent ones, because they had aged.
  std::uint64_t rescues() const noexcept { return rescues_.read(); }

 private:
  template <typename T>
  using Atomic = typename Sync::template Atomic<T>;
  using Counter = BasicOwnedCounter<Sync::template Atomic>;

  /// Requires lock_ held and a task waiting.
  std::size_t next_level() const noexcept {
    const auto first = static_cast<std::size_t>(std::countr_zero(occupied_));
    if (ageing_ == Nanos{0} || (occupied_ & (occupied_ - 1)) == 0) return first;
    std::size_t best = first;
    Instant best_key = Instant::max();
    for (unsigned rest = occupied_; rest != 0; rest &= rest - 1) {
      const auto level = static_cast<std::size_t>(std::countr_zero(rest));
      const Instant key = waiting_[level].front()->accepted + static_cast<int>(level) * ageing_;
      if (key < best_key) {
        best = level;
        best_key = key;
      }
    }
    return best;
  }

  /// Requires lock_ held.
  void publish_depth(std::size_t level) noexcept {
    depths_[level].store(waiting_[level].size(), std::memory_order_relaxed);
  }

  const std::size_t levels_;
  const Nanos ageing_;
  alignas(64) typename Sync::Lock lock_;
  std::array<Level, kMost> waiting_;  // guarded by lock_
  unsigned occupied_ = 0;             // guarded by lock_: bit per non-empty level
  // Written under lock_, read by anyone:
  Atomic<std::uint64_t> total_{0};
  std::array<Atomic<std::uint64_t>, kMost> depths_{};
  std::array<Counter, kMost> served_{};
  Counter rescues_;
};

}  // namespace pools
