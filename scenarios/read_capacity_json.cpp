// Reads `capacity`, and checks what else the scenario may ask for beside it.
#include <algorithm>

#include "pools/knobs.h"
#include "scenarios/gates.h"
#include "scenarios/json/object_reader.h"
#include "scenarios/read_scenario.h"
#include "scenarios/timetable.h"

namespace scenarios {

CapacityGoal read_capacity(Document& document, const JsonValue& value, const std::string& pointer) {
  CapacityGoal goal;
  ObjectReader object(document, value, pointer);
  std::vector<std::string_view> stats;
  for (const std::string_view stat : find_gate_metric("response_us")->stats) {
    if (stat.front() == 'p' || stat == "mean") stats.push_back(stat);
  }
  goal.stat = object.word("stat", goal.stat, stats);
  goal.task_class = object.word("class", "");
  goal.below_us = object.real("below_us", goal.below_us, 0.001, 3.6e9, "us");
  goal.precision_pct = object.real("precision_pct", goal.precision_pct, 0.5, 50, "%");
  goal.most_per_s = object.real("most_per_s", goal.most_per_s, 1, goal.most_per_s, "tasks/s");
  object.finish();
  if (value.is(JsonValue::Kind::Object) && value.find("below_us") == nullptr) {
    document.problem(object.at("below_us"),
                     "expected the time to stay below, in microseconds, got nothing");
  }
  return goal;
}

void check_capacity(Document& document, const Scenario& scenario) {
  if (!scenario.capacity) {
    for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
      if (scenario.expect[i].metric != kCapacityMetric) continue;
      document.problem(pointer_to("/expect", i) + "/metric",
                       "expected a figure of the trials; capacity_per_s takes a search (a "
                       "\"capacity\" at the top level), got none");
    }
    return;
  }
  if (!scenario.matrix.empty()) {
    document.problem("/matrix", "expected none beside capacity, which chooses the rates itself");
  }
  if (scenario.run.until_conclusive != 0) {
    document.problem("/run/until_conclusive",
                     "expected none beside capacity: there are as many searches as repetitions");
  }
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    Scenario alone = scenario;
    alone.run.warmup = Seconds{0};
    alone.run.steady_state.reset();
    alone.phases = {scenario.phases[i]};
    if (expected_arrivals(alone) > 0) continue;
    document.problem(pointer_to("/phases", i) + "/arrival",
                     "expected a process with a rate for capacity to change, got \"" +
                         scenario.phases[i].arrival.name + "\"");
  }
  for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
    const Expectation& gate = scenario.expect[i];
    if (gate.metric == kCapacityMetric) continue;
    document.problem(pointer_to("/expect", i) + "/metric",
                     "expected capacity_per_s, for the trials of a search differ in their rate, "
                     "got " +
                         quoted_text(gate.metric));
  }
  const auto known = [&](const TaskClass& one) {
    return one.name == scenario.capacity->task_class;
  };
  if (!scenario.capacity->task_class.empty() && std::ranges::none_of(scenario.classes, known)) {
    std::vector<std::string_view> names;
    for (const TaskClass& one : scenario.classes) names.push_back(one.name);
    document.problem("/capacity/class",
                     pools::unknown_name_text("a class", scenario.capacity->task_class, names));
  }
}

}  // namespace scenarios
