#include "scenarios/trial_plan.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "pools/knobs.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

/// "workers" for "/pools/stealing/workers".
std::string last_part(const std::string& pointer) { return pointer.substr(pointer.rfind('/') + 1); }

}  // namespace

std::vector<TrialSpec> plan(const Scenario& scenario) {
  std::vector<TrialSpec> trials;
  for (const pools::PoolConfig& pool : scenario.pools) {
    TrialSpec& trial = trials.emplace_back();
    trial.pool = pool.id;
    trial.position = static_cast<std::uint32_t>(trials.size() - 1);
    trial.seed = scenario.seed;
  }
  return trials;
}

Scenario with_parameters(const Scenario& scenario, const TrialSpec& trial) {
  if (trial.parameters.empty()) return scenario;
  std::vector<Override> overrides;
  for (const auto& [pointer, value] : trial.parameters) overrides.push_back({pointer, value});
  Scenario changed =
      read_scenario_text(scenario_to_json(scenario), scenario.source_path, overrides);
  changed.source_path = scenario.source_path;
  return changed;
}

Scenario with_pools(Scenario scenario, const std::vector<std::string>& ids) {
  std::vector<std::string_view> known;
  for (const pools::PoolConfig& config : scenario.pools) known.push_back(config.id);
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string near = pools::nearest_name(id, known);
    std::string advice = near.empty() ? "there are" : "did you mean '" + near + "'?";
    for (std::size_t i = 0; near.empty() && i < known.size(); ++i) {
      advice += (i == 0 ? " " : ", ") + std::string(known[i]);
    }
    throw pools::ConfigError("/pools",
                             "there is no pool '" + id + "' in '" + scenario.name + "'; " + advice);
  }
  if (ids.empty()) return scenario;
  std::erase_if(scenario.pools, [&ids](const pools::PoolConfig& config) {
    return std::find(ids.begin(), ids.end(), config.id) == ids.end();
  });
  return scenario;
}

Seconds trial_length(const Scenario& scenario) {
  Seconds sum = scenario.run.warmup;
  for (const Phase& phase : scenario.phases) sum += phase.duration;
  return sum;
}

std::string TrialTitles::next(const TrialSpec& trial) {
  std::string title = trial.pool;
  if (!trial.arm.empty()) title += " " + trial.arm;
  for (const auto& [pointer, value] : trial.parameters) {
    title += " " + last_part(pointer) + "=" + value;
  }
  const std::size_t count = ++seen_[title];
  return count == 1 ? title : title + " #" + std::to_string(count);
}

}  // namespace scenarios
