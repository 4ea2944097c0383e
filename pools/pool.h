// The interface of every worker pool: ours (engine/threaded_pool.h) and the foreign ones (peers/).
//
// Promises of every pool: an accepted task is settled exactly once, with one outcome; a task that
// throws, or whose callable throws when destroyed, is counted as failed and harms nothing else; a
// task that submits into its own pool is never blocked by it; an exception that leaves a submit
// leaves nothing behind (the callable is destroyed, the ledger closes); the destructor drains and
// joins. Unless a method says otherwise, any thread may call it, also a task running in the pool.
//
// A task cannot wait for its own end, so inside a task of the pool - in a worker, in a submitter
// that runs it (on_full), in the destructor of its callable - shutdown() and wait_idle() wait for
// nothing and say so, and deleting the pool (its last owner may be a task, or static objects die
// because a task called exit()) drains as ever, but lets a thread of its own wait and clean up.
//
// A task must end by returning or throwing: pthread_exit() or a cancellation of its thread takes
// the process along.
//
// What each call does in each state of a pool's life (PoolState; Stopped only ever by a shutdown):
//
//                 | Open        | Paused         | Draining      | Cancelling    | Stopped
//   submit        | Accepted    | Accepted       | ShuttingDown  | ShuttingDown  | ShuttingDown
//    in its task  | Accepted    | Accepted       | Accepted      | ShuttingDown  | -
//   a queued task | is run      | waits          | is run        | is cancelled  | -
//   wait_idle     | until quiet | until quiet    | until quiet   | until quiet   | true
//   help_one      | runs one    | runs one       | runs one      | runs one      | -
//   pause         | Paused      | false          | false         | false         | false
//   resume        | false       | Open           | false         | false         | false
//   clear         | gives back  | gives back     | gives back    | gives back    | nothing
//   resize        | done        | done           | done          | no change     | no change
//   Blocking      | compensated | compensated    | compensated   | no new worker | -
//   shutdown      | begins      | begins         | goes on       | goes on       | complete
//    in its task  | begins      | begins         | may cancel    | goes on       | -
//   delete        | drains      | drains         | waits         | waits         | at once
//
// A shutdown, and so delete, ends a pause: what was accepted is run, or cancelled, as its mode
// says. Modes only get stricter: Drain after CancelQueued cancels. snapshot, report, config and
// capabilities: always. A full queue of a paused pool stays full: who waits for room waits until it
// goes on, is cleared or shut down.
//
// After fork() the child has none of the pool's threads. There an inherited pool refuses with
// ShuttingDown, waits for nothing, and is left as it is when deleted; new pools work as ever.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "pools/metrics/snapshot.h"
#include "pools/pool_config.h"
#include "pools/task.h"

namespace pools {

enum class SubmitStatus : std::uint8_t {
  Accepted,      ///< the pool will settle it
  QueueFull,     ///< refused; the callable was destroyed unrun
  ShuttingDown,  ///< refused; likewise
};

enum class ShutdownMode : std::uint8_t {
  Drain,         ///< run all that was accepted, including what those tasks submit
  CancelQueued,  ///< finish what runs, give the rest back as cancelled
};

struct ClearReport {
  std::uint64_t cancelled = 0;  ///< tasks given back unrun by this call
  /// Tasks that wait where the pool cannot get at them: in a foreign pool's own queue. They run.
  std::uint64_t out_of_reach = 0;
};

/// What did not run; of which series, and how old it was, is in Pool::report().
struct ShutdownReport {
  bool complete = false;            ///< every worker has left
  bool from_inside = false;         ///< called by one of its own tasks: begun, not waited for
  std::uint64_t cancelled = 0;      ///< tasks given back unrun by this call
  std::uint64_t still_running = 0;  ///< tasks that outlasted the time limit
};

/// What a pool can do; a configuration it would ignore is refused by make_pool instead.
struct Capabilities {
  bool bounded = true;      ///< honours queue_capacity and on_full
  bool resizable = true;    ///< honours resize() and dynamic sizing
  bool priorities = false;  ///< honours SubmitOptions::level
  bool steals = false;      ///< has steal figures
  bool fifo = false;        ///< hands the tasks of one producer out in the order submitted
  bool cancels = true;      ///< can give queued tasks back unrun
  bool clears = true;       ///< clear() reaches all that is queued
  bool compensates = true;  ///< Blocking (blocking.h) brings one more worker
};

class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  virtual ~Pool() = default;

  /// Submits under the pool's on_full rule: may block, reject, or run the task in the caller.
  template <TaskBody F>
  [[nodiscard]] SubmitStatus submit(F&& callable, const SubmitOptions& options = {}) {
    return submit_task(make_task(std::forward<F>(callable), options), options,
                       Patience::AsConfigured);
  }

  /// Never blocks and never runs the task in the caller: a full queue is QueueFull.
  template <TaskBody F>
  [[nodiscard]] SubmitStatus try_submit(F&& callable, const SubmitOptions& options = {}) {
    return submit_task(make_task(std::forward<F>(callable), options), options, Patience::None);
  }

  /// The same as submit(), for a callable that returns something: a Future of that. Include
  /// future.h.
  template <TaskBody F>
  [[nodiscard]] auto submit_result(F&& callable, const SubmitOptions& options = {});

  /// Runs body(i) for every i below `count`, in ranges: at most four for each worker, each one task
  /// in the ledger. A body that throws fails its range's task, but every i is still run. Returns
  /// how many items were accepted: those below that number. From there on, where the pool refused
  /// the first range or there was no memory for it, no item is run or was submitted.
  template <typename F>
  [[nodiscard]] std::size_t submit_bulk(std::size_t count, F&& body,
                                        const SubmitOptions& options = {}) {
    const std::size_t most = std::size_t{4} * std::max(1U, config().max_workers);
    const std::size_t ranges = std::min(count, most);
    using Body = std::decay_t<F>;
    const std::shared_ptr<Body> shared(new Body(std::forward<F>(body)), destroy_quietly<Body>);
    std::size_t begin = 0;
    for (std::size_t r = 0; r < ranges; ++r) {
      const std::size_t end = begin + count / ranges + (r < count % ranges ? 1 : 0);
      const auto run = [shared, begin, end] { run_range(*shared, begin, end); };
      try {
        if (submit(run, options) != SubmitStatus::Accepted) break;
      } catch (...) {
        if (begin == 0) throw;
        break;
      }
      begin = end;
    }
    return begin;
  }

  /// Refuses new submits (tasks that still run may go on submitting under Drain), settles what was
  /// accepted, joins the workers. After `limit` what is still queued is cancelled and what still
  /// runs is reported. May be called again to go on waiting. Inside a task of this pool: begins the
  /// shutdown, gives back what is queued if told to cancel, and comes back at once.
  virtual ShutdownReport shutdown(ShutdownMode mode, Nanos limit) = 0;

  /// Nothing that is submitted from now on is begun before resume(), and of what is queued at most
  /// what a worker was just about to: the pool goes on accepting, its queue fills. What runs goes
  /// on, and so does what it waits for: a task in TaskGroup::wait() or Future::get() helps, for it
  /// could not end else. A submitter that runs its own task (on_full) still does. Returns at once.
  /// False: it is paused already, or the shutdown has begun.
  virtual bool pause() = 0;
  /// False: it was not paused. In a foreign pool what had come to its workers meanwhile is queued
  /// anew, behind what is submitted just now.
  virtual bool resume() = 0;
  /// Gives back unrun, as cancelled, what is queued now, and goes on.
  virtual ClearReport clear() = 0;

  /// Waits until no accepted task is unsettled, or `limit` has passed; true if it came to that.
  /// New submits during the wait are waited for as well. Inside a task of this pool, which is
  /// unsettled itself: false, at once.
  virtual bool wait_idle(Nanos limit) = 0;

  /// Inside a task of this pool: runs one waiting task, here and now. False if none was found or
  /// the caller is no worker of this pool. What waits inside a task should help rather than sleep.
  virtual bool help_one() { return false; }

  /// Asks for `workers` workers; the engine grows at once and shrinks as workers finish their
  /// task. Returns the target in force: clamped to [1, max_workers], unchanged where not resizable.
  /// It may so go below min_workers, which binds the sizing policy and not the caller: the policy
  /// goes on from there, and its next change is back within [min_workers, max_workers].
  virtual std::uint32_t resize(std::uint32_t workers) = 0;

  /// `scaling_from`: how many scaling events the caller has seen already.
  virtual PoolSnapshot snapshot(std::size_t scaling_from = 0) const = 0;
  /// Exact; call when quiet.
  virtual PoolReport report() const = 0;
  virtual Capabilities capabilities() const noexcept = 0;
  virtual const PoolConfig& config() const noexcept = 0;

  /// What a submitter bears with where the queue is full. For pools to know, not to be said.
  enum class Patience : std::uint8_t {
    AsConfigured,
    None,
    Joined,  ///< as configured; who submits is going to wait for it, or another task is that must
             ///< not sleep: may be run in place, and is where the pool cannot be asked for tasks
  };
  /// What a task that is going to wait may do. For pools and TaskGroup.
  enum class Waiting : std::uint8_t {
    Free,      ///< wait: the pool can be asked for tasks meanwhile, or it is not the task's own
    Reserved,  ///< sleep: another thread of the pool goes on; say so when it is over
    Refused,   ///< not sleep: nobody might be left to run what it waits for
  };
  /// What came of a worker's Blocking scope. For pools and Blocking.
  enum class Compensation : std::uint8_t {
    Ignored,  ///< the pool does not count it; nothing is to be ended
    None,     ///< counted, but there can be no further worker
    Worker,   ///< one more has come
  };

 protected:
  /// Memory for one task; every task given out comes back through submit_task.
  virtual Task* acquire_task() = 0;
  virtual void release_task(Task* task) noexcept = 0;
  /// Asked in a task, before it submits what it will wait for; Reserved is given back.
  virtual Waiting reserve_wait() noexcept { return Waiting::Free; }
  virtual void release_wait() noexcept {}
  /// In a worker of this pool, not nested; then the other, unless it was ignored.
  virtual Compensation begin_blocking() noexcept { return Compensation::Ignored; }
  virtual void end_blocking() noexcept {}
  /// Takes ownership of `task` whatever it returns, also when it throws.
  virtual SubmitStatus submit_task(Task* task, const SubmitOptions& options, Patience patience) = 0;

 private:
  friend class TaskGroup;
  friend class FutureState;
  friend class Blocking;

  /// The end of what several tasks share is none of theirs, so its exception goes nowhere.
  template <typename Body>
  static void destroy_quietly(Body* body) noexcept {
    try {
      delete body;
    } catch (...) {  // gone all the same
    }
  }

  template <typename F>
  static void run_range(F& body, std::size_t i, std::size_t end) {
    std::exception_ptr first;
    while (i < end) {
      try {
        while (i < end) body(i++);
      } catch (...) {
        if (!first) first = std::current_exception();
      }
    }
    if (first) std::rethrow_exception(first);
  }

  template <typename F>
  [[gnu::noinline]] static void hold_with_context(Task& task, F&& callable,
                                                  const SubmitOptions& options) {
    TaskContext context = options.context != nullptr ? *options.context : TaskContext{};
    context.deadline = options.deadline;
    context.attempt = 0;
    task.hold(std::forward<F>(callable), std::move(context));
  }

  template <typename F>
  Task* make_task(F&& callable, const SubmitOptions& options) {
    // Read before the call of a function that, for all the compiler knows, changes them.
    const std::uint16_t series = options.series;
    const std::uint8_t level = options.level;
    const bool plain = options.context == nullptr && std::is_invocable_v<std::decay_t<F>&>;
    Task* task = acquire_task();
    try {
      if (plain) [[likely]] {
        task->hold(std::forward<F>(callable));
      } else {
        hold_with_context(*task, std::forward<F>(callable), options);
      }
    } catch (...) {
      release_task(task);
      throw;
    }
    task->series = series;
    task->level = level;
    return task;
  }
};

}  // namespace pools
