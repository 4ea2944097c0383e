// Why the slowest tasks were slow, as far as it was seen. Pure functions.
//
// A response is made of parts: sent late, kept out by a full queue, waited, ran. The largest part
// is what is to be explained. What the pool's own records say is exact (its worker was busy, the
// task before it was long); what the machine did is known by sampling intervals, so it counts as
// the cause where enough of it happened in the intervals in which that part lies: as much as half
// of what it is to explain. That is what `text` says: what was seen in that time, not what is
// proven.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "results/noise.h"
#include "results/timeline.h"

namespace results {

/// All that is known of the time in which it ran.
struct TrialEvidence {
  const PoolTimeline& timeline;
  const Noise& noise;
  bool foremost = false;  ///< the generator's thread came before all others
};

/// What else is known of a task. Counted from when it was due; NAN: not known.
struct TaskFacts {
  double before_started_us = NAN;  ///< what its worker had run just before it
  double before_finished_us = NAN;
  bool spawned = false;  ///< another task submitted it, or may have
};

/// Sets `cause` and `text`.
void explain(SlowestTask& task, const TaskFacts& facts, const TrialEvidence& seen);

/// How many of them had each cause, the most frequent first.
struct CauseCount {
  Cause cause = Cause::None;
  std::size_t tasks = 0;
};
std::vector<CauseCount> cause_counts(const std::vector<SlowestTask>& tasks);

/// The same in words: "of the 20 slowest 12 were sent late, 8 behind a long task".
std::string causes_text(const std::vector<SlowestTask>& tasks);

}  // namespace results
