// A pool is quiet when every task that it accepted is settled. This is how a thread waits for that.
// Unsettled tasks are not counted in one place, to which every task would have to write; instead
// each thread that may have settled the last one looks here whether somebody waits: a worker that
// runs out of work, a submitter that settled or refused a task itself, a foreign pool's thread
// after each task.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "pools/clock.h"
#include "pools/engine/sync.h"

namespace pools {

/// How many of the submitted tasks are not known to be settled, told from counts that many threads
/// write and that only grow, the settled ones never above the submitted ones. Those settled are
/// read first: if the earlier sum equals the later one, nothing was unsettled at the instant
/// between the readings. Else quiet comes when at least so many more are settled.
template <typename Settled, typename Submitted>
std::uint64_t unsettled(Settled&& settled, Submitted&& submitted) noexcept {
  const std::uint64_t earlier = settled();
  return submitted() - earlier;
}

template <typename Sync>
class BasicQuiescence {
 public:
  /// Call after settling and before sleeping: the last thread to settle something passes here. The
  /// lock orders callers among each other, so that the last one sees what all have settled.
  void tell() noexcept {
    // An update that changes nothing, because it reads the newest value and the watcher's own
    // update reads from it: either we see the watcher, or it sees what we settled. A load could
    // miss the watcher while the watcher misses our count, which is a plain release store.
    if (watchers_.fetch_add(0, std::memory_order_release) == 0) return;
    wake();
  }

  /// The same for one that settles task after task, counts each by a seq_cst store and calls this
  /// after each: then a look is enough, and the line that all look at stays in every cache. While
  /// somebody waits the calls are counted, and wake him only when all may be settled.
  void tell_of_strict_count() noexcept {
    if (watchers_.load(std::memory_order_seq_cst) != 0) [[unlikely]]
      count_told();
  }

  /// Waits until `unsettled()` is 0 or until the instant; returns whether it was.
  template <typename Unsettled>
  bool wait(Instant until, Unsettled&& unsettled) {
    std::unique_lock lock(mutex_);
    // Pairs with tell(); seq_cst: before the strict counts are read.
    watchers_.fetch_add(1, std::memory_order_seq_cst);
    bool is_quiet = look(unsettled);
    while (!is_quiet) {
      if (until == Instant::max()) {
        became_quiet_.wait(lock);
      } else {
        const Nanos left = until - Sync::now();
        if (left <= Nanos{0}) break;
        became_quiet_.wait_for(lock, left);
      }
      is_quiet = look(unsettled);
    }
    watchers_.fetch_sub(1, std::memory_order_relaxed);
    return is_quiet;
  }

 private:
  /// Requires the mutex. Whether all is settled; else says when to look again.
  template <typename Unsettled>
  bool look(Unsettled& unsettled) noexcept {
    while (true) {
      // acquire: what is counted here as told is settled in the counts that are read next.
      const std::uint64_t told = told_.load(std::memory_order_acquire);
      const std::uint64_t left = unsettled();
      if (left == 0) return true;
      // All that is settled from here on is told of, by tell() or as one more. So it is not quiet
      // before this, for whoever waits; seq_cst: either count_told() sees it, or this the count.
      due_.store(told + left, std::memory_order_seq_cst);
      if (told_.load(std::memory_order_seq_cst) < told + left) return false;
    }
  }
  [[gnu::noinline]] void count_told() noexcept {
    const std::uint64_t told = told_.fetch_add(1, std::memory_order_seq_cst) + 1;
    if (told >= due_.load(std::memory_order_seq_cst)) wake();
  }
  [[gnu::noinline]] void wake() noexcept {
    const std::lock_guard lock(mutex_);
    became_quiet_.notify_all();
  }

  typename Sync::template Atomic<std::uint32_t> watchers_{0};
  typename Sync::template Atomic<std::uint64_t> told_{0};  // strict counts, while somebody waited
  typename Sync::template Atomic<std::uint64_t> due_{0};   // look again when it is so many
  typename Sync::Mutex mutex_;
  typename Sync::Condition became_quiet_;
};

using Quiescence = BasicQuiescence<RealSync>;

}  // namespace pools
