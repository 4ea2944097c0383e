// How many tasks a worker may take at once. The others look at what it has taken only when they
// find nothing else, and nothing overtakes it, so a worker takes at most about 20 us of work: many
// tiny tasks, or one of any other size.
//
// Where not every task is timed, the budget takes the time itself, and as seldom as it can: a look
// at the clock costs as much as a tiny task.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pools/clock.h"

namespace pools {

class TakeBudget {
 public:
  static constexpr std::size_t kMost = 32;

  std::size_t tasks() const noexcept {
    // The ends first: asked before every take, and a division costs as much as the rest of it.
    if (slow_ns_ >= kHold / 2) return 1;
    if (slow_ns_ < kHold / static_cast<std::int64_t>(kMost)) return kMost;
    return static_cast<std::size_t>(kHold / (slow_ns_ + 1));
  }
  /// A task took this long. What counts is the slowest lately, forgotten by 1/16 a task: one long
  /// task among short ones must not find others taken together with it.
  void saw(Nanos took) noexcept {
    slow_ns_ = std::max<std::int64_t>(took.count(), slow_ns_ - slow_ns_ / 16);
  }

  /// The worker, which does not time its tasks, goes to work at `now`.
  void start(Instant now) noexcept { since_ = now; }
  /// It ran so many more. Returns how long it has worked since the last look at the clock if this
  /// was one: after each task, or after some while they are tiny; else zero.
  Nanos ran(std::size_t tasks) noexcept {
    untimed_ += tasks;
    return slow_ns_ >= kTiny || untimed_ >= kMostUntimed ? look() : Nanos{0};
  }
  /// It found nothing to do: the rest of that time.
  Nanos stop() noexcept { return untimed_ == 0 ? Nanos{0} : look(); }

 private:
  static constexpr std::int64_t kHold = 20'000;
  static constexpr std::int64_t kTiny = 1'000;
  static constexpr std::size_t kMostUntimed = 16;

  Nanos look() noexcept {
    const Instant now = Clock::now();
    const Nanos worked = now - since_;
    since_ = now;
    saw(worked / static_cast<Nanos::rep>(untimed_));
    untimed_ = 0;
    return worked;
  }

  std::int64_t slow_ns_ = kHold;
  std::size_t untimed_ = 0;  // tasks since the last look
  Instant since_{};
};

}  // namespace pools
