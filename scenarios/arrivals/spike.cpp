#include "scenarios/arrivals/processes.h"

namespace scenarios {
namespace {

ArrivalPlan plan(const pools::Settings& settings, double duration_s, Random&) {
  const double base = settings.real("base_per_s");
  const double peak = settings.real("peak_per_s");
  const double at = settings.real("at_s");
  const double width = settings.real("width_s");
  ArrivalPlan plan{.segments = {}, .gaps = gaps_of(settings)};
  const auto add = [&plan](double length, double rate) {
    if (length > 0) plan.segments.push_back({length, rate, rate});
  };
  add(at, base);
  add(width, peak);
  add(duration_s - at - width, base);
  return plan;
}

std::optional<Contradiction> contradiction(const pools::Settings& settings, double duration_s) {
  const double end = settings.real("at_s") + settings.real("width_s");
  constexpr double kRounding = 1e-9;
  if (end <= duration_s * (1 + kRounding)) return std::nullopt;
  return Contradiction{"at_s", "expected a spike that ends within the phase's " +
                                   pools::shown(duration_s) + " s, got one that ends at " +
                                   pools::shown(end) + " s"};
}

}  // namespace

ArrivalRow spike_arrivals() {
  return {
      .name = "spike",
      .summary = "a steady rate with one sudden surge",
      .knobs = {rate_knob("base_per_s", 500, 0, "rate outside the spike"),
                rate_knob("peak_per_s", 8000, 0.001, "rate inside it"),
                {.name = "at_s",
                 .fallback = 1.0,
                 .unit = "s",
                 .low = 0,
                 .high = 86'400,
                 .choices = {},
                 .help = "when it starts, counted from the start of the phase"},
                {.name = "width_s",
                 .fallback = 0.2,
                 .unit = "s",
                 .low = 0.001,
                 .high = 86'400,
                 .choices = {},
                 .help = "how long it lasts"},
                gaps_knob()},
      .plan = plan,
      .contradiction = contradiction,
  };
}

}  // namespace scenarios
