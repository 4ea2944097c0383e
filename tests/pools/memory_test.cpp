// Memory promises: what a backlog needed goes back, and what threads leave behind is used again.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

#include "pools/engine/per_thread.h"
#include "pools/engine/task_slab.h"

namespace pools {
namespace {

TEST(TaskSlab, GivesTheMemoryOfABacklogBack) {
  TaskSlab slab;
  TaskCache cache;
  for (int round = 0; round < 3; ++round) {
    std::vector<Task*> tasks;
    tasks.reserve(200'000);
    for (int i = 0; i < 200'000; ++i) tasks.push_back(slab.acquire(cache));
    EXPECT_GE(slab.mapped_bytes(), 200'000 * sizeof(Task));
    EXPECT_LE(slab.mapped_bytes(), 201'000 * sizeof(Task) + (1U << 20U)) << "64 bytes a task";
    for (Task* task : tasks) slab.release(cache, task);
    EXPECT_LE(slab.mapped_bytes(), 2U << 20U) << "of 12.8 MB";
  }
  slab.flush(cache);
}

/// The memory that tasks lie in, as the kernel sees it.
class Pages {
 public:
  void add(Task* task) {
    const auto into = reinterpret_cast<std::uintptr_t>(task) % kSize;
    pages_.insert(reinterpret_cast<std::byte*>(task) - into);
  }
  std::size_t bytes() const { return pages_.size() * kSize; }
  std::size_t mapped_bytes() const {
    const auto mapped = std::count_if(pages_.begin(), pages_.end(), [](std::byte* page) {
      unsigned char resident = 0;
      return ::mincore(page, 1, &resident) == 0;
    });
    return static_cast<std::size_t>(mapped) * kSize;
  }

 private:
  static inline const auto kSize = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::set<std::byte*> pages_;
};

TEST(TaskSlab, UnmapsWhatItGivesBack) {
  Pages pages;
  {
    TaskSlab slab;
    TaskCache cache;
    std::vector<Task*> tasks;
    tasks.reserve(200'000);
    for (int i = 0; i < 200'000; ++i) tasks.push_back(slab.acquire(cache));
    for (Task* task : tasks) pages.add(task);
    EXPECT_EQ(pages.mapped_bytes(), pages.bytes());
    for (Task* task : tasks) slab.release(cache, task);
    EXPECT_LE(pages.mapped_bytes(), 2U << 20U) << "of " << pages.bytes();
    slab.flush(cache);
  }
  EXPECT_EQ(pages.mapped_bytes(), 0U);
}

TEST(TaskSlab, GivesBackWhatOutsideThreadsHeld) {
  TaskSlab slab;
  PerThread<TaskCache> caches;
  for (int i = 0; i < 20; ++i) {
    std::thread([&] {
      std::vector<Task*> tasks;
      tasks.reserve(10'000);
      for (int k = 0; k < 10'000; ++k) tasks.push_back(slab.acquire(caches.mine()));
      for (Task* task : tasks) slab.release(caches.mine(), task);
    }).join();
  }
  EXPECT_LE(slab.mapped_bytes(), 2U << 20U) << "20 threads, one after the other";
  caches.for_each([&slab](TaskCache& cache) { slab.flush(cache); });
}

TEST(PerThread, AnEndedThreadsCellGoesToTheNextNewcomer) {
  PerThread<int> cells;
  for (int i = 0; i < 100; ++i) std::thread([&cells] { ++cells.mine(); }).join();
  int count = 0;
  int sum = 0;
  cells.for_each([&](int value) {
    ++count;
    sum += value;
  });
  EXPECT_EQ(count, 1) << "100 threads, never two at once";
  EXPECT_EQ(sum, 100) << "contents included";
}

}  // namespace
}  // namespace pools
