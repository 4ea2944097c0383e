// What one worker did, and the one way in which a task is run and settled. Used by our engine and
// by the adapters of foreign pools alike. Written by the worker only, read by anyone.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/latency_histogram.h"
#include "pools/metrics/ledger.h"
#include "pools/metrics/slowest_tasks.h"
#include "pools/metrics/snapshot.h"
#include "pools/metrics/worker_counters.h"
#include "pools/pool_config.h"
#include "pools/task.h"

namespace pools {

class alignas(64) WorkerRecord {
 public:
  OwnedCounter submitted;  ///< by tasks that ran on this worker
  OwnedCounter rejected;
  OwnedCounter cancelled;  ///< given back by the shutdown
  OwnedCounter stopped;    ///< given back because their stop token or their group said so
  OwnedCounter wakes;
  OwnedCounter parked_ns;

  /// Allocates counters and histograms; before the first task, on any thread. Idempotent.
  void prepare(std::uint16_t series);

  /// Whether a submitter's `nth` task is to be time-stamped and recorded.
  static bool is_timed(MetricsLevel level, std::uint64_t nth) noexcept {
    // Sampled: often enough for a p99 within seconds at 10k tasks/s, for a tenth of the cost of
    // Full.
    constexpr std::uint64_t kSampleEvery = 16;
    return level == MetricsLevel::Full ||
           (level == MetricsLevel::Sampled && nth % kSampleEvery == 0);
  }

  /// Runs the callable; true if it threw. Whoever calls settles afterwards, exactly once.
  static bool execute(Task& task) noexcept {
    try {
      task.run_once();
      return false;
    } catch (...) {
      return true;
    }
  }

  /// Runs and settles. `now` is the present time if the caller knows it, else Instant{}; it is the
  /// finish time afterwards, so that back-to-back timed tasks need one clock reading each.
  void run(Task& task, Instant& now) noexcept {
    if (task.timed) [[unlikely]] {  // unlikely: it has to do more anyhow
      run_timed(task, now);
      return;
    }
    now = Instant{};
    started_running();
    const bool threw = execute(task);
    stopped_running();
    count_outcome(task.series, threw);
  }
  /// The same for a task that may decline. If it did (false) it has ended, and the caller settles
  /// it as cancelled.
  bool run_optional(Task& task, Instant& now) noexcept {
    Instant start{};
    if (task.timed) start = now != Instant{} ? now : Clock::now();
    started_running();
    const bool threw = execute(task);
    now = task.timed ? Clock::now() : Instant{};
    stopped_running();
    if (task.declined) [[unlikely]]
      return false;
    settle(task, start, now, threw);
    return true;
  }

  // For who runs a task otherwise.
  void started_running() noexcept { running_.store(running() + 1, std::memory_order_relaxed); }
  /// Before settling, so that who sees the task settled does not see it running as well.
  void stopped_running() noexcept { running_.store(running() - 1, std::memory_order_relaxed); }
  /// One more attempt of a task that has failed before.
  void count_retry(std::uint16_t series) noexcept { outcomes_of(series).retries.add(); }
  /// A task has completed that had failed before.
  void count_recovered(std::uint16_t series) noexcept { outcomes_of(series).recovered.add(); }

  /// Time spent inside tasks.
  void was_busy(Nanos time) noexcept { busy_ns_.add(static_cast<std::uint64_t>(time.count())); }

  /// Counts the task's outcome and records its latencies.
  void settle(const Task& task, Instant start, Instant finish, bool threw) noexcept {
    if (task.timed) record(task, start, finish);
    count_outcome(task.series, threw);
  }

  std::uint32_t running() const noexcept { return running_.load(std::memory_order_relaxed); }
  std::uint64_t settled() const noexcept {
    return completed_.read() + failed_.read() + cancelled.read() + stopped.read();
  }

  /// Adds this worker's entries; `queued` is not its business.
  void add_to(Ledger& ledger) const noexcept;
  void fill(WorkerSnapshot& out) const noexcept;
  void add_live(LatencyHistogram& response, LatencyHistogram& queue_wait) const;
  /// As tasks of `worker`, or SlowTask::kNoWorker.
  void add_series(std::vector<SeriesReport>& out, std::uint32_t worker) const;

 private:
  /// A line each, for the records of two workers may be neighbours in memory.
  struct alignas(64) Outcomes {
    OwnedCounter completed;
    OwnedCounter failed;
    OwnedCounter retries;
    OwnedCounter recovered;
  };
  struct SeriesRecorder {
    ExactRecorder queue_wait;
    ExactRecorder service;
    ExactRecorder response;
    // Of the tasks that were submitted late only, so that the others cost no more for it.
    ExactRecorder late_response;
    ExactRecorder late_since_send;
    SlowestTasks slowest;
  };
  struct Recorders {
    LiveRecorder response;
    LiveRecorder queue_wait;
    std::vector<Outcomes> outcomes;  // by series
    std::vector<std::unique_ptr<SeriesRecorder>> series;
  };

  void run_timed(Task& task, Instant& now) noexcept;
  Outcomes& outcomes_of(std::uint16_t series) noexcept {
    return outcomes_[series < series_ ? series : 0];
  }
  /// Last, and with release order: who sees the task settled sees its latencies recorded.
  void count_outcome(std::uint16_t series, bool threw) noexcept {
    Outcomes& own = outcomes_of(series);
    (threw ? own.failed : own.completed).add();
    (threw ? failed_ : completed_).add();
  }
  void record(const Task& task, Instant start, Instant finish) noexcept;

  OwnedCounter completed_;
  OwnedCounter failed_;
  OwnedCounter busy_ns_;
  std::atomic<std::uint32_t> running_{0};  // > 1 while a task runs another inside itself
  Outcomes* outcomes_ = nullptr;           // in *storage_, one step nearer
  std::uint16_t series_ = 0;
  std::unique_ptr<Recorders> storage_;
  Instant last_start_{};  // of the last timed task that ended
  Instant last_finish_{};
  /// release in prepare() publishes the recorders to readers that acquire.
  std::atomic<Recorders*> recorders_{nullptr};
};

}  // namespace pools
