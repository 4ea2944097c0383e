// What a task returns, for whoever gets hold of its future:
//
//   pools::Future<int> sum = pool.submit_result([&] { return add_up(left); });
//   pools::Future<void> shown = std::move(sum).then([](int all) { show(all); });
//   shown.get();
//
// One allocation for each task, which holds the callable, the result and the task's context. The
// result is ready when the task has ended, however it did: with a value, an exception, or an
// Outcome that says why there is neither. A future may go to another thread, and may outlive the
// pool; it has one owner at a time, which alone calls its methods. Its destructor does not wait:
// the task runs all the same, and its result is dropped. (TaskResult, task_result.h, is for the
// thread that stays: it costs no memory.)
//
// Waiting inside a task of the same pool runs other waiting tasks meanwhile, to any depth, as in a
// TaskGroup (task_group.h, with what no waiting can do). A foreign pool (peers/) cannot be asked
// for tasks: there the waiting task keeps its thread. So that one thread always goes on, what a
// task of such a pool submits while all other threads may be asleep is run at once, inside
// submit_result(); and waiting there for a future that came from elsewhere throws WouldDeadlock
// when nobody would be left.
//
// Where there is a retry or a time-out the result is that of the last attempt; what a task returns
// after it was timed out is dropped.
#pragma once

#include <cassert>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "pools/future_state.h"
#include "pools/task_not_run.h"

namespace pools {

/// Waiting here would leave no thread of this foreign pool to run what is waited for.
struct WouldDeadlock : std::logic_error {
  WouldDeadlock() : std::logic_error("waiting here would keep the last thread of its pool") {}
};

template <typename T>
class [[nodiscard]] Future {
 public:
  Future() noexcept = default;
  Future(Future&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)), status_(other.status_) {}
  Future& operator=(Future&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(status_, other.status_);
    return *this;
  }
  ~Future() {
    if (state_ != nullptr) state_->drop_owner();
  }

  /// Whether there is a result to come: not after get() and then(), nor of an empty one. The rest
  /// requires it.
  bool valid() const noexcept { return state_ != nullptr; }
  /// What the submit said. Not accepted: ready at once, Refused.
  SubmitStatus status() const noexcept { return status_; }

  bool ready() const noexcept { return state().ready(); }
  void wait() const { state().wait(Nanos::max()); }
  /// False: it is not ready, and `limit` has passed; in a worker of its pool perhaps by as much as
  /// a task takes that it helped with.
  bool wait_for(Nanos limit) const { return state().wait(limit); }
  /// Waits; how the task ended.
  Outcome outcome() const {
    wait();
    return state().outcome();
  }
  /// Waits, and hands the value over. Throws what the task threw, or TaskNotRun. Afterwards there
  /// is no result any more.
  T get() {
    wait();
    const Future own = std::move(*this);
    FutureOf<T>& state = own.state();
    if (state.outcome() == Outcome::Completed) return state.take();
    if (state.error() != nullptr && state.outcome() == Outcome::Failed) {
      std::rethrow_exception(state.error());
    }
    throw TaskNotRun(state.outcome());
  }

  /// True: the task has not begun and never will; the callable is destroyed, the result ready:
  /// Cancelled. The ledger counts it so when its turn in the queue comes. False: it has begun or
  /// ended; a stop token (SubmitOptions::context) is for that. What then() made of a future is a
  /// task of its own: what it follows goes on. Of when_all() all are cancelled that have not begun.
  bool cancel() noexcept { return state().cancel(); }

  /// Submits `next` into the same pool when this is ready: with the value (none for void), or, if
  /// it takes a Future<T>, with this one, ready. In the first case what ended without a value has
  /// no successor, and the new future ends the same way. If there is no memory to submit it, that
  /// is its exception. Requires: the pool lives. This future is empty then.
  template <typename F>
  auto then(F&& next, const SubmitOptions& options = {}) &&;

 private:
  template <typename U>
  friend class Future;
  template <typename U, typename F, typename From>
  friend class ThenState;
  template <typename U>
  friend class AllState;
  friend class Pool;
  template <typename U>
  friend Future<std::vector<Future<U>>> when_all(Pool& pool, std::vector<Future<U>> futures);

  explicit Future(FutureOf<T>* owned) noexcept : state_(owned) {}
  FutureOf<T>& state() const noexcept {
    assert(state_ != nullptr && "a future without a result");
    return *state_;
  }

  FutureOf<T>* state_ = nullptr;
  SubmitStatus status_ = SubmitStatus::Accepted;
};

/// Ready when all of these are, with all of them; never fails itself. `pool` is where what follows
/// it runs.
template <typename T>
Future<std::vector<Future<T>>> when_all(Pool& pool, std::vector<Future<T>> futures);

}  // namespace pools

#include "pools/future_then.h"
