// A foreign pool's thread, to this_worker() and to what waits on it.
#pragma once

#include <utility>

#include "pools/worker_context.h"

namespace pools {

/// While it lives, this_worker() names the thread as a worker of `pool`: unless that is null, or it
/// is a worker already, whose own pool must go on to know it.
class AsWorker {
 public:
  AsWorker(const Pool* pool, WorkerId id) noexcept
      : sets_(pool != nullptr && current_worker().pool == nullptr) {
    if (sets_) set(pool, id);
  }
  ~AsWorker() {
    if (sets_) set(nullptr, 0);
  }
  AsWorker(const AsWorker&) = delete;
  AsWorker& operator=(const AsWorker&) = delete;

 private:
  static void set(const Pool* pool, WorkerId id) noexcept {
    current_worker().pool = pool;
    current_worker().id = id;
  }
  const bool sets_;
};

/// While it lives, the thread is in a task of a pool that cannot be asked for tasks.
class KeepsThread {
 public:
  KeepsThread() noexcept : before_(std::exchange(current_worker().keeps_thread, true)) {}
  ~KeepsThread() { current_worker().keeps_thread = before_; }
  KeepsThread(const KeepsThread&) = delete;
  KeepsThread& operator=(const KeepsThread&) = delete;

 private:
  const bool before_;
};

}  // namespace pools
