// What is known of a run before anything of it has run.
#pragma once

#include "results/run_result.h"
#include "scenarios/scenario.h"

namespace lab {

/// Machine, build, command line, scenario, and a name of its own.
results::RunResult facts_before(const scenarios::Scenario& scenario);

}  // namespace lab
