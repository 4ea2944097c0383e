// What a pool says about itself: plain values, copied out, no locks held afterwards.
// PoolSnapshot is cheap enough for every 50 ms; PoolReport is exact and is read once, at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/latency_histogram.h"
#include "pools/metrics/ledger.h"

namespace pools {

/// Overrun: its task is timed out and has not returned yet. Lost: its task has not come back for so
/// long that another worker has been called for it (PoolConfig::stuck_after).
enum class WorkerState : std::uint8_t { Absent, Idle, Busy, Parked, Overrun, Lost };

struct WorkerSnapshot {
  WorkerState state = WorkerState::Absent;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t steal_attempts = 0;  ///< victims probed
  std::uint64_t steal_hits = 0;      ///< probes that brought at least one task
  std::uint64_t steal_items = 0;     ///< tasks brought by them
  std::uint64_t claims = 0;          ///< tasks had that another had taken but not begun
  std::uint64_t wakes = 0;           ///< times the worker was woken from parking
  Nanos busy{0};                     ///< time spent inside tasks
  Nanos parked{0};                   ///< time spent asleep for lack of work
  std::uint64_t depth = 0;           ///< tasks waiting at this worker (estimate)
};

/// What the pool does with tasks; pool.h has the table of what each call does then.
enum class PoolState : std::uint8_t {
  Open,
  Paused,      ///< accepts, begins nothing
  Draining,    ///< shuts down, runs what it has
  Cancelling,  ///< shuts down, gives back what it has
  Stopped,
};

/// One change of the worker target, and why; or, where it does not change, a notice: a worker that
/// is lost, or back.
struct ScalingEvent {
  Instant at{};
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::string policy;  ///< the sizing policy's name, "resize" for a call by the user, or
                       ///< "lost_worker"
  std::string reason;  ///< e.g. "120 tasks queued > 50 per worker x 2"
};

/// A figure only one strategy has, e.g. {"starvation_rescues", 3} or {"batches", 812}. A count
/// since the pool's start, but for a mean, whose name says so.
struct StrategyFigure {
  std::string_view name;
  double value = 0;

  bool is_count() const noexcept { return !name.starts_with("mean_"); }
};

struct PoolSnapshot {
  Instant at{};
  Ledger ledger;
  std::uint32_t workers = 0;  ///< alive now
  std::uint32_t target = 0;   ///< wanted by the sizing policy
  std::uint32_t blocked = 0;  ///< workers in a Blocking scope, for whom others stand in
  PoolState state = PoolState::Open;
  std::uint64_t queue_depth = 0;
  std::uint64_t queue_capacity = 0;  ///< 0: unbounded
  std::uint64_t wakes_sent = 0;
  std::vector<WorkerSnapshot> by_worker;  ///< one per slot, absent ones included
  std::vector<StrategyFigure> figures;    ///< from the strategy
  std::uint64_t scale_ups = 0;            ///< changes of the target so far
  std::uint64_t scale_downs = 0;
  std::uint64_t notices = 0;  ///< events that changed no target
  /// The latest of these changes, from number `scaling_from` on; the pool forgets old ones.
  std::vector<ScalingEvent> scaling;
  LatencyHistogram response{LatencyHistogram::kLiveBits};    ///< cumulative
  LatencyHistogram queue_wait{LatencyHistogram::kLiveBits};  ///< cumulative

  std::uint64_t scaling_events() const noexcept { return scale_ups + scale_downs + notices; }
};

/// One of the slowest tasks, and what its thread did before it.
struct SlowTask {
  static constexpr std::size_t kKept = 20;
  static constexpr std::uint32_t kNoWorker = ~std::uint32_t{0};

  Instant due{};
  Instant accepted{};
  Instant start{};
  Instant finish{};
  Instant before_start{};  ///< the timed task that the thread ran before it; zero: none
  Instant before_finish{};
  std::uint32_t worker = kNoWorker;  ///< index into PoolSnapshot::by_worker; or it was a submitter
  bool spawned = false;              ///< another task submitted it

  Nanos response() const noexcept { return finish - due; }
};

/// Outcomes and latencies of the tasks of one series. The counts are of all tasks, whatever
/// PoolConfig::metrics says; the latencies of those that were timed.
struct SeriesReport {
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t rejected = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t retries = 0;    ///< attempts after a task's first
  std::uint64_t recovered = 0;  ///< of the completed: those that had failed before
  LatencyHistogram queue_wait;  ///< accepted, or back from backing off -> start
  LatencyHistogram service;     ///< start -> finish
  LatencyHistogram response;    ///< due -> finish
  /// Of the cancelled tasks: accepted -> cancelled and due -> cancelled. So long at least they
  /// would have waited, and been without an answer; those timed out as well, whose wait is known.
  LatencyHistogram unserved_wait;
  LatencyHistogram unserved_response;
  /// Of the tasks that were submitted more than kOnTime after they were due: their response, and
  /// the same counted from `accepted`. Not of those that another task of the pool submitted, which
  /// come when that one comes to it and not when somebody is late.
  LatencyHistogram late_response;
  LatencyHistogram late_since_send;
  std::vector<SlowTask> slowest;  ///< of those that were timed, the slowest first

  static constexpr Nanos kOnTime = std::chrono::microseconds{5};

  /// The response of all tasks without what a late submit added.
  LatencyHistogram since_send() const {
    LatencyHistogram all = response;
    all.subtract(late_response);
    all.merge(late_since_send);
    return all;
  }
};

struct PoolReport {
  std::vector<SeriesReport> by_series;
  /// Row-major slots x slots: tasks had from others [thief][victim], stolen from where they waited
  /// or claimed from those who had taken them. Empty where neither was.
  std::vector<std::uint64_t> steal_matrix;
  std::uint32_t slots = 0;
};

}  // namespace pools
