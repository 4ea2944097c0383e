// Of which pools the present thread runs a task without being their worker. Lets a pool know its
// own tasks when they submit, wait or end it.
#pragma once

#include <cstdint>
#include <utility>

namespace pools {

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
