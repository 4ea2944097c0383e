// A scope in which a task blocks on something that its pool knows nothing of - a disk, a socket, a
// lock, another process - and so keeps a worker from the tasks that wait:
//
//   { const pools::Blocking wait; answer = ask_the_database(); }
//
// While it lasts the pool has one more worker, if max_workers allows it, so that as many as wanted
// go on; then one worker too many lays its work down when its task is done, and stands by for the
// next such scope. The first scope so costs the start of a thread, those that follow a wake-up:
// worth it from about a hundred microseconds on. Waiting for tasks of the same pool needs no such
// scope (TaskGroup, Future: those help).
//
// With `push` what is placed at the blocked worker afterwards waits there for the next one that comes,
// unless workers steal. Made and destroyed by one thread. Outside of a pool's workers, in a foreign pool
// (Capabilities::compensates) and inside another such scope it does nothing.
#pragma once

namespace pools {

class Pool;

class [[nodiscard]] Blocking {
 public:
  Blocking() noexcept;
  ~Blocking();
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

  /// One more worker has come for this one: max_workers allowed it, and there was a thread to be
  /// had.
  bool compensated() const noexcept { return compensated_; }

 private:
  Pool* pool_ = nullptr;  // that counts this scope
  bool compensated_ = false;
};

}  // namespace pools
