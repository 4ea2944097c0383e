// What the present thread is to the pools: whose worker, if any, and of which pools it runs a task
// without being their worker. Lets a pool know its own tasks when they submit, wait or end it.
#pragma once

#include <cstdint>
#include <utility>

#include "pools/dispatch/dispatch.h"

namespace pools {

struct WorkerContext {
  /// How many tasks are inside each other on this thread, by why.
  struct Depth {
    std::uint32_t helping = 0;   ///< nested calls of help_one()
    std::uint32_t in_place = 0;  ///< tasks run where they were submitted
    bool operator==(const Depth&) const noexcept = default;
  };

  const void* pool = nullptr;
  WorkerId id = 0;
  Depth depth;
  /// Below this address the thread's stack is too short to nest one more task. 0: not known.
  std::uintptr_t stack_limit = 0;
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

/// While it lives, the present thread runs a task of `pool`, or destroys one, but not as a worker
/// of a ThreadedPool: a foreign thread, or a submitter. Frames nest; made and destroyed by one
/// thread.
class TaskFrame {
 public:
  explicit TaskFrame(const void* pool) noexcept
      : pool_(pool), outer_(std::exchange(innermost(), this)) {}
  ~TaskFrame() { innermost() = outer_; }
  TaskFrame(const TaskFrame&) = delete;
  TaskFrame& operator=(const TaskFrame&) = delete;

  /// Whether this thread is in a task of `pool`.
  static bool in(const void* pool) noexcept {
    for (const TaskFrame* frame = innermost(); frame != nullptr; frame = frame->outer_) {
      if (frame->pool_ == pool) return true;
    }
    return false;
  }
  /// How many tasks of `pool` it is in.
  static std::uint32_t depth(const void* pool) noexcept {
    std::uint32_t depth = 0;
    for (const TaskFrame* frame = innermost(); frame != nullptr; frame = frame->outer_) {
      depth += frame->pool_ == pool ? 1U : 0U;
    }
    return depth;
  }

 private:
  static const TaskFrame*& innermost() noexcept {
    thread_local constinit const TaskFrame* frame = nullptr;
    return frame;
  }

  const void* const pool_;
  const TaskFrame* const outer_;
};

}  // namespace pools
