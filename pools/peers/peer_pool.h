// A foreign pool behind the Pool interface. The adapter supplies the executor; this class supplies
// what the foreign pools lack or do each in their own way, so that all of them are counted, bounded
// and shut down alike:
//  * queue_capacity and on_full hold through our engine's Admission, in front of the foreign queue;
//  * outcomes and latencies are recorded, and quiet is told, by its Accounts: every foreign thread
//    is an outsider to them;
//  * a task that waits for a TaskGroup keeps its thread; the last thread that could serve the queue
//    never sleeps so, and runs what it would wait for in place;
//  * CancelQueued works through a flag that each task is checked against at its start. A queued
//    task cannot be recalled from a foreign queue: it is given back when a thread comes to it;
//  * while the pool is paused, tasks that foreign threads come to are put aside, and queued anew
//    when it goes on.
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

#include "pools/engine/accounts.h"
#include "pools/engine/admission.h"
#include "pools/engine/fork_watch.h"
#include "pools/engine/task_frame.h"
#include "pools/engine/task_slab.h"
#include "pools/peers/foreign_executor.h"
#include "pools/pool.h"
#include "pools/queues/task_list.h"

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
  bool pause() override { return admission_.pause(); }
  bool resume() override;
  ClearReport clear() override;
  PoolSnapshot snapshot(std::size_t scaling_from) const override;
  PoolReport report() const override;
  Capabilities capabilities() const noexcept override { return capabilities_; }
  const PoolConfig& config() const noexcept override { return config_; }

 protected:
  Task* acquire_task() override;
  void release_task(Task* task) noexcept override;
  SubmitStatus submit_task(Task* task, const SubmitOptions& options, Patience patience) override;
  Waiting reserve_wait() noexcept override;
  void release_wait() noexcept override { waiting_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  friend class ForkWatch;
  PeerPool(PoolConfig config, const Capabilities& capabilities, MakeExecutor executor);
  ~PeerPool() override;
  void retire() noexcept;
  void end() noexcept;
  void forked() noexcept;

  void run(Task& task) noexcept override;
  /// What a foreign thread does instead where the pool may be paused or cancelled.
  void run_late(Task& task) noexcept;
  void run_now(Task& task) noexcept;
  /// False: the pool is not paused (any more).
  bool put_aside(Task& task) noexcept;
  /// Hands over what was put aside. Any thread, when the pool goes on.
  void go_on() noexcept;
  /// Gives back at most so many of those that were put aside; returns how many. Any thread.
  std::uint64_t cancel_aside(std::uint64_t most) noexcept;
  void cancel(Outsider& own, Task& task) noexcept;
  std::uint64_t queued(const Ledger& rest) const noexcept;
  /// On the calling thread, whatever it is to the foreign pool.
  void run_as(Outsider& own, Task& task) noexcept;

  /// In a task of this pool, wherever it runs.
  bool inside() const noexcept { return TaskFrame::in(this); }
  /// What comes after counting the submit.
  SubmitStatus accept(Outsider& own, Task* task, const SubmitOptions& options, Patience patience);
  SubmitStatus refuse(Outsider& own, Task* task, SubmitStatus why) noexcept;
  void hand_over(Outsider& own, Task* task);

  // Set once.
  const PoolConfig config_;
  const Capabilities capabilities_;

  Admission admission_;
  TaskSlab slab_;
  Accounts accounts_;
  std::atomic<std::uint32_t> seats_taken_{0};
  std::atomic<std::uint32_t> waiting_{0};   // threads that tasks may keep asleep
  std::atomic<std::uint32_t> going_on_{0};  // threads that hand over what was put aside
  std::mutex aside_mutex_;
  TaskList aside_;  // guarded by aside_mutex_: what threads came to while it was paused

  mutable std::mutex executor_mutex_;          // orders stopping it and asking for its workers
  std::unique_ptr<ForeignExecutor> executor_;  // null once stopped
  ForkWatch fork_watch_{*this};                // last: told of forks only when all else stands
};

}  // namespace pools
