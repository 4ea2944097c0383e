// A FIFO of tasks linked through Task::next: no memory of its own, every operation O(1). Not thread
// safe; the locked queues are built from it.
#pragma once

#include <cstddef>
#include <span>

#include "pools/task.h"

namespace pools {

class TaskList {
 public:
  void push_back(Task& task) noexcept {
    task.next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = &task;
    tail_ = &task;
    ++size_;
  }

  Task* pop_front() noexcept {
    Task* task = head_;
    if (task == nullptr) return nullptr;
    head_ = task->next;
    if (head_ == nullptr) tail_ = nullptr;
    --size_;
    return task;
  }

  /// Moves up to out.size() tasks to `out`, oldest first.
  std::size_t pop_front(std::span<Task*> out) noexcept {
    std::size_t n = 0;
    Task* task = head_;
    for (; n < out.size() && task != nullptr; task = task->next) out[n++] = task;
    head_ = task;
    if (task == nullptr) tail_ = nullptr;
    size_ -= n;
    return n;
  }

  /// Appends all of `other`, which is empty afterwards.
  void splice_back(TaskList& other) noexcept {
    if (other.head_ == nullptr) return;
    (tail_ == nullptr ? head_ : tail_->next) = other.head_;
    tail_ = other.tail_;
    size_ += other.size_;
    other = TaskList{};
  }

  Task* front() const noexcept { return head_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return head_ == nullptr; }

 private:
  Task* head_ = nullptr;
  Task* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace pools
