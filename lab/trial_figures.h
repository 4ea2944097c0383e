// What a trial's counts come to. One rule for all of them: a task counts where it was due, whenever
// it was served; what the pool did (steals, wake-ups, scaling, time) and every rate are of the
// measured time, from the first measured instant until the pool was idle again or its time to drain
// was up. The ledger alone is of the whole trial. Pure functions.
#pragma once

#include <optional>

#include "pools/metrics/snapshot.h"
#include "results/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/timetable.h"

namespace lab {

/// The readings a trial's figures are the differences of.
struct TrialReadings {
  pools::Instant start;                          ///< of the timetable
  std::optional<pools::PoolSnapshot> measuring;  ///< when the warm-up was over; none without one
  pools::PoolSnapshot idle;  ///< when the pool was idle, or its time to drain was up
};

/// Fills in series, events, measured time and rates. Requires: generator, ledger, drained,
/// interrupted, timeline and elapsed_s are set.
void fill_figures(results::Trial& trial, const scenarios::Scenario& scenario,
                  const scenarios::Timetable& timetable, const TrialReadings& readings,
                  pools::PoolReport report);

}  // namespace lab
