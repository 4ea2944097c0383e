// The engine behind every strategy of ours: real threads, one loop. It owns what all strategies
// share - workers and their life, wake-ups, the bound, counters, sizing, shutdown - and asks a
// Dispatch where tasks wait and who takes them.
//
// Parts, each in its own file: Admission is the door; Accounts count, and know when all is settled;
// ParkingLot puts workers to sleep and wakes them; TaskSlab is the memory; Supervisor asks the
// sizing policy. The first two serve foreign pools (peers/) as well. This class connects them:
// threaded_pool.cpp submits and reports, worker_loop.cpp is what a worker does, lifecycle.cpp
// starts and resizes, compensation.cpp stands in for who blocks, ending.cpp pauses, waits and shuts
// down.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <thread>
#include <vector>

#include "pools/dispatch/dispatch.h"
#include "pools/dispatch/worker_set.h"
#include "pools/engine/accounts.h"
#include "pools/engine/admission.h"
#include "pools/engine/attendance.h"
#include "pools/engine/claim_buffer.h"
#include "pools/engine/fork_watch.h"
#include "pools/engine/parking_lot.h"
#include "pools/engine/stand_by.h"
#include "pools/engine/supervisor.h"
#include "pools/engine/take_budget.h"
#include "pools/engine/task_frame.h"
#include "pools/engine/task_slab.h"
#include "pools/engine/worker_life.h"
#include "pools/metrics/scaling_log.h"
#include "pools/pool.h"
#include "pools/worker_context.h"

namespace pools {

class ThreadedPool final : public Pool {
 public:
  /// Requires: `config` is resolved and has a thread factory. Starts min_workers workers; throws
  /// std::system_error if not even one can be started.
  static std::unique_ptr<Pool> make(const PoolConfig& config);
  /// What `delete` does instead of calling the destructor, which may have to be another thread's.
  static void operator delete(ThreadedPool* pool, std::destroying_delete_t) { pool->retire(); }

  ShutdownReport shutdown(ShutdownMode mode, Nanos limit) override;
  bool wait_idle(Nanos limit) override;
  bool help_one() override;
  std::uint32_t resize(std::uint32_t workers) override;
  bool pause() override;
  bool resume() override;
  ClearReport clear() override;
  PoolSnapshot snapshot(std::size_t scaling_from) const override;
  PoolReport report() const override;
  Capabilities capabilities() const noexcept override { return capabilities_; }
  const PoolConfig& config() const noexcept override { return config_; }

 private:
  static constexpr std::size_t kMostTaken = 256;
  friend class ForkWatch;

  struct alignas(64) Slot {
    ClaimBuffer<Task, kMostTaken> taken;  // and not yet begun
    bool offers_claims = false;           // the worker's own: it is in claimable_
    TaskCache cache;                      // the worker's own
    Submitter submitter;                  // the worker's own
    /// How many it claimed from each of the others. Made when the slot's first worker starts;
    /// release publishes it to report().
    std::unique_ptr<OwnedCounter[]> claims_made;
    std::atomic<OwnedCounter*> claims{nullptr};
    WorkerLife life;
    std::atomic<bool> stands_by{false};  // if it is asked to leave, its thread is kept for a while
    std::atomic<bool> asleep{false};
    std::atomic<bool> lost{false};  // its worker has not come back; written under lifecycle_
    std::thread thread;             // guarded by lifecycle_
  };

  explicit ThreadedPool(const PoolConfig& config);
  ~ThreadedPool() override;

  // threaded_pool.cpp: submitting and reporting
  Task* acquire_task() override;
  void release_task(Task* task) noexcept override;
  SubmitStatus submit_task(Task* task, const SubmitOptions& options, Patience patience) override;
  // Out of line: what a worker does for a task of its own is short without them.
  [[gnu::noinline]] Task* acquire_outside();
  [[gnu::noinline]] SubmitStatus submit_outside(Task* task, const SubmitOptions& options,
                                                Patience patience);
  /// What comes after counting the submit.
  SubmitStatus accept(Task* task, const SubmitOptions& options, Patience patience, Submitter& by);
  /// The rest of accept() where phase, bound or time stamps come into it.
  SubmitStatus admit(Task* task, const SubmitOptions& options, Patience patience, Submitter& by);
  /// A worker that is deep in helping runs its submit at once, if it may.
  bool ran_in_place(Task* task, Instant due, Patience patience);
  SubmitStatus refuse(Task* task, SubmitStatus why) noexcept;
  void run_in_caller(Task* task, Instant due);
  /// A task that has backed off is queued again; `by` is the calling thread's.
  void queue_again(Task& task, Submitter& by) noexcept;
  void notify(Placement placement) noexcept {
    const bool any =
        placement.wake == kAnyWorker ||
        (placement.wake != kNobody && !lot_.notify(placement.wake) && placement.or_another);
    if (any) lot_.notify_any();
  }
  /// In a worker of this pool.
  bool inside() const noexcept;
  /// In a task of this pool, wherever it runs.
  bool in_own_task() const noexcept { return inside() || TaskFrame::in(this); }
  Slot& own_slot() const noexcept;
  WorkerRecord& own_record() noexcept;
  /// How many tasks of this pool the calling thread is inside of.
  std::uint32_t nested() const noexcept;
  void fill_ledger(Ledger& ledger) const;
  void add_claims(std::vector<std::uint64_t>& matrix) const;

  // worker_loop.cpp: what a worker does
  void work(WorkerId id) noexcept;
  /// The time as far as the strategy wants to know it.
  Instant now() const noexcept { return ripens_ ? Clock::now() : Instant{}; }
  /// Up to out.size() tasks from the strategy, else one that another has taken, if those are
  /// shared.
  std::size_t take(WorkerId id, std::span<Task*> out) noexcept;
  Task* claim_from_others(WorkerId id) noexcept;
  /// Any one task that a worker has taken but not begun.
  Task* claim_any() noexcept;
  /// What workers have taken and do not share waits for them alone, perhaps behind tasks that are
  /// stuck: back to the strategy with it, so that a worker that joins gets its part.
  void spread_claimable(WorkerId id) noexcept;
  bool has_work(WorkerId id) const noexcept;
  void run(Slot& slot, Task& task, TakeBudget& budget) noexcept;
  /// Runs one task; `now` as for WorkerRecord::run().
  void serve(Slot& slot, WorkerRecord& record, Task& task, Instant& now) noexcept;
  /// The same on the calling worker, inside another task.
  void serve_own(Task& task, Instant& now) noexcept;
  [[gnu::noinline]] void serve_attended(Slot& slot, WorkerRecord& record, Task& task,
                                        Instant& now) noexcept;
  /// The first of these and what nobody else claims of the others.
  void run(Slot& slot, std::span<Task*> tasks, TakeBudget& budget) noexcept;
  bool run_taken(Slot& slot, Task* task, TakeBudget& budget) noexcept;
  void cancel_taken(Slot& slot, Task* task) noexcept;
  void hold(Slot& slot) noexcept;
  /// Looks on for a while; true if there may be something to do.
  bool search(WorkerId id) noexcept;
  /// Nothing to take: searches, then sleeps until there may be something to do.
  void idle(WorkerId id) noexcept;
  void sleep(WorkerId id) noexcept;
  bool must_leave(const Slot& slot) const noexcept;
  bool commit_to_leave(Slot& slot) noexcept;
  void resign(Slot& slot, WorkerId id) noexcept;
  void leave(WorkerId id) noexcept;
  /// Runs `body` on a new thread that stands in for this worker, which waits for it: its own stack
  /// is spent. False: there is no thread to be had, and nothing was done.
  bool on_more_stack(const std::function<void()>& body) noexcept;

  // lifecycle.cpp: starting, resizing
  void start();
  void set_target(std::uint32_t wanted, const std::string& policy, std::string reason);
  bool start_worker(WorkerId id);
  std::uint32_t live_workers() const noexcept;
  std::uint32_t grow(std::uint32_t to);
  void shrink(std::uint32_t excess, bool stand_by) noexcept;
  bool worker_lost(WorkerId id, const ClassRules& rules) noexcept;
  void worker_returned(WorkerId id, const ClassRules& rules, Nanos after) noexcept;
  Supervisor::Seen load_sample() const;

  // compensation.cpp: workers for those that block
  Compensation begin_blocking() noexcept override;
  void end_blocking() noexcept override;
  std::uint32_t staff_for(std::uint32_t target) const noexcept;
  void stand_by(Slot& slot) noexcept;

  // ending.cpp: pausing, waiting for quiet, shutting down
  void begin_shutdown(ShutdownMode mode) noexcept;
  /// Tasks that are not settled, and those that are but still run.
  std::uint64_t unfinished() const noexcept;
  /// At most so many. Returns how many it were.
  std::uint64_t give_back_queued(std::uint64_t most) noexcept;
  bool cancel_queued(Instant until);
  void stop_threads() noexcept;
  void retire() noexcept;
  void end() noexcept;
  void forked() noexcept;

  // Set once
  const PoolConfig config_;
  const Capabilities capabilities_;
  std::unique_ptr<Slot[]> slots_;
  std::unique_ptr<WorkerCounters[]> counters_;
  std::unique_ptr<Dispatch> dispatch_;
  const bool needs_time_;  // the strategy goes by the time of acceptance
  const bool ripens_;      // the strategy goes by the present time
  const bool shares_taken_;
  const Dispatch::Ranking ranking_;
  /// No bound, clock, rank or care: while open, nothing is to be done before placing.
  const bool admits_all_;

  TaskSlab slab_;
  alignas(64) Admission admission_;
  Accounts accounts_;
  ParkingLot lot_;
  WorkerSet claimable_;  // who may have tasks to claim: from when it takes several until it is idle
  std::atomic<std::uint32_t> alive_{0};
  std::atomic<std::uint32_t> target_{0};   // without those who stand in for others
  std::atomic<std::uint32_t> blocked_{0};  // workers in a Blocking scope; changed under lifecycle_
  std::atomic<std::uint64_t> compensations_{0};
  StandBy stand_by_;

  std::mutex shutdown_;   // one shutdown at a time
  std::mutex lifecycle_;  // guards threads and life changes; never taken by a worker
  ScalingLog scaling_;
  Submitter resumer_;                             // the timers' thread's own
  const std::unique_ptr<Attendance> attendance_;  // null: no task needs it
  std::unique_ptr<Supervisor> supervisor_;
  ForkWatch fork_watch_{*this};  // last: told of forks only when all else stands
};

}  // namespace pools
