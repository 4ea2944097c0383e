#include <algorithm>

#include "scenarios/catalog.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

constexpr std::string_view kSeconds = "s";
// What the reader accepts at the least, so that the shortened scenario can be read again.
constexpr double kShortestPhase = 0.01;
constexpr double kShortestDrain = 0.1;
constexpr double kShortestInterval = 0.01;

/// The same shape in less time: knobs that are times of the phase's own scale shrink with it.
void shrink(pools::Choice& arrival, double factor) {
  const ArrivalRow* row = find_arrival(arrival.name);
  if (row == nullptr) return;
  const pools::Settings full = arrival.settings.resolved(row->knobs, "/arrival");
  for (const pools::Knob& knob : row->knobs) {
    if (knob.unit == kSeconds) {
      arrival.settings.set(std::string(knob.name),
                           std::max(full.real(knob.name) * factor, knob.low));
      continue;
    }
    for (std::size_t c = 0; c < knob.columns.size(); ++c) {
      if (knob.columns[c] != "duration_s") continue;
      pools::Numbers numbers = full.numbers(knob.name);
      for (std::size_t i = c; i < numbers.size(); i += knob.columns.size()) numbers[i] *= factor;
      arrival.settings.set(std::string(knob.name), std::move(numbers));
    }
  }
}

}  // namespace

Scenario shortened(Scenario scenario, Seconds limit) {
  const double pools = static_cast<double>(std::max<std::size_t>(scenario.pools.size(), 1));
  const double budget = limit.count() / pools;
  double load = scenario.run.warmup.count();
  for (const Phase& phase : scenario.phases) load += phase.duration.count();
  // Of each pool's share half is load; the backlog may drain for a fifth after the warm-up and
  // again at the end; the rest is for starting, stopping and evaluating. The shares are guesses.
  const double factor = 0.5 * budget / load;
  if (factor >= 1) return scenario;
  scenario.run.warmup *= factor;
  scenario.run.drain_timeout =
      std::min(scenario.run.drain_timeout, Seconds{std::max(0.2 * budget, kShortestDrain)});
  for (Phase& phase : scenario.phases) {
    phase.duration = std::max(phase.duration * factor, Seconds{kShortestPhase});
    shrink(phase.arrival, factor);
  }
  // Never coarser than 20 points a pool, so that short runs still have a curve.
  scenario.run.sample_interval = std::min(scenario.run.sample_interval,
                                          Seconds{std::max(factor * load / 20, kShortestInterval)});
  scenario.text = scenario_to_json(scenario);
  return scenario;
}

}  // namespace scenarios
