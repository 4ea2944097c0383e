// A dispatch strategy: where a task waits and who takes it. That is all in which pull, push,
// stealing, priority and batch pools differ; threads, wake-ups, bounds, counters and shutdown
// belong to the engine. A strategy has no threads, never blocks beyond a short lock, and never runs
// a task. It has no clock and no source of chance either: the time is told, and what it draws comes
// from the pool's seed. So the same object runs under real threads and, call by call, in virtual
// time (tests/pools/contract/simulated_machine.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "pools/clock.h"
#include "pools/dispatch/quick_random.h"
#include "pools/knobs.h"
#include "pools/metrics/snapshot.h"
#include "pools/metrics/worker_counters.h"
#include "pools/task.h"
#include "pools/this_worker.h"

namespace pools {

inline constexpr WorkerId kOutside = ~WorkerId{0};     ///< the submitter is no worker of this pool
inline constexpr WorkerId kAnyWorker = ~WorkerId{0};   ///< whoever wakes up can take it
inline constexpr WorkerId kNobody = ~WorkerId{0} - 1;  ///< nothing to take yet

/// A stored task's consequence: who should be awake for it.
struct Placement {
  WorkerId wake = kAnyWorker;
  /// `wake` names the worker that should have it, but others can take it as well: if that one does
  /// not sleep, wake another.
  bool or_another = false;
};

/// What a strategy keeps for each thread that submits, also for each worker: choices in turn or at
/// random then cost no shared line. That thread's alone.
struct Submitter {
  WorkerId turn = 0;
  std::optional<QuickRandom> random = std::nullopt;  ///< seeded by the strategy
};

/// What take() brought.
struct Taken {
  std::size_t count = 0;
  /// It also put tasks where other workers can take them. While they were on their way nobody could
  /// see them, so somebody must now be told, as of a new task.
  bool moved_others = false;
};

/// What a strategy is built from.
struct DispatchContext {
  std::uint32_t max_workers = 1;
  std::uint64_t seed = 1;
  /// One block per slot; a strategy counts its steals in the block of the worker that calls take.
  std::span<WorkerCounters> counters;
};

/// A worker's part of `waiting` tasks, rounded up: who takes more leaves others idle.
inline std::size_t fair_share(std::size_t waiting, std::uint32_t workers) noexcept {
  return workers == 0 ? waiting : (waiting + workers - 1) / workers;
}

/// Searching: has found nothing and looks on for a moment. Parked: about to sleep, or asleep.
enum class Activity : std::uint8_t { Working, Searching, Parked };

class Dispatch {
 public:
  virtual ~Dispatch() = default;

  /// Stores the task. Never refuses: bounds are the engine's. `from` is the submitting worker's own
  /// slot or kOutside. The store must be published by a seq_cst operation, or a worker that is
  /// just going to sleep may miss it: see engine/parking_lot.h. `by` is the calling thread's.
  /// Thread safety: any thread.
  virtual Placement place(Task& task, WorkerId from, Submitter& by) noexcept = 0;

  /// Moves up to out.size() tasks that worker `self` may run now into `out`; 0 if there are none.
  /// `now`: the present time where the strategy ripens(), else anything.
  /// Thread safety: only worker `self`'s thread.
  virtual Taken take(WorkerId self, std::span<Task*> out, Instant now) noexcept = 0;

  /// How many tasks take() may usefully hand over at once, given that the worker can run `budget`
  /// of them in the time one may hold tasks back from other workers (20 us).
  virtual std::size_t take_size(std::size_t budget) const noexcept { return budget; }

  /// Moves up to out.size() waiting tasks into `out`, wherever they wait: for cancelling.
  /// Thread safety: any thread, while workers run.
  virtual std::size_t reclaim(std::span<Task*> out) noexcept = 0;

  /// Whether take(self) might find something. Read between announcing sleep and sleeping, so it
  /// must read what place() published with seq_cst loads (or under the same lock); may say yes in
  /// vain. `now` as for take().
  virtual bool has_work(WorkerId self, Instant now) const noexcept = 0;

  /// Whether a task that a worker has taken but not begun may be had by the others. Else it waits
  /// for its worker, as in an inbox of its own.
  virtual bool shares_taken() const noexcept { return true; }

  /// Whether ripens_at() ever says anything.
  virtual bool ripens() const noexcept { return false; }
  /// When something that take() cannot have yet becomes takeable by the passing of time alone (a
  /// batch's flush). Nothing: never. Thread safety: any worker.
  virtual std::optional<Instant> ripens_at() const noexcept { return std::nullopt; }

  /// A worker starts or leaves. What waits at a leaving worker must stay reachable for the others;
  /// whatever comes within reach of more workers is returned as the placement to wake for. Called
  /// on that worker's own thread.
  virtual Placement worker_joined(WorkerId self) noexcept {
    static_cast<void>(self);
    return {kNobody};
  }
  virtual Placement worker_left(WorkerId self) noexcept {
    static_cast<void>(self);
    return {kNobody};
  }
  /// The worker has not come back from a task for long, and will leave when it does. Nothing is to
  /// be placed there any more, and what waits there must be within the others' reach, as above. Any
  /// thread, but not while the worker joins or leaves.
  virtual Placement worker_lost(WorkerId lost) noexcept {
    static_cast<void>(lost);
    return {kNobody};
  }
  /// It is back, and stays after all. On its own thread.
  virtual Placement worker_found(WorkerId self) noexcept {
    static_cast<void>(self);
    return {kNobody};
  }
  /// What the worker does has changed. On its own thread.
  virtual void activity_changed(WorkerId self, Activity now) noexcept {
    static_cast<void>(self);
    static_cast<void>(now);
  }
  /// The pool shuts down: nothing may be held back for a better moment any more (partial batches).
  virtual void flush() noexcept {}

  /// Whether Task::accepted must hold the time even where metrics are off.
  virtual bool needs_time() const noexcept { return false; }
  /// How a submitter's wishes become the Task::rank that place() goes by; nullptr: it does not.
  using Ranking = std::int64_t (*)(const SubmitOptions&) noexcept;
  virtual Ranking ranking() const noexcept { return nullptr; }

  /// Tasks waiting at worker `self` / in shared places. Exact when quiet, else estimates. Any
  /// thread.
  virtual std::uint64_t depth(WorkerId self) const noexcept = 0;
  virtual std::uint64_t shared_depth() const noexcept = 0;

  /// Figures only this strategy has. Any thread.
  virtual void figures(std::vector<StrategyFigure>& out) const { static_cast<void>(out); }
  /// Tasks stolen [thief][victim], row-major; empty where nothing is stolen. Any thread.
  virtual std::vector<std::uint64_t> steal_matrix() const { return {}; }
};

}  // namespace pools
