// What a future and its task share: one allocation, counted by references. It has the callable, the
// result, the task's context, and who goes on when the result is ready. Part of Future (future.h),
// and for nobody else.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "pools/pool.h"
#include "pools/result_word.h"

namespace pools {

class FutureState {
 public:
  FutureState(const FutureState&) = delete;
  FutureState& operator=(const FutureState&) = delete;

  void add_owner() noexcept { owners_.fetch_add(1, std::memory_order_relaxed); }
  void drop_owner() noexcept {
    // acq_rel: the last one sees all that the others did to it.
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // Whoever has the future, one thread at a time; ready() any.

  Pool& pool() const noexcept { return pool_; }
  bool ready() const noexcept { return word_.ready(); }
  /// See Future::wait_for().
  bool wait(Nanos limit);
  /// See Future::cancel().
  bool cancel() noexcept;
  // Require ready().
  Outcome outcome() const noexcept { return outcome_; }
  const std::exception_ptr& error() const noexcept { return error_; }
  /// `next` goes on when this is ready, here and now if it is.
  void follow_with(FutureState& next) noexcept;
  /// Submits the task of `state`; its result is ready, Refused, if that is not accepted.
  template <typename State>
  static SubmitStatus submit(State& state, const SubmitOptions& options) {
    return submit_in(state, ResultTask<State>(state), options);
  }

 protected:
  /// `follows_one`: it takes the place of the one future that it follows, for whoever waits.
  explicit FutureState(Pool& pool, bool follows_one = false) noexcept
      : pool_(pool), follows_one_(follows_one) {}
  virtual ~FutureState();

  // What differs. All are called by whoever may, one after the other.

  /// One more that it follows is ready. True: that was the last.
  virtual bool was_last() noexcept { return true; }
  /// What it follows is ready: goes on.
  virtual void go_on() noexcept {}
  /// Destroys the callable, which will not be run (again).
  virtual void drop_callable() noexcept {}
  /// It was cancelled before it began.
  virtual void was_cancelled() noexcept {}

  /// In place of a task's turn: false if it was cancelled.
  bool begin() noexcept { return word_.begin(); }
  bool cancelled() const noexcept { return word_.cancelled(); }
  /// Makes the result ready. By whoever began, once.
  void complete(Outcome outcome) noexcept;
  void fail(std::exception_ptr error, Outcome outcome = Outcome::Failed) noexcept {
    error_ = std::move(error);
    complete(outcome);
  }
  /// What the callable threw, which leaves for the pool then.
  void keep_error() noexcept { error_ = std::current_exception(); }

  /// In a task of a foreign pool, before it submits what it may wait for.
  void reserve() noexcept;
  void give_reserve_back() noexcept;
  /// Who waits for it in a task of a foreign pool need not ask that pool: one of its other threads
  /// is known to go on.
  bool covered() const noexcept { return waiting_ == Pool::Waiting::Reserved || covered_; }
  void set_covered() noexcept { covered_ = true; }
  static bool is_covered(const FutureState& one) noexcept { return one.ready() || one.covered(); }
  /// As if one more that it follows were ready.
  void told() noexcept;

  /// What a pool holds of it.
  template <typename State>
  class ResultTask {
   public:
    explicit ResultTask(State& state) noexcept : state_(&state) { state.add_owner(); }
    ResultTask(ResultTask&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    ResultTask& operator=(ResultTask&&) = delete;
    ~ResultTask() {
      if (state_ != nullptr) state_->drop_owner();
    }
    void operator()() requires(!State::kWantsContext) { state_->run(state_->context_); }
    void operator()(const TaskContext& context) requires(State::kWantsContext) {
      state_->run(context);
    }
    bool declines() noexcept { return !state_->begin(); }
    void ended(Outcome outcome) noexcept { state_->ended(outcome); }
    TaskContext* keep(TaskContext&& context) noexcept {
      state_->context_ = std::move(context);
      return &state_->context_;
    }

   private:
    State* state_;
  };

 private:
  template <typename Body>
  static SubmitStatus submit_in(FutureState& state, Body&& body, const SubmitOptions& options) {
    Task* const task = state.pool_.make_task(std::forward<Body>(body), options);
    return state.pool_.submit_task(task, options,
                                   state.waiting_ == Pool::Waiting::Refused
                                       ? Pool::Patience::Joined
                                       : Pool::Patience::AsConfigured);
  }
  void ended(Outcome outcome) noexcept;
  bool publish(Outcome outcome) noexcept;

  Pool& pool_;
  const bool follows_one_;
  ResultWord word_;
  std::atomic<std::uint32_t> owners_{1};
  // Set before it can be ready, by the thread that made it:
  Pool::Waiting waiting_ = Pool::Waiting::Free;
  bool covered_ = false;
  FutureState* follower_ = nullptr;  // an owner of it; published by word_
  // Of whoever began or was told:
  bool holds_reserve_ = false;
  Outcome outcome_ = Outcome::Completed;
  std::exception_ptr error_;
  FutureState* next_ = nullptr;  // in a list of those that go on
  TaskContext context_;
};

/// A place for what a callable returns; void and references included.
template <typename T>
class ResultPlace {
 public:
  template <typename Call>
  void fill(Call&& call) {
    value_.emplace(std::forward<Call>(call)());
  }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};
template <>
class ResultPlace<void> {
 public:
  template <typename Call>
  void fill(Call&& call) {
    std::forward<Call>(call)();
  }
  void take() noexcept {}
};
template <typename T>
class ResultPlace<T&> {
 public:
  template <typename Call>
  void fill(Call&& call) {
    value_ = &std::forward<Call>(call)();
  }
  T& take() noexcept { return *value_; }

 private:
  T* value_ = nullptr;
};

/// With a result of that type.
template <typename T>
class FutureOf : public FutureState {
 public:
  using FutureState::FutureState;
  // Requires: ready and Completed; once.
  T take() { return place_.take(); }

 protected:
  ResultPlace<T> place_;
};

/// Of a callable that was submitted.
template <typename T, typename F>
class TaskState final : public FutureOf<T> {
 public:
  static constexpr bool kWantsContext = !std::is_invocable_v<F&>;

  template <typename G>
  TaskState(Pool& pool, G&& callable) : FutureOf<T>(pool), callable_(std::forward<G>(callable)) {
    this->reserve();
  }

 private:
  friend class FutureState;
  void run(const TaskContext& context) {
    try {
      this->place_.fill([&]() -> T {
        if constexpr (kWantsContext) {
          return (*callable_)(context);
        } else {
          return (*callable_)();
        }
      });
    } catch (...) {
      this->keep_error();
      throw;
    }
  }
  void drop_callable() noexcept override {
    try {
      callable_.reset();
    } catch (...) {  // its own exception is nobody's
    }
  }

  std::optional<F> callable_;
};

}  // namespace pools
