// What every arrival process comes down to: a rate over time, and how regular the gaps are under
// that rate; or, for the closed process, clients that wait for their answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "pools/knobs.h"
#include "scenarios/random.h"

namespace scenarios {

enum class Gaps : std::uint8_t {
  Constant,  ///< evenly spaced under the rate
  Poisson,   ///< independent arrivals: an (inhomogeneous) Poisson process
};

/// A stretch of time over which the rate changes linearly (or not at all).
struct RateSegment {
  double length_s = 0;
  double from_per_s = 0;
  double to_per_s = 0;

  double arrivals() const noexcept { return length_s * (from_per_s + to_per_s) / 2; }
};

struct ArrivalPlan {
  std::vector<RateSegment> segments;
  Gaps gaps = Gaps::Poisson;
  std::uint32_t clients = 0;  ///< above 0: closed, and `segments` is empty
  double think_us = 0;        ///< mean, of a closed process; `gaps` says how it varies

  double rate_at(double t_s) const noexcept;
  double expected_arrivals() const noexcept;
  /// How many of them by then, on average. Never falls.
  double arrivals_until(double t_s) const noexcept;
};

/// Walks a plan and yields its arrival times. Exact inversion of the integrated rate, no thinning:
/// one draw per arrival, whatever the shape.
class ArrivalTimes {
 public:
  ArrivalTimes(const ArrivalPlan& plan, Random random);
  /// Seconds from the start of the phase, ascending; nothing when the phase is over.
  std::optional<double> next();

 private:
  double gap() noexcept;

  const ArrivalPlan& plan_;
  Random random_;
  std::size_t segment_ = 0;
  double segment_start_s_ = 0;
  double used_ = 0;  // arrivals of the present segment's integral that lie behind us
  bool first_ = true;
};

/// The knob `gaps` that every process of varying rate has, and its reading.
pools::Knob gaps_knob();
Gaps gaps_of(const pools::Settings& settings);
/// A rate in tasks per second with the range all processes share; `low` 0 where a pause is allowed.
pools::Knob rate_knob(std::string_view name, double fallback, double low, std::string_view help);

}  // namespace scenarios
