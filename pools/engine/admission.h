// The door of a pool: whether it still takes tasks, whether there is room, and what becomes of a
// task for which there is none. Decides; who asked places, runs or refuses the task.
#pragma once

#include <cstdint>

#include "pools/engine/capacity_gate.h"
#include "pools/engine/eviction.h"
#include "pools/engine/shutdown_phase.h"
#include "pools/pool.h"
#include "pools/pool_config.h"

namespace pools {

class Admission {
 public:
  enum class Way : std::uint8_t {
    Place,    ///< a place was taken; give it back with leave() when a worker takes the task
    RunHere,  ///< the submitter runs the task itself; no place was taken
    Evict,    ///< for the place of an older one, by room_for()
    Drop,     ///< accepted, and given up at once
    QueueFull,
    ShuttingDown,
  };

  explicit Admission(const PoolConfig& config) noexcept
      : gate_(config.queue_capacity),
        on_full_(config.on_full),
        full_timeout_(config.full_timeout) {}

  /// How far the shutdown has come.
  Phase phase() const noexcept { return phase_.now(); }
  Phase glance() const noexcept { return phase_.glance(); }
  bool bounded() const noexcept { return gate_.bounded(); }

  /// Whether a submit that was counted before is taken at all. `nested`: how many tasks of this
  /// pool the calling thread is inside of; those may submit until the pool is cancelled.
  bool takes(std::uint32_t nested) const noexcept {
    const Phase phase = phase_.now();
    return phase == Phase::Open || (phase == Phase::Draining && nested != 0);
  }
  /// Takes a place for one that is taken, if there is room.
  bool try_enter() noexcept { return gate_.try_enter(); }
  /// Else what becomes of it. May wait for room. Any thread.
  Way enter_full(Pool::Patience patience, std::uint32_t nested) noexcept {
    if (patience >= Pool::Patience::None) {
      if (patience == Pool::Patience::None || nested != 0) return Way::QueueFull;
      return wait_for(Nanos{static_cast<Nanos::rep>(patience)});
    }
    if (on_full_ == OnFull::Reject) return Way::QueueFull;
    if (on_full_ == OnFull::DropNewest) return Way::Drop;
    if (nested > kMostNested) {
      gate_.force_enter();
      return Way::Place;
    }
    if (on_full_ == OnFull::DropOldest) return Way::Evict;
    if (nested != 0 || on_full_ == OnFull::CallerRuns) return Way::RunHere;
    if (on_full_ == OnFull::BlockFor) return wait_for(full_timeout_);
    return gate_.enter() ? Way::Place : Way::ShuttingDown;
  }
  /// The place of a task that `evict` gives up. Any thread.
  template <typename Evict>
  Room<Task> room_for(Evict&& evict) noexcept {
    return room_by_eviction<Task>(gate_, evict);
  }
  /// A task whose place was given back waits again, room or not.
  void reenter() noexcept { gate_.force_enter(); }
  /// So many places are free again.
  void leave(std::uint64_t count) noexcept { gate_.leave(count); }
  /// How many places are taken; requires bounded().
  std::uint64_t taken() const noexcept { return gate_.taken(); }

  /// The shutdown has come so far; who waits for room is refused. Any thread.
  void close(Phase to) noexcept {
    phase_.raise(to);
    gate_.close();
  }
  /// Further, with the door closed already.
  void raise(Phase to) noexcept { phase_.raise(to); }

 private:
  /// A task whose own pool is full runs its submits itself, nested at most this deep; beyond, the
  /// task is queued over the bound. Recursion must end somewhere, and waiting would be waiting for
  /// itself. So it is for a thread of another pool under `caller_runs`, whose tasks may submit back
  /// and forth between the two; and under `drop_oldest` for tasks whose end submits another one.
  static constexpr std::uint32_t kMostNested = 8;

  Way wait_for(Nanos limit) noexcept {
    switch (gate_.enter_until(deadline_after(limit))) {
      case CapacityGate::Entry::Entered:
        return Way::Place;
      case CapacityGate::Entry::TimedOut:
        return Way::QueueFull;
      case CapacityGate::Entry::Closed:
        break;
    }
    return Way::ShuttingDown;
  }

  ShutdownPhase phase_;
  CapacityGate gate_;
  const OnFull on_full_;
  const Nanos full_timeout_;
};

}  // namespace pools
