// The tasks of one priority level, in the order of Task::rank, the smallest first; where ranks are
// equal, first in, first out. A binary heap of {rank, turn, task}, so that looking for the smallest
// touches no task. Used like a TaskList; not thread safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "pools/queues/task_list.h"

namespace pools {

class RankedQueue {
 public:
  void push_back(Task& task) noexcept {
    const std::int64_t rank = task.rank;  // before a list makes the place its link
    try {
      heap_.push_back({rank, turn_++, &task});
      std::push_heap(heap_.begin(), heap_.end());
    } catch (const std::bad_alloc&) {
      unranked_.push_back(task);  // late, but not lost
    }
  }

  /// Requires: not empty.
  Task* pop_front() noexcept {
    if (heap_.empty()) return unranked_.pop_front();
    std::pop_heap(heap_.begin(), heap_.end());
    Task* const task = heap_.back().task;
    heap_.pop_back();
    // After a backlog its memory goes back, as the tasks' own does.
    if (heap_.empty() && heap_.capacity() > kKept) heap_ = {};
    return task;
  }

  /// The next to be popped. Requires: not empty.
  const Task* front() const noexcept {
    return heap_.empty() ? unranked_.front() : heap_.front().task;
  }
  std::size_t size() const noexcept { return heap_.size() + unranked_.size(); }
  bool empty() const noexcept { return size() == 0; }

 private:
  static constexpr std::size_t kKept = 4096;

  struct Waiting {
    std::int64_t rank;
    std::uint64_t turn;
    Task* task;
    /// The standard heap has the greatest on top.
    bool operator<(const Waiting& other) const noexcept {
      return rank != other.rank ? rank > other.rank : turn > other.turn;
    }
  };

  std::vector<Waiting> heap_;
  std::uint64_t turn_ = 0;
  TaskList unranked_;  // those for which there was no memory
};

}  // namespace pools
