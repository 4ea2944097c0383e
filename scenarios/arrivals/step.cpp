#include <algorithm>

#include "scenarios/arrivals/processes.h"

namespace scenarios {
namespace {

constexpr std::size_t kColumns = 2;  // rate_per_s, duration_s

ArrivalPlan plan(const pools::Settings& settings, double duration_s, Random&) {
  const pools::Numbers& stages = settings.numbers("stages");
  ArrivalPlan plan{.segments = {}, .gaps = gaps_of(settings)};
  double left = duration_s;
  for (std::size_t i = 0; i < stages.size(); i += kColumns) {
    const double length = std::min(left, stages[i + 1]);
    if (length > 0) plan.segments.push_back({length, stages[i], stages[i]});
    left -= length;
  }
  if (left > 0)
    plan.segments.push_back({left, stages[stages.size() - 2], stages[stages.size() - 2]});
  return plan;
}

std::optional<Contradiction> contradiction(const pools::Settings& settings, double duration_s) {
  const pools::Numbers& stages = settings.numbers("stages");
  double sum = 0;
  double highest = 0;
  for (std::size_t i = 0; i < stages.size(); i += kColumns) {
    highest = std::max(highest, stages[i]);
    if (stages[i + 1] <= 0) {
      return Contradiction{"stages", "expected a duration_s above 0 in every stage, got " +
                                         pools::shown(stages[i + 1])};
    }
    sum += stages[i + 1];
  }
  if (highest <= 0)
    return Contradiction{"stages", "expected a rate above 0 in some stage, got none"};
  constexpr double kRounding = 1e-9;
  if (sum > duration_s * (1 + kRounding)) {
    return Contradiction{"stages", "expected stages that fit into the phase's " +
                                       pools::shown(duration_s) + " s, got " + pools::shown(sum) +
                                       " s"};
  }
  return std::nullopt;
}

}  // namespace

ArrivalRow step_arrivals() {
  return {
      .name = "step",
      .summary = "a staircase of rates; the last one holds to the end of the phase",
      .knobs = {{.name = "stages",
                 .fallback = pools::Numbers{},
                 .unit = "",
                 .low = 0,
                 .high = 2e6,
                 .choices = {},
                 .help = "rate and length of each stage, in order",
                 .columns = {"rate_per_s", "duration_s"},
                 .required = true},
                gaps_knob()},
      .plan = plan,
      .contradiction = contradiction,
  };
}

}  // namespace scenarios
