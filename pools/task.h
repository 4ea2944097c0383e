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
};

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
  bool timed = false;  ///< its latencies are recorded; `accepted` and the lag are set

  /// Stores the callable. Requires: holds none.
  template <typename F>
  void hold(F&& callable) {
    using Body = std::decay_t<F>;
    if constexpr (sizeof(Body) <= kInlineBytes && alignof(Body) <= alignof(void*) &&
                  std::is_nothrow_move_constructible_v<Body> &&
                  std::is_nothrow_destructible_v<Body>) {
      ::new (static_cast<void*>(body_)) Body(std::forward<F>(callable));
      invoke_ = [](Task& task, Verb verb) {
        Body& body = *std::launder(reinterpret_cast<Body*>(task.body_));
        const Destroy<Body> guard{body};
        if (verb == Verb::Run) body();
      };
    } else {
      hold(Boxed<Body>(std::in_place, std::forward<F>(callable)));
    }
  }

  /// Runs the callable and destroys it, also when it throws. What leaves: its exception, else its
  /// destructor's. Requires: holds one.
  void run() { invoke_(*this, Verb::Run); }
  /// Destroys the callable without running it; an exception of its destructor goes nowhere.
  void discard() noexcept { invoke_(*this, Verb::Discard); }

  /// When the task was to be submitted; after `accepted` is set. Kept as how much later that is, a
  /// float: exact up to 16 ms, beyond within 6e-8 of the lag, in half the space of an instant. More
  /// than 146 years count as 146 years.
  void set_due(Instant due) noexcept {
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
  enum class Verb : std::uint8_t { Run, Discard };
  template <typename Body>
  struct Destroy {
    Body& body;
    ~Destroy() { body.~Body(); }
  };
  /// A callable on the heap: too large for the task, or one that may throw where a task must not.
  template <typename Body>
  class Boxed {
   public:
    template <typename F>
    Boxed(std::in_place_t, F&& callable) : body_(new Body(std::forward<F>(callable))) {}
    Boxed(Boxed&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
    Boxed& operator=(Boxed&&) = delete;
    ~Boxed() {
      try {
        delete body_;
      } catch (...) {  // it was not run, or has thrown already
      }
    }
    void operator()() {
      (*body_)();
      delete std::exchange(body_, nullptr);  // here, so that its exception is the task's
    }

   private:
    Body* body_;
  };

  static constexpr std::int64_t kMostLag = std::int64_t{1} << 62;  // as a float it is exact

  float lag_ns_ = 0;
  void (*invoke_)(Task&, Verb) = nullptr;
  alignas(8) std::byte body_[kInlineBytes];
};

static_assert(sizeof(Task) == 64, "a task is one cache line");

}  // namespace pools
