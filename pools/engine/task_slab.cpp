#include "pools/engine/task_slab.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <new>
#include <utility>

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
/// by masking its address. Guarded by the depot's mutex.
struct TaskSlab::Slab {
  static constexpr std::size_t kTasks = kSlabBytes / sizeof(Task) - 1;

  Task* free = nullptr;
  std::size_t free_count = 0;
  std::size_t uncut = kTasks;  // tasks at the slab's end that were never handed out
  Slab* next = nullptr;
  Slab* previous = nullptr;

  std::size_t available() const noexcept { return free_count + uncut; }
  /// Puts up to `most` free tasks, most >= 1, before `head`: the list they are in as it is, else
  /// some that are cut now. Returns the new head and how many came.
  std::pair<Task*, std::size_t> take(std::size_t most, Task* head) noexcept {
    std::size_t count = 1;
    if (free != nullptr) {
      Task* last = free;
      for (; count < most && last->next != nullptr; ++count) last = last->next;
      Task* const rest = std::exchange(last->next, head);
      free_count -= count;
      return {std::exchange(free, rest), count};
    }
    count = std::min(most, uncut);
    auto* place = reinterpret_cast<std::byte*>(this) + (kTasks - uncut + count) * sizeof(Task);
    for (std::size_t i = 0; i < count; ++i, place -= sizeof(Task)) {
      Task* const task = ::new (place) Task;
      task->next = head;
      head = task;
    }
    uncut -= count;
    return {head, count};
  }
  void put(Task* first, Task* last, std::size_t count) noexcept {
    last->next = free;
    free = first;
    free_count += count;
  }
  static Slab* of(const Task* task) noexcept {
    return reinterpret_cast<Slab*>(reinterpret_cast<std::uintptr_t>(task) & ~(kSlabBytes - 1));
  }
};

TaskSlab::~TaskSlab() {
  while (full_count_ > 0) sort_back(full_[--full_count_]);
  while (partial_ != nullptr) {
    Slab* slab = partial_;
    assert(slab->available() == Slab::kTasks && "a task outlives its pool");
    unlink(slab);
    ::munmap(slab, kSlabBytes);
  }
}

void TaskSlab::forked() noexcept {
  std::construct_at(&depot_);
  full_count_ = 0;
  partial_ = nullptr;
  wholly_free_ = 0;
}

void TaskSlab::refill(TaskCache& cache) {
  static_assert(sizeof(Slab) <= sizeof(Task), "the header takes one task's place");
  if (cache.spare_ != nullptr) {
    cache.head_ = std::exchange(cache.spare_, nullptr);
    cache.size_ = TaskCache::kBatch;
    return;
  }
  const std::lock_guard lock(depot_);
  if (full_count_ > 0) {
    cache.head_ = full_[--full_count_];
    cache.size_ = TaskCache::kBatch;
    return;
  }
  if (partial_ == nullptr) link(map_slab());
  while (cache.size_ < TaskCache::kBatch && partial_ != nullptr) {
    Slab* slab = partial_;
    if (slab->available() == Slab::kTasks) --wholly_free_;
    const auto [head, count] = slab->take(TaskCache::kBatch - cache.size_, cache.head_);
    cache.head_ = head;
    cache.size_ += count;
    if (slab->available() == 0) unlink(slab);
  }
}

void TaskSlab::retire_batch(TaskCache& cache) noexcept {
  Task* const full = std::exchange(cache.head_, nullptr);
  cache.size_ = 0;
  Task* const surplus = std::exchange(cache.spare_, full);
  if (surplus == nullptr) return;
  const std::lock_guard lock(depot_);
  if (full_count_ < kDepotBatches) {
    full_[full_count_++] = surplus;
  } else {
    sort_back(surplus);
  }
}

void TaskSlab::flush(TaskCache& cache) noexcept {
  const std::lock_guard lock(depot_);
  sort_back(std::exchange(cache.head_, nullptr));
  sort_back(std::exchange(cache.spare_, nullptr));
  cache.size_ = 0;
}

/// Requires depot_ held. Tasks that were cut in a row mostly come back in a row, so a run of one
/// slab's tasks is spliced in as a whole.
void TaskSlab::sort_back(Task* head) noexcept {
  while (head != nullptr) {
    Slab* const slab = Slab::of(head);
    Task* last = head;
    std::size_t run = 1;
    while (last->next != nullptr && Slab::of(last->next) == slab) {
      last = last->next;
      ++run;
    }
    Task* const rest = last->next;
    if (slab->available() == 0) link(slab);
    slab->put(head, last, run);
    head = rest;
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
