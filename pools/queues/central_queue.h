// The unbounded queue that many producers and all workers share: a lock-free ring, and behind it a
// locked list for what the ring cannot hold. While anything waits in the list, producers go there
// too and consumers come there only when the ring is empty, so each producer's tasks stay in order.
#pragma once

#include <cstddef>
#include <span>

#include "pools/queues/locked_fifo.h"
#include "pools/queues/ring_queue.h"

namespace pools {

class CentralQueue {
 public:
  explicit CentralQueue(std::size_t ring_capacity) : ring_(ring_capacity) {}

  void push(Task& task) noexcept {
    if (overflow_.empty() && ring_.push(&task)) return;
    overflow_.push(task);
  }
  void splice(TaskList& tasks) noexcept { overflow_.splice(tasks); }

  std::size_t pop(std::span<Task*> out) noexcept {
    const std::size_t n = ring_.pop(out);
    // A ring that is not empty but gives nothing has a producer half-way through a push: what that
    // producer and others put behind it comes before what waits in the list.
    return n != 0 || ring_.size() != 0 ? n : overflow_.pop(out);
  }

  /// The producer half-way through its push, if any, wakes somebody when it is done.
  bool has_work() const noexcept {
    return ring_.ready() || (ring_.size() == 0 && !overflow_.empty());
  }
  std::size_t size() const noexcept { return ring_.size() + overflow_.size(); }

 private:
  RingQueue<Task*> ring_;
  LockedFifo overflow_;
};

}  // namespace pools
