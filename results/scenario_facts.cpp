#include "results/scenario_facts.h"

#include "scenarios/scenario_json.h"
#include "scenarios/trial_plan.h"

namespace results {

ScenarioFacts::ScenarioFacts(const scenarios::Scenario& scenario)
    : text(scenarios::scenario_to_json(scenario)),
      name(scenario.name),
      seed(scenario.seed),
      percentiles(scenario.run.percentiles),
      baseline(scenarios::baseline_of(scenario)),
      expect(scenario.expect),
      repetitions(scenario.run.repetitions),
      until_conclusive(scenario.run.until_conclusive),
      capacity(scenario.capacity) {
  for (const scenarios::Phase& phase : scenario.phases) {
    phases.push_back({phase.name, phase.duration});
  }
  for (const scenarios::TaskClass& one : scenario.classes) classes.push_back(one.name);
  for (const pools::PoolConfig& pool : scenario.pools) pools.push_back(pool.id);
}

}  // namespace results
