// An arena in which `count` oneTBB workers serve, none of them the submitting threads. oneTBB sizes
// its thread pool by the cores, counting the caller as one: on two cores an arena of two would get
// one worker. So the limit is raised while the arena lives. Of several limits alive oneTBB obeys
// the lowest: of two such pools alive at once, the larger may get fewer workers than it asked for.
#pragma once

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <cstdint>

namespace pools {

class TbbThreads {
 public:
  explicit TbbThreads(std::uint32_t count)
      : count_(count),
        limit_(tbb::global_control::max_allowed_parallelism, std::size_t{count} + 1),
        arena_(static_cast<int>(count), 0) {
    arena_.initialize();
  }
  TbbThreads(const TbbThreads&) = delete;
  TbbThreads& operator=(const TbbThreads&) = delete;
  /// Joins the workers, unless another pool still uses them.
  ~TbbThreads() {
    arena_.terminate();
    tbb::finalize(workers_, std::nothrow);
  }

  tbb::task_arena& arena() noexcept { return arena_; }
  std::uint32_t count() const noexcept { return count_; }

 private:
  std::uint32_t count_;
  tbb::task_scheduler_handle workers_{tbb::attach{}};
  tbb::global_control limit_;
  tbb::task_arena arena_;
};

}  // namespace pools
