// What goes on after futures: then() and when_all(). Part of future.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "pools/future.h"

namespace pools {

/// How `F` is called with what a Future<From> has.
template <typename F, typename From>
struct ThenCall {
  static constexpr bool kTakesValue = std::is_invocable_v<F&, From>;
  static_assert(kTakesValue || std::is_invocable_v<F&, Future<From>>,
                "then() calls it with the value, or with the ready future");
  static decltype(auto) call(F& next, Future<From>&& ready) {
    if constexpr (kTakesValue) {
      return next(ready.get());
    } else {
      return next(std::move(ready));
    }
  }
};
template <typename F>
struct ThenCall<F, void> {
  static constexpr bool kTakesValue = std::is_invocable_v<F&>;
  static_assert(kTakesValue || std::is_invocable_v<F&, Future<void>>,
                "then() calls it with nothing, or with the ready future");
  static decltype(auto) call(F& next, Future<void>&& ready) {
    if constexpr (kTakesValue) {
      ready.get();
      return next();
    } else {
      return next(std::move(ready));
    }
  }
};

/// What a then() made: a task to be, until what it follows is ready.
template <typename T, typename F, typename From>
class ThenState final : public FutureOf<T> {
 public:
  static constexpr bool kWantsContext = false;

  template <typename G>
  ThenState(Future<From> follows, G&& next, const SubmitOptions& options)
      : FutureOf<T>(follows.state().pool(), true),
        follows_(std::move(follows)),
        next_(std::forward<G>(next)),
        options_(options) {
    if (options.context != nullptr) {
      given_ = *options.context;
      options_.context = &given_;
    }
  }
  void attach() noexcept { follows_.state().follow_with(*this); }

 private:
  friend class FutureState;
  using Call = ThenCall<F, From>;

  void go_on() noexcept override {
    FutureState& before = follows_.state();
    const bool skipped = Call::kTakesValue && before.outcome() != Outcome::Completed;
    if (!skipped && !this->cancelled()) {
      try {
        static_cast<void>(FutureState::submit(*this, options_));
      } catch (...) {
        if (!this->ready() && this->begin()) this->fail(std::current_exception());
      }
      return;
    }
    const Outcome outcome = before.outcome();
    std::exception_ptr error = before.error();
    follows_ = {};  // or a long chain would be taken apart link inside link
    if (this->begin()) {
      this->fail(std::move(error), outcome);
    } else {
      this->give_reserve_back();
    }
  }
  void run(const TaskContext&) {
    // What it follows was used up by an attempt that failed.
    if (!follows_.valid()) std::rethrow_exception(this->error());
    try {
      this->place_.fill([&]() -> T { return Call::call(*next_, std::move(follows_)); });
    } catch (...) {
      this->keep_error();
      throw;
    }
  }
  void drop_callable() noexcept override {
    try {
      next_.reset();
    } catch (...) {  // its own exception is nobody's
    }
  }

  Future<From> follows_;
  std::optional<F> next_;
  SubmitOptions options_;
  TaskContext given_;
};

template <typename T>
class AllState final : public FutureOf<std::vector<Future<T>>> {
 public:
  AllState(Pool& pool, std::vector<Future<T>> futures)
      : FutureOf<std::vector<Future<T>>>(pool), futures_(std::move(futures)) {
    bool covered = true;
    for (const Future<T>& one : futures_) covered = covered && this->is_covered(one.state());
    if (covered) this->set_covered();
  }
  void attach() noexcept {
    // One more than there are, so that the last is not before all are followed.
    for (const Future<T>& one : futures_) one.state().follow_with(*this);
    this->add_owner();
    this->told();
  }

 private:
  bool was_last() noexcept override {
    // acq_rel: the last one sees what all the others did.
    return missing_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  void go_on() noexcept override {
    if (!this->begin()) return;
    this->place_.fill([&] { return std::move(futures_); });
    this->complete(Outcome::Completed);
  }
  void was_cancelled() noexcept override {
    for (Future<T>& one : futures_) one.cancel();
  }

  std::vector<Future<T>> futures_;
  std::atomic<std::size_t> missing_{futures_.size() + 1};
};

template <typename T>
template <typename F>
auto Future<T>::then(F&& next, const SubmitOptions& options) && {
  using Next = std::decay_t<F>;
  using Result =
      decltype(ThenCall<Next, T>::call(std::declval<Next&>(), std::declval<Future<T>>()));
  using State = ThenState<Result, Next, T>;
  auto* const state = new State(std::move(*this), std::forward<F>(next), options);
  Future<Result> after(state);
  state->attach();
  return after;
}

template <typename T>
Future<std::vector<Future<T>>> when_all(Pool& pool, std::vector<Future<T>> futures) {
  auto* const state = new AllState<T>(pool, std::move(futures));
  Future<std::vector<Future<T>>> all(state);
  state->attach();
  return all;
}

/// What a callable that a pool runs returns.
template <typename F, bool = std::is_invocable_v<F&>>
struct TaskReturns {
  using Type = std::invoke_result_t<F&>;
};
template <typename F>
struct TaskReturns<F, false> {
  using Type = std::invoke_result_t<F&, const TaskContext&>;
};

template <TaskBody F>
auto Pool::submit_result(F&& callable, const SubmitOptions& options) {
  using Body = std::decay_t<F>;
  using Result = typename TaskReturns<Body>::Type;
  auto* const state = new TaskState<Result, Body>(*this, std::forward<F>(callable));
  Future<Result> future(state);
  future.status_ = FutureState::submit(*state, options);
  return future;
}

}  // namespace pools
