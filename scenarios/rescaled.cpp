// The same shape of load, longer or heavier: what --duration and --rate make of a scenario.
#include <string>
#include <string_view>
#include <utility>

#include "scenarios/catalog.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"

namespace scenarios {
namespace {

bool is_time(std::string_view name) { return name.ends_with("_s") && !name.ends_with("_per_s"); }
bool is_rate(std::string_view name) { return name.ends_with("_per_s"); }

/// Multiplies the times or rates of a row. Knobs and columns carry their unit in the name.
template <typename Row>
void scale(const Row* row, pools::Choice& arrival, double factor,
           bool (*scaled)(std::string_view name)) {
  if (row == nullptr) return;
  const pools::Settings full = arrival.settings.resolved(row->knobs, "");
  for (const pools::Knob& knob : row->knobs) {
    if (scaled(knob.name)) {
      arrival.settings.set(std::string(knob.name), full.real(knob.name) * factor);
    }
    for (std::size_t c = 0; c < knob.columns.size(); ++c) {
      if (!scaled(knob.columns[c])) continue;
      pools::Numbers numbers = full.numbers(knob.name);
      const auto& given = arrival.settings.given();
      if (const auto own = given.find(knob.name); own != given.end()) {
        numbers = std::get<pools::Numbers>(own->second);
      }
      for (std::size_t i = c; i < numbers.size(); i += knob.columns.size()) numbers[i] *= factor;
      arrival.settings.set(std::string(knob.name), std::move(numbers));
    }
  }
}

double measured_s(const Scenario& scenario) {
  double sum = 0;
  for (const Phase& phase : scenario.phases) sum += phase.duration.count();
  return sum;
}

/// The reader knows what is too long and too fast.
Scenario checked(const Scenario& scenario, const std::string& option) {
  Scenario read = read_scenario_text(scenario_to_json(scenario), scenario.source_path + option);
  read.source_path = scenario.source_path;
  return read;
}

}  // namespace

Scenario with_duration(Scenario scenario, Seconds duration) {
  const double factor = duration.count() / measured_s(scenario);
  for (Phase& phase : scenario.phases) {
    phase.duration *= factor;
    scale(find_arrival(phase.arrival.name), phase.arrival, factor, is_time);
  }
  for (TaskClass& one : scenario.classes) {
    // A default need not be written out.
    if (!one.work.settings.given().contains("fail_during")) continue;
    scale(find_work(one.work.name), one.work, factor, is_time);
  }
  return checked(scenario, " with --duration");
}

Scenario with_rate(Scenario scenario, double rate_per_s) {
  Scenario load = scenario;
  load.run.warmup = Seconds{0};
  load.run.steady_state.reset();
  std::vector<JsonProblem> closed;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    load.phases = {scenario.phases[i]};
    if (expected_arrivals(load) > 0) continue;
    closed.push_back({scenario.source_path, 0, 0, "/phases/" + std::to_string(i) + "/arrival",
                      "phase \"" + scenario.phases[i].name +
                          "\": expected a process with a rate for --rate to change, got \"" +
                          scenario.phases[i].arrival.name + "\""});
  }
  if (!closed.empty()) throw ScenarioError(std::move(closed));
  load.phases = scenario.phases;
  const double factor = rate_per_s * measured_s(scenario) / expected_arrivals(load);
  for (Phase& phase : scenario.phases)
    scale(find_arrival(phase.arrival.name), phase.arrival, factor, is_rate);
  return checked(scenario, " with --rate");
}

}  // namespace scenarios
