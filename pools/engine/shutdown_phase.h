// How far a pool's shutdown has come, and how it stays no secret: every submitter counts first
// (outside_counts.h) and then looks at the phase; the shutdown raises the phase first and then
// reads the counts. So either the submitter sees the shutdown, or the shutdown sees the task and
// waits.
#pragma once

#include <atomic>
#include <cstdint>

#include "pools/engine/sync.h"

namespace pools {

/// How far the shutdown has come. Only ever grows, but for Open and Paused, which take turns until
/// it begins. From Paused on no worker begins a task, so that one comparison tells it.
enum class Phase : std::uint8_t { Open, Draining, Paused, Cancelling, Stopped };

template <typename Sync>
class BasicShutdownPhase {
 public:
  /// seq_cst: pairs with raise(); a submitter has counted before, a sleeper has announced itself.
  Phase now() const noexcept { return phase_.load(std::memory_order_seq_cst); }
  /// Perhaps outdated: for a look now and then that must cost nothing.
  Phase glance() const noexcept { return phase_.load(std::memory_order_relaxed); }

  void raise(Phase to) noexcept {
    Phase was = phase_.load(std::memory_order_relaxed);
    // seq_cst: raised first, then counts and sleepers are read; see above.
    while (comes_before(was, to) &&
           !phase_.compare_exchange_weak(was, to, std::memory_order_seq_cst,
                                         std::memory_order_relaxed)) {
    }
  }

  /// False: paused already, or the shutdown has begun.
  bool pause() noexcept { return change(Phase::Open, Phase::Paused); }
  /// False: not paused (any more). Then wake who waits for it (pause_gate.h).
  bool resume() noexcept { return change(Phase::Paused, Phase::Open); }

 private:
  static bool comes_before(Phase was, Phase to) noexcept {
    return was == Phase::Paused ? to != Phase::Open && to != Phase::Paused : was < to;
  }
  bool change(Phase from, Phase to) noexcept {
    // seq_cst like all that changes it; who wins against a shutdown is what counts.
    return phase_.compare_exchange_strong(from, to, std::memory_order_seq_cst,
                                          std::memory_order_relaxed);
  }

  typename Sync::template Atomic<Phase> phase_{Phase::Open};
};

using ShutdownPhase = BasicShutdownPhase<RealSync>;

}  // namespace pools
