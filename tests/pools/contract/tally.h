// Counts how often each numbered task ran. Declare it before the pool: tasks refer to it until the
// pool is gone.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace contract {

class Tally {
 public:
  explicit Tally(std::size_t tasks) : runs_(tasks) {}

  void mark(std::size_t task) { runs_[task].fetch_add(1, std::memory_order_relaxed); }
  std::uint32_t runs(std::size_t task) const { return runs_[task].load(std::memory_order_relaxed); }
  std::size_t size() const { return runs_.size(); }

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const auto& runs : runs_) sum += runs.load(std::memory_order_relaxed);
    return sum;
  }

  /// Every task ran once.
  testing::AssertionResult exactly_once() const { return each_ran(1, 1); }
  /// No task ran twice.
  testing::AssertionResult at_most_once() const { return each_ran(0, 1); }

 private:
  testing::AssertionResult each_ran(std::uint32_t least, std::uint32_t most) const {
    std::size_t wrong = 0;
    auto failure = testing::AssertionFailure();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (runs(i) >= least && runs(i) <= most) continue;
      if (++wrong <= 5) failure << "task " << i << " ran " << runs(i) << " times; ";
    }
    if (wrong == 0) return testing::AssertionSuccess();
    return failure << wrong << " of " << runs_.size() << " wrong";
  }

  std::vector<std::atomic<std::uint32_t>> runs_;
};

}  // namespace contract
