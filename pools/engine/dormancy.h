// How a thread that looks at the pool now and then (supervisor.h) dozes while there is nothing to
// look at, and is roused when there may be again. It costs the others a load.
//
// No rousing is lost: the looker declares itself dormant and then looks once more; a worker stops
// counting as a sleeper and then looks whether somebody is dormant. All four are seq_cst, so at
// least one sees the other. Hence the worker's half must follow each time that it stops counting,
// also when it had only announced to sleep and did not.
#pragma once

#include <cstdint>
#include <mutex>

#include "pools/clock.h"
#include "pools/engine/sync.h"

namespace pools {

template <typename Sync>
class BasicDormancy {
 public:
  /// Any thread.
  void rouse() noexcept {
    if (dormant_.load(std::memory_order_seq_cst)) end_doze();
  }

  /// Any thread: whoever dozes or pauses returns, now and from now on.
  void stop() noexcept {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }

  // The looker's own.

  bool stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }
  /// Returns when roused, stopped, or if nothing_to_do() says no after all.
  template <typename NothingToDo>
  void doze(NothingToDo&& nothing_to_do) {
    dormant_.store(true, std::memory_order_seq_cst);
    if (!nothing_to_do()) {
      dormant_.store(false, std::memory_order_relaxed);
      return;
    }
    std::unique_lock lock(mutex_);
    while (!stopping_ && dormant_.load(std::memory_order_relaxed)) changed_.wait(lock);
  }
  /// Returns after `time`, or when stopped, or for no reason.
  void pause(Nanos time) {
    std::unique_lock lock(mutex_);
    if (!stopping_) changed_.wait_for(lock, time);
  }

 private:
  void end_doze() noexcept {
    {
      const std::lock_guard lock(mutex_);
      dormant_.store(false, std::memory_order_relaxed);
    }
    changed_.notify_all();
  }

  typename Sync::template Atomic<bool> dormant_{false};
  typename Sync::Mutex mutex_;
  typename Sync::Condition changed_;
  bool stopping_ = false;  // guarded by mutex_
};

using Dormancy = BasicDormancy<RealSync>;

}  // namespace pools
