#include "scenarios/timetable.h"

#include <algorithm>
#include <cmath>

#include "scenarios/catalog.h"
#include "scenarios/task_mix.h"

namespace scenarios {
namespace {

std::chrono::nanoseconds nanos(double seconds) {
  return std::chrono::nanoseconds{std::llround(seconds * 1e9)};
}

/// The plan of the file's phase `index`; the same for previews and for the timetable.
ArrivalPlan plan_of_phase(const Scenario& scenario, std::uint64_t seed, std::size_t index) {
  Random shape(seed, StreamUse::Shape, index);
  const Phase& phase = scenario.phases[index];
  return plan_of(phase.arrival, phase.duration.count(), shape);
}

/// The first phase's mean load, held level: a warm-up must not spend itself on the quiet start of a
/// ramp, nor meet the spike before it is measured.
ArrivalPlan warm_up_plan(const Scenario& scenario, std::uint64_t seed) {
  ArrivalPlan plan = plan_of_phase(scenario, seed, 0);
  if (plan.clients > 0) return plan;
  const double mean = plan.expected_arrivals() / scenario.phases[0].duration.count();
  plan.segments = {{longest_warm_up(scenario.run).count(), mean, mean}};
  return plan;
}

}  // namespace

Seconds longest_warm_up(const RunPlan& run) {
  return run.steady_state ? run.warmup + run.steady_state->max_wait : run.warmup;
}

const std::vector<std::string_view>& steady_metrics() {
  static const std::vector<std::string_view> kMetrics{"throughput_per_s", "response_p50_us",
                                                      "queue_depth"};
  return kMetrics;
}

Timetable::Timetable(const Scenario& scenario, std::uint64_t seed)
    : classes_(scenario.classes.size()), seed_(seed != 0 ? seed : scenario.seed) {
  std::chrono::nanoseconds begin{0};
  const auto lay_out = [&](const std::string& name, Seconds length, bool measured,
                           const ArrivalPlan& plan) {
    const auto index = static_cast<std::uint16_t>(phases_.size());
    PhaseSpan span{name, begin, begin + nanos(length.count()), measured};
    span.clients = plan.clients;
    span.think = std::chrono::nanoseconds{std::llround(plan.think_us * 1000)};
    span.think_varies = plan.gaps == Gaps::Poisson;
    phases_.push_back(span);
    plans_.push_back(plan);
    ArrivalTimes times(plan, Random(seed_, StreamUse::Gaps, index));
    TaskMix mix(scenario.classes, seed_, index);
    while (const auto at = times.next()) {
      const TaskDraw task = mix.next();
      const auto due = std::min(begin + nanos(*at), span.end - std::chrono::nanoseconds{1});
      arrivals_.push_back({due, task.service, index, task.task_class});
      phases_.back().demand += task.service;
    }
    begin = span.end;
  };
  lay_out(kWarmUpName, longest_warm_up(scenario.run), false, warm_up_plan(scenario, seed_));
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    const Phase& phase = scenario.phases[i];
    lay_out(phase.name, phase.duration, true, plan_of_phase(scenario, seed_, i));
  }
}

std::chrono::nanoseconds Timetable::duration() const noexcept {
  return phases_.empty() ? std::chrono::nanoseconds{0} : phases_.back().end;
}

std::vector<double> offered_load(const Scenario& scenario, std::size_t points) {
  double total = 0;
  std::vector<ArrivalPlan> plans;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    plans.push_back(plan_of_phase(scenario, scenario.seed, i));
    total += scenario.phases[i].duration.count();
  }
  std::vector<double> load;
  std::size_t phase = 0;
  double phase_start = 0;
  for (std::size_t i = 0; i < points && !plans.empty(); ++i) {
    // Instants in the middle of equal intervals: none falls on a phase's edge by accident.
    const double t = total * (static_cast<double>(i) + 0.5) / static_cast<double>(points);
    while (phase + 1 < plans.size() && t >= phase_start + scenario.phases[phase].duration.count()) {
      phase_start += scenario.phases[phase].duration.count();
      ++phase;
    }
    load.push_back(plans[phase].rate_at(t - phase_start));
  }
  return load;
}

double expected_arrivals(const Scenario& scenario) {
  double sum = 0;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    const double in_phase = plan_of_phase(scenario, scenario.seed, i).expected_arrivals();
    sum += in_phase;
    if (i == 0) {
      sum += in_phase * longest_warm_up(scenario.run).count() / scenario.phases[0].duration.count();
    }
  }
  return sum;
}

}  // namespace scenarios
