// A foreign pool behind the Pool interface. The adapter supplies the executor; this class supplies
// what the foreign pools lack or do each in their own way, so that all of them are counted, bounded
// and shut down alike:
//  * latencies and outcomes are recorded by the very code that our engine uses (WorkerRecord);
//  * queue_capacity and on_full hold through a gate in front of the foreign queue;
//  * CancelQueued works through a flag that each task is checked against at its start. A queued
//    task cannot be recalled from a foreign queue: it is given back when a thread comes to it.
// The number of workers is the foreign pool's own affair and does not change.
//
// Cost over the bare foreign pool, unbounded and with metrics off: no counter is shared between
// threads, no lock is taken and no memory allocated per task.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>

#include "pools/engine/capacity_gate.h"
#include "pools/engine/fork_watch.h"
#include "pools/engine/per_thread.h"
#include "pools/engine/task_frame.h"
#include "pools/engine/task_slab.h"
#include "pools/metrics/unserved_tasks.h"
#include "pools/metrics/worker_record.h"
#include "pools/peers/foreign_executor.h"
#include "pools/pool.h"

namespace pools {

class PeerPool final : public Pool, private TaskRunner {
 public:
  /// Requires: `config` is resolved. Starts the executor; throws what it throws if it cannot.
  static std::unique_ptr<Pool> make(PoolConfig config, const Capabilities& capabilities,
                                    MakeExecutor executor);
  /// What `delete` does instead of calling the destructor, which may have to be another thread's.
  static void operator delete(PeerPool* pool, std::destroying_delete_t) { pool->retire(); }

  ShutdownReport shutdown(ShutdownMode mode, Nanos limit) override;
  bool wait_idle(Nanos limit) override;
  std::uint32_t resize(std::uint32_t workers) override;
  PoolSnapshot snapshot(std::size_t scaling_from) const override;
  PoolReport report() const override;
  Capabilities capabilities() const noexcept override { return capabilities_; }
  const PoolConfig& config() const noexcept override { return config_; }

 protected:
  Task* acquire_task() override;
  void release_task(Task* task) noexcept override;
  SubmitStatus submit_task(Task* task, const SubmitOptions& options, Patience patience) override;

 private:
  friend class ForkWatch;
  enum class State : std::uint8_t { Open, Draining, Cancelling, Forked };  // only ever moves on

  static constexpr std::uint32_t kNoSeat = ~std::uint32_t{0};

  /// What one thread that submits or runs tasks counts; written by it alone.
  struct Member {
    WorkerRecord record;
    std::atomic<std::uint64_t> submitted{0};  // from outside; from inside: record.submitted
    /// Tasks with which this thread is wholly done: the last it does to the pool for each.
    OwnedCounter returned;
    /// Index into PoolSnapshot::by_worker, once the foreign pool has run a task on this thread.
    std::atomic<std::uint32_t> seat{kNoSeat};
    TaskCache cache;
    bool prepared = false;  // the record, for tasks to run here
  };

  PeerPool(PoolConfig config, const Capabilities& capabilities, MakeExecutor executor);
  ~PeerPool() override;
  void retire() noexcept;
  void end() noexcept;
  void forked() noexcept;

  void run(Task& task) noexcept override;
  void run_as(Member& member, Task& task) noexcept;
  void run_and_record(Member& member, Task& task) noexcept;
  /// members_.mine() for a task that must be run now or later.
  Member& member_in_time() noexcept;
  Member& member_for(Task* task);

  /// In a task of this pool, wherever it runs.
  bool inside() const noexcept { return TaskFrame::in(this); }
  /// Counts a submit and says whether the pool still takes it.
  static std::uint64_t submitted_by(const Member& member) noexcept;
  bool enrol(Member& member) noexcept;
  SubmitStatus refuse(Member& member, Task* task, SubmitStatus why) noexcept;
  /// The full queue's rule. True: a place was taken, or the caller shall run the task.
  bool enter_full(Member& member, Patience patience, bool& run_here) noexcept;
  void hand_over(Member& member, Task* task);

  void advance(State to) noexcept;
  bool cancelling() const noexcept {
    return state_.load(std::memory_order_relaxed) >= State::Cancelling;
  }
  /// True at an instant at which every accepted task had been returned.
  bool quiet() const noexcept;
  bool wait_quiet(Nanos limit) const;
  std::uint64_t cancelled() const noexcept;
  std::uint64_t newly_cancelled() noexcept;

  // Set once.
  const PoolConfig config_;
  const Capabilities capabilities_;

  std::atomic<State> state_{State::Open};
  CapacityGate gate_;
  TaskSlab slab_;
  PerThread<Member> members_;
  std::atomic<std::uint32_t> seats_taken_{0};
  UnservedTasks unserved_;
  std::atomic<std::uint64_t> cancelled_told_{0};  // how many shutdown() has reported so far

  mutable std::mutex executor_mutex_;          // orders stopping it and asking for its workers
  std::unique_ptr<ForeignExecutor> executor_;  // null once stopped
  ForkWatch fork_watch_{*this};                // last: told of forks only when all else stands
};

}  // namespace pools
