// What happened while each phase lasted: when it was, and the rates in it.
#pragma once

#include <vector>

#include "pools/clock.h"
#include "results/run_result.h"
#include "scenarios/timetable.h"

namespace results {

/// The phases that began, in order. `shift`: how much later than planned the measured ones were;
/// `cut`: what of the warm-up was left out.
/// Rates come from the time series, so a phase's edges are known to a sampling interval; a backlog
/// that is served after the phase counts where it is served.
std::vector<PhaseResult> phase_results(const scenarios::Timetable& timetable, pools::Nanos shift,
                                       pools::Nanos cut, const PoolTimeline& timeline,
                                       double elapsed_s);

}  // namespace results
