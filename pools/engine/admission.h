// The door of a pool: whether it still takes tasks, whether there is room, and what becomes of a
// task for which there is none. Decides; who asked places, runs or refuses the task.
#pragma once

#include <cstdint>

#include "pools/engine/capacity_gate.h"
#include "pools/engine/pause_gate.h"
#include "pools/engine/shutdown_phase.h"
#include "pools/pool.h"
#include "pools/pool_config.h"

namespace pools {

class Admission {
 public:
  enum class Way : std::uint8_t {
    Place,    ///< a place was taken; give it back with leave() when a worker takes the task
    RunHere,  ///< the submitter runs the task itself; no place was taken
    QueueFull,
    ShuttingDown,
  };

  Admission(std::uint64_t capacity, OnFull on_full) noexcept : gate_(capacity), on_full_(on_full) {}

  /// How far the shutdown has come.
  Phase phase() const noexcept { return phase_.now(); }
  Phase glance() const noexcept { return phase_.glance(); }
  PoolState state() const noexcept {
    switch (phase_.glance()) {
      case Phase::Open:
        return PoolState::Open;
      case Phase::Draining:
        return PoolState::Draining;
      case Phase::Paused:
        return PoolState::Paused;
      case Phase::Cancelling:
        return PoolState::Cancelling;
      case Phase::Stopped:
        break;
    }
    return PoolState::Stopped;
  }
  bool bounded() const noexcept { return gate_.bounded(); }

  /// Whether a submit that was counted before is taken at all. `nested`: how many tasks of this
  /// pool the calling thread is inside of; those may submit until the pool is cancelled.
  bool takes(std::uint32_t nested) const noexcept {
    const Phase phase = phase_.now();
    return phase == Phase::Open || phase == Phase::Paused ||
           (phase == Phase::Draining && nested != 0);
  }
  /// Takes a place for one that is taken, if there is room.
  bool try_enter() noexcept { return gate_.try_enter(); }
  /// Else what becomes of it. May wait for room. Any thread.
  Way enter_full(Pool::Patience patience, std::uint32_t nested) noexcept {
    if (patience == Pool::Patience::None || on_full_ == OnFull::Reject) return Way::QueueFull;
    if (nested > kMostNested) {
      gate_.force_enter();
      return Way::Place;
    }
    if (nested != 0 || on_full_ == OnFull::CallerRuns) return Way::RunHere;
    return gate_.enter() ? Way::Place : Way::ShuttingDown;
  }
  /// A task whose place was given back waits again, room or not.
  void reenter() noexcept { gate_.force_enter(); }
  /// So many places are free again.
  void leave(std::uint64_t count) noexcept { gate_.leave(count); }
  /// How many places are taken; requires bounded().
  std::uint64_t taken() const noexcept { return gate_.taken(); }

  /// From now on nothing is begun / again. False: it was so, or the shutdown has begun. Any thread.
  bool pause() noexcept { return phase_.pause(); }
  bool resume() noexcept {
    const bool was_paused = phase_.resume();
    if (was_paused) pause_.open();
    return was_paused;
  }
  /// Waits while it is paused. Any thread.
  void hold() noexcept { pause_.hold(phase_); }

  /// The shutdown has come so far; who waits for room is refused, and what was paused goes on. Any
  /// thread.
  void close(Phase to) noexcept {
    phase_.raise(to);
    gate_.close();
    pause_.open();
  }
  /// The same in a forked child, where locks may be locked for ever.
  void forked() noexcept {
    phase_.raise(Phase::Stopped);
    gate_.close();
  }
  /// Further, with the door closed already.
  void raise(Phase to) noexcept { phase_.raise(to); }

 private:
  /// A task whose own pool is full runs its submits itself, nested at most this deep; beyond, the
  /// task is queued over the bound. Recursion must end somewhere, and waiting would be waiting for
  /// itself.
  static constexpr std::uint32_t kMostNested = 8;

  ShutdownPhase phase_;
  CapacityGate gate_;
  const OnFull on_full_;
  PauseGate pause_;
};

}  // namespace pools
