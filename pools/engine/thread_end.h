// What a thread leaves behind for when it ends, and ends later than its thread_locals: those may
// still submit tasks in their destructors, and so may static objects after the main thread's. A
// thread_local of our own would be gone before every one that was made earlier.
//
// Never ends with the main thread of a process that calls exit(): then the process is the end.
#pragma once

namespace pools {

/// Made by `new` on the thread whose end it waits for; that thread deletes it, after the
/// destructors of its thread_locals. Where the system has no room for one more, it stays until the
/// process ends.
class ThreadEnd {
 public:
  ThreadEnd(const ThreadEnd&) = delete;
  ThreadEnd& operator=(const ThreadEnd&) = delete;

 protected:
  ThreadEnd() noexcept;
  virtual ~ThreadEnd() = default;

 private:
  static void end_thread(void* first) noexcept;
  struct Key;

  ThreadEnd* next_;
};

}  // namespace pools
