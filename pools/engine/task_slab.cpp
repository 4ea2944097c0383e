#include "pools/engine/task_slab.h"

#include <sys/mman.h>

#include <cassert>
#include <new>

namespace pools {
namespace {

/// Memory aligned to its own size: maps twice as much and trims, straight from the kernel, so that
/// unmapping really gives it back. Nullptr when there is none.
void* map_aligned(std::size_t bytes) noexcept {
  void* raw =
      ::mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<std::byte*>(raw);
  const std::size_t skew = reinterpret_cast<std::uintptr_t>(begin) & (bytes - 1);
  std::byte* const aligned = begin + (skew == 0 ? 0 : bytes - skew);
  if (aligned != begin) ::munmap(begin, static_cast<std::size_t>(aligned - begin));
  ::munmap(aligned + bytes, static_cast<std::size_t>(begin + bytes - aligned));
  return aligned;
}

}  // namespace

/// Occupies a slab's first task slot; slabs are aligned to their size, so a task finds its header
/// by masking its address. `free` and the links are guarded by the depot's mutex.
struct TaskSlab::Slab {
  static constexpr std::size_t kTasks = kSlabBytes / sizeof(Task) - 1;

  TaskCache free;
  Slab* next = nullptr;
  Slab* previous = nullptr;
  std::size_t uncut = kTasks;  // tasks at the slab's end that were never handed out

  std::size_t available() const noexcept { return free.size() + uncut; }
  Task* take() noexcept {
    if (Task* task = free.pop()) return task;
    if (uncut == 0) return nullptr;
    void* place = reinterpret_cast<std::byte*>(this) + (kTasks - uncut + 1) * sizeof(Task);
    --uncut;
    return ::new (place) Task;
  }
  static Slab* of(Task* task) noexcept {
    return reinterpret_cast<Slab*>(reinterpret_cast<std::uintptr_t>(task) & ~(kSlabBytes - 1));
  }
};

TaskSlab::~TaskSlab() {
  for (Shard& shard : shards_) flush(shard.cache);
  while (partial_ != nullptr) {
    Slab* slab = partial_;
    assert(slab->available() == Slab::kTasks && "a task outlives its pool");
    unlink(slab);
    ::munmap(slab, kSlabBytes);
  }
}

Task* TaskSlab::acquire_outside() {
  Shard& shard = shards_[thread_shard()];
  const std::lock_guard lock(shard.mutex);
  return acquire(shard.cache);
}

void TaskSlab::release_outside(Task* task) noexcept {
  Shard& shard = shards_[thread_shard()];
  const std::lock_guard lock(shard.mutex);
  release(shard.cache, task);
}

Task* TaskSlab::refill(TaskCache& cache) {
  static_assert(sizeof(Slab) <= sizeof(Task), "the header takes one task's place");
  const std::lock_guard lock(depot_);
  if (partial_ == nullptr) link(map_slab());
  while (cache.size() < kBatch && partial_ != nullptr) {
    Slab* slab = partial_;
    if (slab->available() == Slab::kTasks) --wholly_free_;
    while (cache.size() < kBatch) {
      Task* task = slab->take();
      if (task == nullptr) break;
      cache.push(task);
    }
    if (slab->available() == 0) unlink(slab);
  }
  return cache.pop();
}

void TaskSlab::give_back(TaskCache& cache, std::size_t count) noexcept {
  const std::lock_guard lock(depot_);
  for (std::size_t i = 0; i < count; ++i) {
    Task* task = cache.pop();
    Slab* slab = Slab::of(task);
    if (slab->available() == 0) link(slab);
    slab->free.push(task);
    if (slab->available() != Slab::kTasks) continue;
    if (wholly_free_ < kReserveSlabs) {
      ++wholly_free_;
    } else {
      unlink(slab);
      ::munmap(slab, kSlabBytes);
      mapped_.fetch_sub(kSlabBytes, std::memory_order_relaxed);
    }
  }
}

TaskSlab::Slab* TaskSlab::map_slab() {
  void* memory = map_aligned(kSlabBytes);
  if (memory == nullptr) throw std::bad_alloc();
  mapped_.fetch_add(kSlabBytes, std::memory_order_relaxed);
  ++wholly_free_;
  return ::new (memory) Slab;
}

void TaskSlab::unlink(Slab* slab) noexcept {
  (slab->previous != nullptr ? slab->previous->next : partial_) = slab->next;
  if (slab->next != nullptr) slab->next->previous = slab->previous;
  slab->next = slab->previous = nullptr;
}

void TaskSlab::link(Slab* slab) noexcept {
  slab->next = partial_;
  slab->previous = nullptr;
  if (partial_ != nullptr) partial_->previous = slab;
  partial_ = slab;
}

}  // namespace pools
