// The slowest tasks of a trial's measured phases, with what the timetable knows of them and what
// was seen to happen meanwhile. Pure.
#pragma once

#include <vector>

#include "pools/clock.h"
#include "results/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/timetable.h"

namespace lab {

/// The slowest pools::SlowTask::kKept; none where not every task is timed. Requires: the trial's
/// series, timeline, generator and noise are set. `start`: of its time axis.
std::vector<results::SlowestTask> slowest_tasks(const results::Trial& trial,
                                                const scenarios::Scenario& scenario,
                                                const scenarios::Timetable& timetable,
                                                pools::Instant start);

}  // namespace lab
