#include <algorithm>

#include "scenarios/arrivals/processes.h"

namespace scenarios {
namespace {

pools::Knob dwell_knob(std::string_view name, double fallback, std::string_view help) {
  return {.name = name,
          .fallback = fallback,
          .unit = "s",
          .low = 0.001,
          .high = 3600,
          .choices = {},
          .help = help};
}

ArrivalPlan plan(const pools::Settings& settings, double duration_s, Random& shape) {
  ArrivalPlan plan{.segments = {}, .gaps = gaps_of(settings)};
  bool on = true;  // a burst first: a short phase must not end without one
  for (double left = duration_s; left > 0; on = !on) {
    const double mean = settings.real(on ? "mean_on_s" : "mean_off_s");
    const double rate = settings.real(on ? "on_per_s" : "off_per_s");
    const double length = std::min(left, mean * shape.exponential());
    if (length > 0) plan.segments.push_back({length, rate, rate});
    left -= length;
  }
  return plan;
}

/// Each burst and each pause is a segment of the plan.
std::optional<Contradiction> contradiction(const pools::Settings& settings, double duration_s) {
  constexpr double kMostCycles = 100'000;
  const double cycle_s = settings.real("mean_on_s") + settings.real("mean_off_s");
  if (duration_s / cycle_s <= kMostCycles) return std::nullopt;
  return Contradiction{"mean_on_s", "expected at most " + pools::shown(kMostCycles) +
                                        " bursts in the phase's " + pools::shown(duration_s) +
                                        " s, got one every " + pools::shown(cycle_s) + " s"};
}

}  // namespace

ArrivalRow on_off_arrivals() {
  return {
      .name = "on_off",
      .summary = "bursts: two rates that take turns, for exponentially distributed times",
      .knobs = {rate_knob("on_per_s", 4000, 0.001, "rate during a burst"),
                rate_knob("off_per_s", 0, 0, "rate between bursts"),
                dwell_knob("mean_on_s", 0.2, "mean length of a burst"),
                dwell_knob("mean_off_s", 0.8, "mean length of the time between bursts"),
                gaps_knob()},
      .plan = plan,
      .contradiction = contradiction,
  };
}

}  // namespace scenarios
