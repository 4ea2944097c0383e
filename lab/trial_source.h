// Which trials a session runs, where that depends on what the earlier ones found: blocks until the
// comparisons are conclusive, or the rates that a search for the capacity tries.
#pragma once

#include <functional>
#include <vector>

#include "results/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/trial_plan.h"

namespace lab {

/// What is to be run after all that was planned, given what came of it; nothing: that was all.
/// Called on the session's thread, between trials.
using MoreTrials =
    std::function<std::vector<scenarios::TrialSpec>(const results::RunResult& so_far)>;

struct TrialSource {
  std::vector<scenarios::TrialSpec> first;
  MoreTrials more;  ///< may be empty
};

/// As the scenario asks for: its plan, with more blocks up to `run.until_conclusive`; or a search.
TrialSource trial_source(const scenarios::Scenario& scenario);

}  // namespace lab
