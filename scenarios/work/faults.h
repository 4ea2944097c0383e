// How the tasks of a class misbehave, whatever their work: what retries, time limits and the search
// for lost workers are there for. Knobs of every kind of work; drawn anew for each attempt, from
// the scenario's seed.
#pragma once

#include <vector>

#include "pools/clock.h"
#include "pools/knobs.h"

namespace scenarios {

struct Faults {
  double fail_share = 0;  ///< of the attempts: these do their work, then throw
  double hang_share = 0;  ///< of the attempts: these hang instead
  pools::Nanos hang{0};   ///< for so long
  bool heeds_stop = false;

  bool any() const noexcept { return fail_share > 0 || hang_share > 0; }
};

/// What every kind of work has besides its own knobs.
std::vector<pools::Knob> fault_knobs();

/// Requires: resolved settings of a kind of work.
Faults faults_of(const pools::Settings& settings);

}  // namespace scenarios
