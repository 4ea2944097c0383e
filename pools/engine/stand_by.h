// Where workers wait that are not needed now but may be soon (blocking.h): their threads are kept
// for a while, since starting one costs several times as much as waking it.
#pragma once

#include <condition_variable>
#include <mutex>

#include "pools/clock.h"

namespace pools {

/// Any thread.
class StandBy {
 public:
  /// Returns when called() says so, or when `limit` has passed.
  template <typename Called>
  void wait(Nanos limit, Called&& called) noexcept {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, called);
  }
  /// After what called() goes by has changed.
  void call() noexcept {
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace pools
