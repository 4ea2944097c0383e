// The unbounded queue that many producers and all workers share: a lock-free ring, and behind it a
// locked list for what the ring cannot hold. While anything waits in the list, producers go there
// too and consumers come there only when the ring is empty, so each producer's tasks stay in order.
#pragma once

#include <cstddef>
#include <span>

#include "pools/queues/locked_fifo.h"
#include "pools/queues/ring_queue.h"

namespace pools {

template <typename Sync>
class BasicCentralQueue {
 public:
  explicit BasicCentralQueue(std::size_t ring_capacity) : ring_(ring_capacity) {}

  void push(Task& task) noexcept {
    if (overflow_.empty() && ring_.push(&task)) return;
    overflow_.push(task);
  }
  void splice(TaskList& tasks) noexcept { overflow_.splice(tasks); }

  /// Up to out.size() tasks, oldest first; where fewer are ready, the share of one of `among`.
  std::size_t pop(std::span<Task*> out, std::size_t among = 1) noexcept {
    const std::size_t n = ring_.pop(out, among);
    if (n != 0) return n;
    // What waits in the list comes after all that its producers put into the ring. A ring that is
    // not empty but gives nothing has a producer half-way through a push; and one that was empty a
    // moment ago may have been filled since, hence the look under the list's lock.
    return overflow_.pop_if(out, among, [this] { return ring_.size() == 0; });
  }

  /// The producer half-way through its push, if any, wakes somebody when it is done.
  bool has_work() const noexcept {
    return ring_.ready() || (!overflow_.empty() && ring_.size() == 0);
  }
  std::size_t size() const noexcept { return ring_.size() + overflow_.size(); }

 private:
  RingQueue<Task*, Sync::template Atomic> ring_;
  BasicLockedFifo<Sync> overflow_;
};

using CentralQueue = BasicCentralQueue<RealSync>;

}  // namespace pools
