// What threads that are not a pool's workers submit, each counting for itself: nobody writes to a
// shared line for it. A shutdown that has raised its phase (shutdown_phase.h) finds here every task
// whose submitter missed it.
#pragma once

#include <atomic>
#include <cstdint>

#include "pools/engine/sync.h"

namespace pools {

/// What one outside thread counts; written by it alone, read by anyone.
template <typename Sync>
class BasicOutsideCounts {
 public:
  /// Before the phase is looked at. Returns how many there are now.
  std::uint64_t count_submitted() noexcept { return add(submitted_); }
  void count_rejected() noexcept { add(rejected_); }

  /// The last that its thread does to the pool for one submit, or for one task done. What it
  /// submitted, which may own the pool, can have been run long before: until then the pool must
  /// not go.
  void count_returned() noexcept {
    // release: pairs with within(); all that the thread did to the pool comes before.
    returned_.store(returned_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  /// Whether its thread is still on its way out; asked when it cannot begin anything any more.
  bool within() const noexcept {
    return returned_.load(std::memory_order_acquire) != submitted() + done();
  }

  std::uint64_t submitted() const noexcept { return submitted_.load(std::memory_order_seq_cst); }
  /// A task that this thread ran or gave back is settled, and the thread done with it.
  void count_done() noexcept { add(done_); }

  std::uint64_t done() const noexcept { return done_.load(std::memory_order_seq_cst); }
  /// seq_cst like submitted(), though Quiescence::tell() orders the two anyhow.
  std::uint64_t rejected() const noexcept { return rejected_.load(std::memory_order_seq_cst); }

 private:
  using Count = typename Sync::template Atomic<std::uint64_t>;
  static std::uint64_t add(Count& count) noexcept {
    const std::uint64_t n = count.load(std::memory_order_relaxed) + 1;
    // seq_cst: submitted comes before the look at the phase, the others before the look for
    // watchers.
    count.store(n, std::memory_order_seq_cst);
    return n;
  }

  Count submitted_{0};
  Count rejected_{0};
  Count done_{0};
  Count returned_{0};
};

using OutsideCounts = BasicOutsideCounts<RealSync>;

}  // namespace pools
