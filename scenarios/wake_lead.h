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

  /// Of which share of a core the pool's threads have no need. Spinning takes no more, but for
  /// kFirst: below that sleeps are too late to keep a timetable of short gaps.
  void spare(double cores) noexcept { spare_ = std::clamp(cores, 0.0, 1.0); }

  Nanos longest() const noexcept { return lead_; }
  /// Of a wait that long.
  Nanos of(Nanos wait) const noexcept {
    if (!follows_) return lead_;
    const auto share = static_cast<Nanos::rep>(spare_ * static_cast<double>(wait.count()));
    return std::min(lead_, std::max<Nanos>(kFirst, Nanos{share}));
  }

  /// A sleep ended so long after it should have.
  void woke(Nanos late) noexcept {
    if (!follows_) return;
    constexpr Nanos kDown{200};
    constexpr Nanos kUp = 9 * kDown;
    lead_ = std::clamp<Nanos>(late > lead_ ? lead_ + kUp : lead_ - kDown, kLeast, kMost);
  }

 private:
  bool follows_;
  double spare_ = 1;
  Nanos lead_;
};

}  // namespace scenarios
