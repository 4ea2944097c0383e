// The accounts of a pool: who submitted, who ran what, how long it took. Every thread counts for
// itself, on lines that nobody else writes; the sums say where every task is (the ledger) and
// whether all are settled (quiet), for which one can wait.
//
// Two kinds of threads: the workers of our engine, one record each by slot; and outsiders, which
// come and go: submitters, and the threads of foreign pools.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "pools/dispatch/dispatch.h"
#include "pools/engine/outside_counts.h"
#include "pools/engine/per_thread.h"
#include "pools/engine/quiescence.h"
#include "pools/engine/task_slab.h"
#include "pools/metrics/unserved_tasks.h"
#include "pools/metrics/worker_record.h"

namespace pools {

/// What one thread that is no worker of ours counts; written by it alone.
struct Outsider {
  static constexpr std::uint32_t kNoSeat = SlowTask::kNoWorker;

  OutsideCounts counts;    ///< what it submitted from outside, and which tasks it is done with
  WorkerRecord record;     ///< of the tasks that it ran
  TaskCache cache;         ///< its own
  Submitter submitter;     ///< its own; where there are strategies
  bool recording = false;  ///< its own: the record is prepared
  /// Index into PoolSnapshot::by_worker, where the thread serves a foreign pool as a worker.
  std::atomic<std::uint32_t> seat{kNoSeat};
};

class Accounts {
 public:
  Accounts(std::uint32_t workers, std::uint16_t series)
      : workers_(workers),
        series_(series),
        records_(workers == 0 ? nullptr : std::make_unique<WorkerRecord[]>(workers)),
        unserved_(series) {}

  // What the threads write.
  WorkerRecord& worker(std::uint32_t id) noexcept { return records_[id]; }
  const WorkerRecord& worker(std::uint32_t id) const noexcept { return records_[id]; }
  /// The calling thread's. Throws std::bad_alloc, but not where the thread was here before.
  Outsider& mine() { return outsiders_.mine(); }
  /// Likewise, for a task that must be settled now or later: waits for memory.
  Outsider& mine_in_time() noexcept;
  /// Runs and settles `task`, one that waited, on the thread whose record this is. `now` as for
  /// WorkerRecord::run(). One whose stop token says so, or that declines, is cancelled instead.
  void run(WorkerRecord& record, Task& task, Instant& now) noexcept {
    if (!task.extended && !task.optional) [[likely]] {
      record.run(task, now);
    } else if (!task.extended || may_begin(record, task)) {
      if (!task.optional) {
        record.run(task, now);
      } else if (!record.run_optional(task, now)) [[unlikely]] {
        settle_declined(record, task);
      }
    }
  }
  /// Of a task with a context, before it is run: false, it is cancelled instead.
  bool may_begin(WorkerRecord& record, Task& task) noexcept;
  /// Of one that declined, and has ended.
  void settle_declined(WorkerRecord& record, const Task& task) noexcept;
  /// What run() does, on the calling thread, `own`; say done() when its memory is back.
  void run(Outsider& own, Task& task) noexcept;
  /// Gives `task` back unrun: recorded and ended, to be counted next.
  void give_back(Task& task, Instant now) noexcept {
    unserved_.cancelled(task, now);
    task.end(Outcome::Cancelled);
  }
  /// The same and counts it, in the caller's own counter.
  void cancel(OwnedCounter& count, Task& task) noexcept;
  /// The record of a thread that is no worker, ready for tasks that it runs itself.
  WorkerRecord& record_of(Outsider& own) noexcept;
  /// The last that `own` does to the pool for a task that it ran or cancelled.
  void done(Outsider& own) noexcept {
    own.counts.count_done();
    watch_.tell_of_strict_count();
    own.counts.count_returned();
  }
  /// Settles a task that runs: its time, which began at `start`, is up. Any thread.
  void time_out(Task& task, Instant start) noexcept;
  /// So many were given back, by a thread that has no counter for that.
  void count_cancelled(std::uint64_t n) noexcept {
    cancelled_.fetch_add(n, std::memory_order_seq_cst);
  }
  UnservedTasks& unserved() noexcept { return unserved_; }

  // Waiting. Call tell() after settling and before sleeping (Quiescence).
  void tell() noexcept { watch_.tell(); }
  Quiescence& watch() noexcept { return watch_; }
  /// How many accepted tasks may not be settled; exact where it is 0.
  std::uint64_t unsettled() const noexcept;
  bool quiet() const noexcept { return unsettled() == 0; }
  bool wait_quiet(Instant until) {
    return watch_.wait(until, [this] { return unsettled(); });
  }
  /// Waits for the threads that are still on their way out of the pool, though all is settled: a
  /// submitter whose task was run at once and owned the pool, a foreign thread that has told the
  /// watchers. Requires that no other can come.
  void await_outsiders() const noexcept;

  // What anyone reads.
  /// All entries but `queued`.
  void add_to(Ledger& ledger) const noexcept;
  void add_live(PoolSnapshot& out) const;
  void add_series(std::vector<SeriesReport>& out) const;
  std::uint64_t running() const noexcept;
  /// How many were given back since the last call.
  std::uint64_t newly_cancelled() noexcept;
  /// So many of them were reported by other means.
  void told_of_cancelled(std::uint64_t n) noexcept {
    cancelled_told_.fetch_add(n, std::memory_order_relaxed);
  }

  template <typename Visit>
  void for_each_outsider(Visit&& visit) const {
    outsiders_.for_each(visit);
  }

 private:
  /// Visits every record, workers first.
  template <typename Visit>
  void for_each_record(Visit&& visit) const {
    for (std::uint32_t id = 0; id < workers_; ++id) visit(std::as_const(records_[id]));
    outsiders_.for_each([&](const Outsider& one) { visit(one.record); });
  }

  const std::uint32_t workers_;
  const std::uint16_t series_;
  const std::unique_ptr<WorkerRecord[]> records_;
  PerThread<Outsider> outsiders_;
  UnservedTasks unserved_;
  std::atomic<std::uint64_t> cancelled_{0};  // those that no record counts
  std::atomic<std::uint64_t> timed_out_{0};
  std::atomic<std::uint64_t> cancelled_told_{0};  // how many newly_cancelled() has reported
  Quiescence watch_;
};

}  // namespace pools
