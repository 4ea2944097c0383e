// A group of tasks that one can wait for: fork and join. Waiting inside a task of the same pool
// runs other waiting tasks meanwhile, so joins nest to any depth on any number of workers.
//
//   pools::TaskGroup group(pool);
//   group.run([&] { left = sum(begin, middle); });
//   right = sum(middle, end);
//   group.wait();
//
// The thread that made the group waits for it and destroys it; run() may be called by any thread,
// also by the group's own tasks. The first exception a task of the group throws comes out of
// wait(); all count as failed in the ledger. The destructor waits too (and drops the exception).
// Costs an atomic addition for each task that another thread starts or finishes, else nothing.
//
// A group can be cancelled, by any thread that knows it to be alive, also by its own tasks: those
// that have not begun when a worker comes to them are then given back unrun (cancelled in the
// ledger), those that run can look, and wait() says so.
//
// Joins may be as deep as memory allows: a worker whose stack is nearly spent goes on, on a thread
// that it starts for that and waits for.
//
// What waiting cannot do (no pool can; the first two hold for every pool that helps):
//  * Under a mutex: while a task waits, its thread runs other tasks. If one of those locks a mutex
//    that the waiting task holds, it waits for itself. Let go of mutexes before wait().
//  * Two pools for each other: a worker helps only its own pool. If tasks of pool A wait for groups
//    in B whose tasks wait for groups in A, all of A's workers can be waiting in B's and B's in
//    A's: then nobody is left to run what they wait for. Wait in one direction only, or submit a
//    successor instead of waiting.
//  * For itself: a task of the group that calls the group's wait() never returns.
//
// A foreign pool (peers/) cannot be asked for tasks: there a task that waits sleeps and keeps its
// thread. So that one thread always goes on, a group made in a task of such a pool while all its
// other threads may be asleep runs its tasks at once, each where run() is called; such joins may be
// as deep as the stack of a thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "pools/group_count.h"
#include "pools/pool.h"
#include "pools/worker_context.h"

namespace pools {

class TaskGroup {
 public:
  explicit TaskGroup(Pool& pool) noexcept : pool_(pool) {
    if (current_worker().keeps_thread) [[unlikely]]
      waiting_ = pool.reserve_wait();
  }
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  /// The same for a group that is cancelled as well when stop is asked for there: a group made in a
  /// task that is to end with that task's own group (self.stop).
  TaskGroup(Pool& pool, std::stop_token outer) : TaskGroup(pool) { cancel_on(std::move(outer)); }
  ~TaskGroup() {
    if (hears_) [[unlikely]]
      hear_no_more();
    finish();
    if (waiting_ == Pool::Waiting::Reserved) [[unlikely]]
      pool_.release_wait();
  }

  /// Submits a task of this group. Not accepted, or left by an exception: the callable was
  /// destroyed unrun, and the group does not wait for it.
  template <TaskBody F>
  [[nodiscard]] SubmitStatus run(F&& callable, const SubmitOptions& options = {}) {
    using Patience = Pool::Patience;
    // Named: whatever its own end does, by then the task is submitted and not lost.
    Member<std::decay_t<F>> member(*this, std::forward<F>(callable));
    Task* task = nullptr;
    if constexpr (std::is_invocable_v<std::decay_t<F>&>) {
      task = pool_.make_task(std::move(member), options);
    } else {
      TaskContext context = options.context != nullptr ? *options.context : TaskContext{};
      if (!context.stop.stop_possible()) context.stop = stop_token();
      SubmitOptions with_stop = options;
      with_stop.context = &context;
      task = pool_.make_task(std::move(member), with_stop);
    }
    const bool in_place = waiting_ == Pool::Waiting::Refused || joined_here();
    return pool_.submit_task(task, options, in_place ? Patience::Joined : Patience::AsConfigured);
  }

  /// Gives back, when their turn comes, the tasks of this group that have not begun, also those
  /// submitted later; a task that begins just then either runs or does not. For good, also after
  /// wait().
  void cancel() noexcept;
  /// For the group's tasks, to look at while they run.
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  /// Is asked to stop by cancel(). The group's tasks that take a context find it there, unless the
  /// submitter gave another. Made by the first call, which allocates; any thread.
  std::stop_token stop_token();

  /// Returns when no task is left; then throws the first exception, once. Else says Completed, or,
  /// if there was a task that did not run to its end, why (of several, one of their reasons): the
  /// shutdown, a stop token or cancel() has cancelled it, its time was up. Then not all is done that
  /// was to be. A task that is timed out is waited for until it returns: it uses what is its
  /// submitter's.
  Outcome wait() {
    finish();
    if (threw_.load(std::memory_order_relaxed)) [[unlikely]]
      rethrow();
    if (unrun_.load(std::memory_order_relaxed) == Outcome::Completed) [[likely]]
      return Outcome::Completed;
    return unrun_.exchange(Outcome::Completed, std::memory_order_relaxed);
  }

 private:
  /// One unfinished task of the group, counted from its making to its destruction.
  class Share {
   public:
    explicit Share(TaskGroup& group) noexcept : group_(&group) {
      group.count_.started(group.owned_here());
    }
    Share(Share&& other) noexcept : group_(std::exchange(other.group_, nullptr)) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (group_ != nullptr) group_->count_.finished(group_->owned_here());
    }
    TaskGroup& group() const noexcept { return *group_; }

   private:
    TaskGroup* group_;
  };

  template <typename F>
  class Member {
   public:
    template <typename G>
    Member(TaskGroup& group, G&& callable) : share_(group), callable_(std::forward<G>(callable)) {}
    void operator()() requires std::is_invocable_v<F&> { callable_(); }
    void operator()(const TaskContext& context) requires(!std::is_invocable_v<F&>) {
      callable_(context);
    }
    bool declines() noexcept { return share_.group().cancelled(); }
    void ended(Outcome outcome) noexcept {
      // Here and not where it throws: it may be tried again.
      if (outcome == Outcome::Failed) return share_.group().keep(std::current_exception());
      if (outcome == Outcome::Completed || outcome == Outcome::Refused) return;
      // relaxed: the task's end, which comes after, publishes it to wait().
      share_.group().unrun_.store(outcome, std::memory_order_relaxed);
    }

   private:
    Share share_;  // before the callable: whatever becomes of that, the count outlives it
    F callable_;
  };

  struct Stopping;  // what few groups need
  struct Drop {
    void operator()(Stopping* one) const noexcept;
  };
  void cancel_on(std::stop_token outer);
  void hear_no_more() noexcept;
  /// Requires mutex_.
  Stopping& stopping();

  /// The address of a variable that each thread has for itself names the thread.
  static const void* this_thread() noexcept {
    thread_local constinit char mark = 0;
    return &mark;
  }
  bool owned_here() const noexcept { return owner_ == this_thread(); }
  /// The task that made the group, and so waits for it, is the innermost of this thread. Looked at
  /// only where it matters.
  bool joined_here() const noexcept {
    const WorkerContext& worker = current_worker();
    return worker.depth.helping > kMostHelping && owned_here() && worker.depth == made_at_;
  }

  void finish() noexcept {
    if (!count_.none()) help_until_finished();
  }
  void help_until_finished() noexcept;
  void keep(std::exception_ptr thrown) noexcept;
  void rethrow();

  Pool& pool_;
  const void* const owner_ = this_thread();
  const WorkerContext::Depth made_at_ = current_worker().depth;
  Pool::Waiting waiting_ = Pool::Waiting::Free;
  GroupCount count_;
  std::atomic<bool> threw_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<Outcome> unrun_{Outcome::Completed};  // why a task of the group is not done
  std::mutex mutex_;
  std::exception_ptr thrown_;                 // guarded by mutex_
  std::unique_ptr<Stopping, Drop> stopping_;  // likewise; made once
  bool hears_ = false;                        // the owner's: it has an outer stop token
};

}  // namespace pools
