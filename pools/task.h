// A task: one callable and what the pool must remember about it, in exactly one cache line.
// Tasks live in slabs (task_slab.h) and never move; queues carry pointers to them. A task is owned
// by one party at a time - the submitter until it is placed, then a queue, then the worker that
// took it - so no field needs to be atomic: the queue's publication orders them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

#include "pools/clock.h"
#include "pools/task_context.h"

namespace pools {

/// What a submitter may say about a task besides its callable.
struct SubmitOptions {
  /// When the task was meant to arrive. Response time counts from here, so a generator that is
  /// late hides nothing (no coordinated omission). Zero: the moment of the submit call.
  Instant due{};
  /// The caller's index under which latencies and outcomes are recorded (< PoolConfig::series).
  std::uint16_t series = 0;
  /// Priority level, 0 the most urgent. Strategies without levels ignore it.
  std::uint8_t level = 0;
  /// When the answer is needed, and how long the task is thought to take: what `priority` goes by
  /// within a level where its order is edf or sjf. Zero: not known, after all that are.
  Instant deadline{};
  Nanos expected{};
  /// What else the task is to have, copied; nullptr: nothing. Its deadline is the one above.
  const TaskContext* context = nullptr;
};

/// What a pool can run: something that is called with nothing, or with the task's own context.
template <typename F>
concept TaskBody = std::is_invocable_v < std::decay_t<F>
& > || std::is_invocable_v<std::decay_t<F>&, const TaskContext&>;

class alignas(64) Task {
 public:
  /// Callables up to this size that do not throw when moved live inside the task; larger ones are
  /// boxed on the heap.
  static constexpr std::size_t kInlineBytes = 32;

  union {
    Task* next = nullptr;  ///< link of whichever list owns the task (free list, FIFO, mailbox)
    std::int64_t rank;     ///< until it is in a list: its place in an order, the smallest first
  };
  Instant accepted{};  ///< when the pool took responsibility; the queue wait starts here
  std::uint16_t series = 0;
  std::uint8_t level = 0;
  bool timed : 1 = false;     ///< its latencies are recorded; `accepted` and the lag are set
  bool extended : 1 = false;  ///< it has a context
  bool spawned : 1 = false;   ///< another task of the pool submitted it; set with the lag
  bool optional : 1 = false;  ///< its callable may decline to be run
  bool declined : 1 = false;  ///< and did
  bool attended : 1 = false;  ///< the pool does more for it than run it (engine/attendance.h)

  /// Stores the callable. Requires: holds none. What a callable may have besides operator():
  ///  * `ended(Outcome) noexcept`, told once, before the callable is destroyed. At Failed the
  ///    exception is the current one. At TimedOut another thread tells it, while it still runs;
  ///  * `bool declines() noexcept`, asked when its turn has come: yes, and it is not called;
  ///  * `TaskContext* keep(TaskContext&&)`, which stores the context so that it costs no
  ///    allocation.
  template <TaskBody F>
  void hold(F&& callable) {
    using Body = std::decay_t<F>;
    if constexpr (std::is_invocable_v<Body&>) {
      set_kind<Body>(false);
      if constexpr (sizeof(Body) <= kInlineBytes && alignof(Body) <= alignof(void*) &&
                    std::is_nothrow_move_constructible_v<Body> &&
                    std::is_nothrow_destructible_v<Body>) {
        ::new (static_cast<void*>(body_)) Body(std::forward<F>(callable));
        invoke_ = invoke<Inside<Body>>;
      } else {
        place(new Body(std::forward<F>(callable)));
        invoke_ = invoke<Boxed<Body>>;
      }
    } else {
      hold(std::forward<F>(callable), TaskContext{});
    }
  }
  /// The same for one that has a context.
  template <TaskBody F>
  void hold(F&& callable, TaskContext context) {
    using Body = std::decay_t<F>;
    if constexpr (requires(Body & body) { body.keep(std::move(context)); }) {
      static_assert(sizeof(Body) + sizeof(void*) <= kInlineBytes &&
                    std::is_nothrow_move_constructible_v<Body>);
      place(callable.keep(std::move(context)));
      ::new (static_cast<void*>(body_ + sizeof(void*))) Body(std::forward<F>(callable));
      invoke_ = invoke<Keeper<Body>>;
    } else {
      auto* const whole = new Extended<Body>(std::move(context), std::forward<F>(callable));
      place(static_cast<TaskContext*>(whole));
      invoke_ = invoke<Beside<Body>>;
    }
    set_kind<Body>(true);
  }

  /// Requires: extended.
  TaskContext& context() noexcept { return *placed<TaskContext>(); }
  /// Whether there is nothing to see to but running it.
  bool plain() const noexcept { return !extended && !attended && !optional; }

  // All require that it holds a callable.

  /// Runs the callable, which stays, so that one that threw can be run again. What leaves: its
  /// exception. Of an optional task look at `declined` then: it is to end as Cancelled.
  void run() { invoke_(*this, Verb::Run, Outcome::Completed); }
  /// Tells the callable how it ended and destroys it. False: its destructor threw, which goes
  /// nowhere.
  bool end(Outcome outcome) noexcept { return quietly(Verb::End, outcome); }
  /// The two halves of that, for one that is told while it runs.
  void tell(Outcome outcome) noexcept { quietly(Verb::Tell, outcome); }
  void drop() noexcept { quietly(Verb::Drop, Outcome::Completed); }
  /// Runs the callable and ends it, also when it throws: both for the price of one. What leaves:
  /// its exception, else its destructor's. An optional task that `declined` has ended as Cancelled.
  void run_once() { invoke_(*this, Verb::RunOnce, Outcome::Completed); }

  /// When the task was to be submitted; after `accepted` is set. Kept as how much later that is, a
  /// float: exact up to 16 ms, beyond within 6e-8 of the lag, in half the space of an instant. More
  /// than 146 years count as 146 years.
  /// `by_task`: what it is late is that task's doing, and no submitter's.
  void set_due(Instant due, bool by_task = false) noexcept {
    spawned = by_task;
    std::int64_t lag = 0;
    // Only a due time long before the clock's zero can be too far away.
    if (__builtin_sub_overflow(accepted.time_since_epoch().count(), due.time_since_epoch().count(),
                               &lag)) {
      lag = kMostLag;
    }
    lag_ns_ = static_cast<float>(std::clamp(lag, -kMostLag, kMostLag));
  }
  Nanos lag() const noexcept { return Nanos{static_cast<Nanos::rep>(lag_ns_)}; }
  Instant due() const noexcept { return accepted - lag(); }

 private:
  enum class Verb : std::uint8_t { Run, RunOnce, End, Tell, Drop };

  bool quietly(Verb verb, Outcome outcome) noexcept {
    try {
      invoke_(*this, verb, outcome);
      return true;
    } catch (...) {
      return false;
    }
  }

  /// A callable with the context that it or its submitter wants.
  template <typename Body>
  struct Extended : TaskContext {
    template <typename F>
    Extended(TaskContext context, F&& callable)
        : TaskContext(std::move(context)), body(std::forward<F>(callable)) {}
    Body body;
  };

  template <typename Body>
  void set_kind(bool has_context) noexcept {
    extended = has_context;
    optional = requires(Body & body) { body.declines(); };
    declined = false;
    attended = false;
  }

  // The places where a callable can be: in the task; on the heap, since it is too large, or may
  // throw where a task must not; there beside its context; in the task beside a pointer to its
  // context, which it keeps itself.
  template <typename Body>
  struct Inside {
    static Body& body(Task& task) noexcept {
      return *std::launder(reinterpret_cast<Body*>(task.body_));
    }
    static void destroy(Task& task) noexcept { body(task).~Body(); }
  };
  template <typename Body>
  struct Boxed {
    static Body& body(Task& task) noexcept { return *task.placed<Body>(); }
    static void destroy(Task& task) { delete task.placed<Body>(); }
  };
  template <typename Body>
  struct Beside {
    static Extended<Body>* whole(Task& task) noexcept {
      return static_cast<Extended<Body>*>(task.placed<TaskContext>());
    }
    static Body& body(Task& task) noexcept { return whole(task)->body; }
    static void destroy(Task& task) { delete whole(task); }
  };

  template <typename Body>
  struct Keeper {
    static Body& body(Task& task) noexcept {
      return *std::launder(reinterpret_cast<Body*>(task.body_ + sizeof(void*)));
    }
    static void destroy(Task& task) noexcept { body(task).~Body(); }
  };

  template <typename Place>
  static void invoke(Task& task, Verb verb, Outcome outcome) {
    if (verb >= Verb::End) {
      if (verb != Verb::Drop) tell(Place::body(task), outcome);
      if (verb != Verb::Tell) Place::destroy(task);
      return;
    }
    if constexpr (requires { Place::body(task).declines(); }) {
      if (Place::body(task).declines()) {
        task.declined = true;
        if (verb == Verb::RunOnce) invoke<Place>(task, Verb::End, Outcome::Cancelled);
        return;
      }
    }
    try {
      call(Place::body(task), task);
    } catch (...) {
      if (verb == Verb::RunOnce) {
        tell(Place::body(task), Outcome::Failed);
        destroy_quietly<Place>(task);
      }
      throw;
    }
    if (verb != Verb::RunOnce) return;
    tell(Place::body(task), Outcome::Completed);
    Place::destroy(task);
  }

  template <typename Body>
  static void call(Body& body, Task& task) {
    if constexpr (std::is_invocable_v<Body&>) {
      body();
    } else {
      body(std::as_const(task.context()));
    }
  }
  template <typename Body>
  static void tell(Body& body, Outcome outcome) noexcept {
    if constexpr (requires { body.ended(outcome); }) body.ended(outcome);
  }
  template <typename Place>
  static void destroy_quietly(Task& task) noexcept {
    try {
      Place::destroy(task);
    } catch (...) {  // what it threw first leaves
    }
  }

  template <typename T>
  void place(T* heap) noexcept {
    ::new (static_cast<void*>(body_)) void*(heap);
  }
  template <typename T>
  T* placed() noexcept {
    return static_cast<T*>(*std::launder(reinterpret_cast<void**>(body_)));
  }

  static constexpr std::int64_t kMostLag = std::int64_t{1} << 62;  // as a float it is exact

  float lag_ns_ = 0;
  void (*invoke_)(Task&, Verb, Outcome) = nullptr;
  alignas(8) std::byte body_[kInlineBytes];
};

static_assert(sizeof(Task) == 64, "a task is one cache line");

}  // namespace pools
