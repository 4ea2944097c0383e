#include "lab/gui/model/scenario_cards.h"

#include <algorithm>
#include <exception>

#include "lab/scenario_library.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"

namespace lab::gui {

namespace {

ScenarioCard read_entry(const std::string& path) {
  ScenarioCard entry;
  entry.path = path;
  entry.name = scenario_name(path);
  try {
    const scenarios::Scenario scenario = scenarios::read_scenario_file(path);
    constexpr std::size_t kPreviewPoints = 96;
    entry.name = scenario.name;
    entry.description = scenario.description;
    entry.pools = scenario.pools.size();
    entry.seconds = scenario.run.warmup.count();
    for (const scenarios::Phase& phase : scenario.phases) entry.seconds += phase.duration.count();
    entry.load = scenarios::offered_load(scenario, kPreviewPoints);
    for (const double rate : entry.load) entry.peak_per_s = std::max(entry.peak_per_s, rate);
  } catch (const scenarios::ScenarioError& error) {
    entry.problem = error.problems.empty() ? error.text : error.problems.front().message;
  } catch (const std::exception& error) {
    entry.problem = error.what();
  }
  return entry;
}

}  // namespace

std::vector<ScenarioCard> read_scenario_cards() {
  std::vector<ScenarioCard> entries;
  for (const std::string& path : library_scenarios()) entries.push_back(read_entry(path));
  return entries;
}

}  // namespace lab::gui
