// Memory for tasks: slabs of 64 KiB cut into 64-byte tasks, so that no task costs a malloc.
//
// Three stores: a worker's own cache (no synchronisation), one locked cache per shard of outside
// threads (uncontended unless more than 16 threads submit), and the depot behind a mutex. Tasks
// move between caches and depot in batches. The depot sorts returned tasks back into their slabs
// and unmaps slabs that are wholly free, keeping a small reserve: after a backlog has drained, its
// memory goes back to the system.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "pools/engine/thread_shard.h"
#include "pools/task.h"

namespace pools {

/// A list of free tasks. Not thread safe.
class TaskCache {
 public:
  Task* pop() noexcept {
    Task* task = head_;
    if (task != nullptr) {
      head_ = task->next;
      --size_;
    }
    return task;
  }
  void push(Task* task) noexcept {
    task->next = head_;
    head_ = task;
    ++size_;
  }
  std::size_t size() const noexcept { return size_; }

 private:
  Task* head_ = nullptr;
  std::size_t size_ = 0;
};

class TaskSlab {
 public:
  TaskSlab() = default;
  /// Requires: every task is back.
  ~TaskSlab();
  TaskSlab(const TaskSlab&) = delete;
  TaskSlab& operator=(const TaskSlab&) = delete;

  /// For a thread that owns `cache` alone. Throws std::bad_alloc.
  Task* acquire(TaskCache& cache) {
    Task* task = cache.pop();
    return task != nullptr ? task : refill(cache);
  }
  void release(TaskCache& cache, Task* task) noexcept {
    cache.push(task);
    if (cache.size() >= 2 * kBatch) give_back(cache, kBatch);
  }

  /// For any thread: through its shard's cache.
  Task* acquire_outside();
  void release_outside(Task* task) noexcept;

  /// Returns everything in `cache` to the depot.
  void flush(TaskCache& cache) noexcept { give_back(cache, cache.size()); }

  /// Bytes mapped now; any thread.
  std::size_t mapped_bytes() const noexcept { return mapped_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kSlabBytes = std::size_t{64} * 1024;
  static constexpr std::size_t kReserveSlabs = 4;

  struct Slab;  // the header in a slab's first cache line

  struct alignas(64) Shard {
    std::mutex mutex;
    TaskCache cache;  // guarded by mutex
  };

  Task* refill(TaskCache& cache);
  void give_back(TaskCache& cache, std::size_t count) noexcept;
  Slab* map_slab();
  void unlink(Slab* slab) noexcept;
  void link(Slab* slab) noexcept;

  std::array<Shard, kThreadShards> shards_;
  std::mutex depot_;
  Slab* partial_ = nullptr;      // guarded by depot_: slabs with at least one free task
  std::size_t wholly_free_ = 0;  // guarded by depot_
  std::atomic<std::size_t> mapped_{0};
};

}  // namespace pools
