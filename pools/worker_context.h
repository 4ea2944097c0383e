// What the present thread is to the pools, for their own code: the engine keeps it, TaskGroup looks
// at it in line. Everybody else asks this_worker().
#pragma once

#include <cstdint>

#include "pools/this_worker.h"

namespace pools {

struct WorkerContext {
  /// How many tasks are inside each other on this thread, by why.
  struct Depth {
    std::uint32_t helping = 0;   ///< nested calls of help_one()
    std::uint32_t in_place = 0;  ///< tasks run where they were submitted
    bool operator==(const Depth&) const noexcept = default;
  };

  const Pool* pool = nullptr;  ///< whose worker it is; nullptr: nobody's
  WorkerId id = 0;
  Depth depth;
  /// Below this address the thread's stack is too short to nest one more task. 0: not known.
  std::uintptr_t stack_limit = 0;
  /// In a task of a pool that cannot be asked for tasks: who waits inside it keeps its thread.
  bool keeps_thread = false;
  bool blocks = false;  ///< in a Blocking scope that its pool knows of
};

/// Who waits inside a task runs other waiting tasks, which may wait as well. Where the oldest task
/// comes first, a worker would so nest all the queued tasks that fork and join, one inside the
/// other. Hence from this many on it runs what it submits at once: then nothing is left to wait
/// for.
inline constexpr std::uint32_t kMostHelping = 64;

inline WorkerContext& current_worker() noexcept {
  thread_local constinit WorkerContext context;
  return context;
}

}  // namespace pools
