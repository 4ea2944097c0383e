// Where workers wait while their pool is paused: not where the idle ones sleep (parking_lot.h), or
// every submit would wake one of them in vain. The phase says that it is paused (shutdown_phase.h).
#pragma once

#include <mutex>

#include "pools/engine/shutdown_phase.h"
#include "pools/engine/sync.h"

namespace pools {

template <typename Sync>
class BasicPauseGate {
 public:
  /// Returns when `phase` is no longer Paused. Any thread.
  void hold(const BasicShutdownPhase<Sync>& phase) noexcept {
    std::unique_lock lock(mutex_);
    while (phase.now() == Phase::Paused) changed_.wait(lock);
  }
  /// After the phase was changed from Paused: who is held looks again. Any thread.
  void open() noexcept {
    // The lock orders it after the look of whoever is about to wait.
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
  }

 private:
  typename Sync::Mutex mutex_;
  typename Sync::Condition changed_;
};

using PauseGate = BasicPauseGate<RealSync>;

}  // namespace pools
