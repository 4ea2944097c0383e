#include <algorithm>
#include <cstdlib>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"
#include "scenarios/trial_plan.h"

namespace scenarios {
namespace {

// Knobs in these units are times on the scale of phases; those in "us" are on the scale of tasks,
// which stay as they are.
constexpr std::string_view kSeconds = "s";
constexpr std::string_view kMilliseconds = "ms";
// What the reader accepts at the least, so that the shortened scenario can be read again.
constexpr double kShortestPhase = 0.01;
constexpr double kShortestDrain = 2;
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

/// How long a pool must be idle to shrink, how long a task must wait to be aged: waits and pauses
/// get shorter with the phases, so what would happen in each still does. With `own_only` a default
/// stays: it is none of the scenario's own times.
void shrink_pauses(pools::Settings& settings, const std::vector<pools::Knob>& knobs, bool own_only,
                   double factor) {
  const pools::Settings own = settings;
  const pools::Settings full = settings.resolved(knobs, "");
  for (const pools::Knob& knob : knobs) {
    if (knob.unit != kMilliseconds || !std::holds_alternative<double>(knob.fallback)) continue;
    const auto given = own.given().find(knob.name);
    if (own_only && (given == own.given().end() || given->second == knob.fallback)) continue;
    const double whole = full.real(knob.name);
    // 0 switches something off.
    if (whole == 0) continue;
    settings.set(std::string(knob.name), std::max(whole * factor, knob.low));
  }
}

void shrink_pauses(pools::PoolConfig& pool, double factor) {
  if (const pools::SizingRow* row = pools::find_sizing(pool.sizing.name)) {
    shrink_pauses(pool.sizing.settings, row->knobs, false, factor);
  }
  if (const pools::DispatchRow* row = pools::find_dispatch(pool.dispatch.name)) {
    shrink_pauses(pool.dispatch.settings, row->knobs, true, factor);
  }
}

/// The share of its phases' length at which a gate's percentile still has the samples it needs.
double least_factor(const Scenario& scenario, const Expectation& gate) {
  // Ten beyond the percentile are needed; arrivals vary by chance.
  constexpr double kSamplesBeyond = 12;
  if (gate.stat.size() < 2 || gate.stat[0] != 'p') return 0;
  const double beyond = 1 - std::strtod(gate.stat.c_str() + 1, nullptr) / 100;
  double weights = 0;
  double asked = 0;
  for (const TaskClass& one : scenario.classes) {
    weights += one.weight;
    if (gate.task_class.empty() || gate.task_class == one.name) asked += one.weight;
  }
  double samples = 0;
  for (const Phase& phase : scenario.phases) {
    if (!gate.phase.empty() && gate.phase != phase.name) continue;
    Scenario alone = scenario;
    alone.run.warmup = Seconds{0};
    alone.run.steady_state.reset();
    alone.phases = {phase};
    samples += expected_arrivals(alone) * asked / weights;
  }
  // Closed phases count none: how many there will be depends on the pool.
  return samples > 0 && beyond > 0 ? kSamplesBeyond / (beyond * samples) : 0;
}

}  // namespace

Scenario shortened(Scenario scenario, Seconds limit) {
  const auto trials = static_cast<double>(std::max<std::size_t>(trials_a_block(scenario), 1));
  const double budget = limit.count() / trials;
  double load = longest_warm_up(scenario.run).count();
  for (const Phase& phase : scenario.phases) load += phase.duration.count();
  // Of each trial's share half is load, the rest is for draining, starting, stopping and
  // evaluating. A guess.
  double factor = 0.5 * budget / load;
  for (const Expectation& gate : scenario.expect) {
    factor = std::max(factor, least_factor(scenario, gate));
  }
  if (scenario.capacity) {
    Expectation asked;
    asked.stat = scenario.capacity->stat;
    asked.task_class = scenario.capacity->task_class;
    constexpr double kSlower = 4;  // a search may end at a fraction of the file's rate
    factor = std::max(factor, kSlower * least_factor(scenario, asked));
  }
  if (factor >= 1) return scenario;
  scenario.run.warmup *= factor;
  scenario.run.drain_timeout =
      std::min(scenario.run.drain_timeout, Seconds{std::max(0.2 * budget, kShortestDrain)});
  for (Phase& phase : scenario.phases) {
    phase.duration = std::max(phase.duration * factor, Seconds{kShortestPhase});
    shrink(phase.arrival, factor);
  }
  for (pools::PoolConfig& pool : scenario.pools) shrink_pauses(pool, factor);
  // Never coarser than 20 points a pool, so that short runs still have a curve.
  scenario.run.sample_interval = std::min(scenario.run.sample_interval,
                                          Seconds{std::max(factor * load / 20, kShortestInterval)});
  if (scenario.run.steady_state) {
    SteadyState& steady = *scenario.run.steady_state;
    steady.window =
        std::max(steady.window * factor, least_steady_window(scenario.run.sample_interval));
    steady.max_wait = std::max(steady.max_wait * factor, std::min(steady.max_wait, steady.window));
  }
  scenario.text = scenario_to_json(scenario);
  return scenario;
}

}  // namespace scenarios
