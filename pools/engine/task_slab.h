// Memory for tasks: slabs of 64 KiB cut into 64-byte tasks, so that no task costs a malloc.
//
// Every thread that submits or runs tasks has a cache of its own and needs no synchronisation for
// all but one in 64 tasks; then a whole batch changes hands with the depot, which is one list head
// under a mutex (magazines, after Bonwick and Adams, USENIX 2001). What the depot has too much of
// it sorts back into the slabs and unmaps those that are wholly free: after a backlog has drained,
// its memory goes back to the system.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "pools/task.h"

namespace pools {

/// One thread's free tasks: a list in use, and possibly a full batch beside it, so that a thread
/// that alternates between acquiring and releasing at a batch's border does not run to the depot
/// each time.
class TaskCache {
 public:
  static constexpr std::size_t kBatch = 64;

 private:
  friend class TaskSlab;
  Task* head_ = nullptr;
  std::size_t size_ = 0;
  Task* spare_ = nullptr;  // exactly kBatch tasks, or none
};

class TaskSlab {
 public:
  TaskSlab() = default;
  /// Requires: every task is back, and every cache was flushed.
  ~TaskSlab();
  TaskSlab(const TaskSlab&) = delete;
  TaskSlab& operator=(const TaskSlab&) = delete;

  /// For a thread that owns `cache` alone. Throws std::bad_alloc.
  Task* acquire(TaskCache& cache) {
    if (cache.head_ == nullptr) [[unlikely]]
      refill(cache);
    return cut(cache);
  }
  void release(TaskCache& cache, Task* task) noexcept {
    task->next = cache.head_;
    cache.head_ = task;
    if (++cache.size_ >= TaskCache::kBatch) [[unlikely]]
      retire_batch(cache);
  }

  /// Returns everything in `cache` to the depot.
  void flush(TaskCache& cache) noexcept;

  /// In a forked child: what others had half done with the depot is left to itself, and a new one
  /// begun.
  void forked() noexcept;

  /// Bytes mapped now; any thread.
  std::size_t mapped_bytes() const noexcept { return mapped_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kSlabBytes = std::size_t{64} * 1024;
  static constexpr std::size_t kDepotBatches = 32;
  static constexpr std::size_t kReserveSlabs = 2;

  struct Slab;  // the header in a slab's first cache line

  static Task* cut(TaskCache& cache) noexcept {
    Task* const task = cache.head_;
    cache.head_ = task->next;
    --cache.size_;
    return task;
  }
  void refill(TaskCache& cache);
  void retire_batch(TaskCache& cache) noexcept;
  void sort_back(Task* head) noexcept;
  Slab* map_slab();
  void unlink(Slab* slab) noexcept;
  void link(Slab* slab) noexcept;

  std::mutex depot_;
  // Guarded by depot_:
  std::array<Task*, kDepotBatches> full_{};  // batches of exactly kBatch tasks
  std::size_t full_count_ = 0;
  Slab* partial_ = nullptr;  // slabs with at least one free task
  std::size_t wholly_free_ = 0;
  std::atomic<std::size_t> mapped_{0};
};

}  // namespace pools
