// How long before an instant the generator has to wake so as not to miss it: a timer and a wake-up
// take 5 us on one machine and 60 on another, where a core that slept has to be woken by a host.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "pools/clock.h"

namespace scenarios {

/// A fixed time, or one that follows the machine: the 90th percentile of how late the sleeps so far
/// were, by stochastic approximation (Robbins and Monro, 1951): a step up for each that was later,
/// a ninth of it down for each that was not. Not thread safe.
class WakeLead {
 public:
  using Nanos = pools::Nanos;
  using Micros = std::chrono::microseconds;
  static constexpr Micros kFirst{20};
  static constexpr Micros kLeast{5};
  static constexpr Micros kMost{150};

  explicit WakeLead(std::optional<Micros> fixed)
      : follows_(!fixed.has_value()), lead_(fixed.value_or(kFirst)) {}

  /// Whether there is a core that the pool's threads have no need of; else it is at most kFirst.
  void room(bool is_there) noexcept { room_ = is_there; }

  Nanos now() const noexcept { return follows_ && !room_ ? std::min<Nanos>(lead_, kFirst) : lead_; }

  /// A sleep ended so long after it should have.
  void woke(Nanos late) noexcept {
    if (!follows_) return;
    constexpr Nanos kDown{200};
    constexpr Nanos kUp = 9 * kDown;
    lead_ = std::clamp<Nanos>(late > lead_ ? lead_ + kUp : lead_ - kDown, kLeast, kMost);
  }

 private:
  bool follows_;
  bool room_ = true;
  Nanos lead_;
};

}  // namespace scenarios
