#include "scenarios/arrivals/arrival_plan.h"

#include <algorithm>
#include <cmath>

namespace scenarios {

double ArrivalPlan::rate_at(double t_s) const noexcept {
  double start = 0;
  for (const RateSegment& segment : segments) {
    if (t_s < start + segment.length_s) {
      const double share = (t_s - start) / segment.length_s;
      return segment.from_per_s + (segment.to_per_s - segment.from_per_s) * std::max(share, 0.0);
    }
    start += segment.length_s;
  }
  return segments.empty() ? 0 : segments.back().to_per_s;
}

double ArrivalPlan::expected_arrivals() const noexcept {
  double sum = 0;
  for (const RateSegment& segment : segments) sum += segment.arrivals();
  return sum;
}

double ArrivalPlan::arrivals_until(double t_s) const noexcept {
  double sum = 0;
  for (const RateSegment& segment : segments) {
    if (t_s >= segment.length_s) {
      sum += segment.arrivals();
      t_s -= segment.length_s;
      continue;
    }
    const double share = std::max(t_s, 0.0) / segment.length_s;
    const double rate_then = segment.from_per_s + share * (segment.to_per_s - segment.from_per_s);
    return sum + share * segment.length_s * (segment.from_per_s + rate_then) / 2;
  }
  return sum;
}

ArrivalTimes::ArrivalTimes(const ArrivalPlan& plan, Random random) : plan_(plan), random_(random) {}

double ArrivalTimes::gap() noexcept {
  if (plan_.gaps == Gaps::Poisson) return random_.exponential();
  // Half a gap first: a phase then holds rate x duration arrivals, none on its very edge.
  const double gap = first_ ? 0.5 : 1;
  first_ = false;
  return gap;
}

std::optional<double> ArrivalTimes::next() {
  double wanted = used_ + gap();
  while (segment_ < plan_.segments.size()) {
    const RateSegment& segment = plan_.segments[segment_];
    if (wanted < segment.arrivals()) {
      used_ = wanted;
      // Solve from*x + slope/2*x^2 = wanted in the form that stays exact when slope is near 0.
      const double slope = (segment.to_per_s - segment.from_per_s) / segment.length_s;
      const double root = segment.from_per_s * segment.from_per_s + 2 * slope * wanted;
      const double x = 2 * wanted / (segment.from_per_s + std::sqrt(std::max(root, 0.0)));
      return segment_start_s_ + std::min(x, segment.length_s);
    }
    wanted -= segment.arrivals();
    segment_start_s_ += segment.length_s;
    ++segment_;
  }
  return std::nullopt;
}

pools::Knob gaps_knob() {
  return {.name = "gaps",
          .fallback = std::string("poisson"),
          .unit = "",
          .choices = {"constant", "poisson"},
          .help = "evenly spaced under the rate, or independent of one another"};
}

Gaps gaps_of(const pools::Settings& settings) {
  return settings.word("gaps") == "constant" ? Gaps::Constant : Gaps::Poisson;
}

pools::Knob rate_knob(std::string_view name, double fallback, double low, std::string_view help) {
  constexpr double kHighest = 2e6;  // beyond what one generator thread can send
  return {.name = name,
          .fallback = fallback,
          .unit = "tasks/s",
          .low = low,
          .high = kHighest,
          .choices = {},
          .help = help};
}

}  // namespace scenarios
