#include "lab/trial_source.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "lab/capacity_search.h"
#include "results/comparison.h"

namespace lab {
namespace {

MoreTrials until_conclusive(const scenarios::Scenario& scenario) {
  return [scenario](const results::RunResult& so_far) -> std::vector<scenarios::TrialSpec> {
    if (results::conclusive(results::comparisons(so_far))) return {};
    std::uint32_t done = 0;
    for (const results::Trial& trial : so_far.trials) done = std::max(done, trial.block + 1);
    for (const std::uint32_t look : scenarios::looks(scenario.run)) {
      if (look > done) return scenarios::plan_blocks(scenario, done, look);
    }
    return {};
  };
}

}  // namespace

TrialSource trial_source(const scenarios::Scenario& scenario) {
  if (scenario.capacity) {
    const auto search = std::make_shared<CapacitySearch>(scenario);
    return {search->next({}),
            [search](const results::RunResult& so_far) { return search->next(so_far); }};
  }
  TrialSource source{scenarios::plan(scenario), {}};
  if (scenario.run.until_conclusive != 0) source.more = until_conclusive(scenario);
  return source;
}

}  // namespace lab
