// A task: one callable and what the pool must remember about it, in exactly one cache line.
// Tasks live in slabs (task_slab.h) and never move; queues carry pointers to them. A task is owned
// by one party at a time - the submitter until it is placed, then a queue, then the worker that
// took it - so no field needs to be atomic: the queue's publication orders them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
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
                  std::is_nothrow_move_constructible_v<Body>) {
      ::new (static_cast<void*>(body_)) Body(std::forward<F>(callable));
      invoke_ = [](Task& task, Verb verb) {
        Body& body = *std::launder(reinterpret_cast<Body*>(task.body_));
        const Destroy<Body> guard{body};
        if (verb == Verb::Run) body();
      };
    } else {
      using Box = std::unique_ptr<Body>;
      hold([box = Box(std::make_unique<Body>(std::forward<F>(callable)))] { (*box)(); });
    }
  }

  /// Runs the callable and destroys it, also when it throws. Requires: holds one.
  void run() { invoke_(*this, Verb::Run); }
  /// Destroys the callable without running it.
  void discard() { invoke_(*this, Verb::Discard); }

  /// How late the task was submitted, kept as a float: exact up to 16 ms, beyond within 6e-8 of
  /// the lag, in half the space of a second instant.
  void set_lag(Nanos lag) noexcept { lag_ns_ = static_cast<float>(lag.count()); }
  Nanos lag() const noexcept { return Nanos{static_cast<Nanos::rep>(lag_ns_)}; }
  Instant due() const noexcept { return accepted - lag(); }

 private:
  enum class Verb : std::uint8_t { Run, Discard };
  template <typename Body>
  struct Destroy {
    Body& body;
    ~Destroy() { body.~Body(); }
  };

  float lag_ns_ = 0;
  void (*invoke_)(Task&, Verb) = nullptr;
  alignas(8) std::byte body_[kInlineBytes];
};

static_assert(sizeof(Task) == 64, "a task is one cache line");

}  // namespace pools
