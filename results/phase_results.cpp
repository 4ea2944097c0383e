#include "results/phase_results.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace results {
namespace {

double seconds(pools::Nanos t) { return std::chrono::duration<double>(t).count(); }

/// Mean of a rate from `begin` to `end`; NAN where no sample covers any of it.
double mean_rate(const PoolTimeline& timeline, double TimelinePoint::*rate, double begin,
                 double end) {
  double sum = 0;
  double covered = 0;
  double before = 0;
  for (const TimelinePoint& point : timeline.points) {
    const double span = std::min(point.t_s, end) - std::max(before, begin);
    before = point.t_s;
    if (span <= 0) continue;
    sum += point.*rate * span;
    covered += span;
  }
  return covered > 0 ? sum / covered : NAN;
}

}  // namespace

std::vector<PhaseResult> phase_results(const scenarios::Timetable& timetable, pools::Nanos shift,
                                       pools::Nanos cut, const PoolTimeline& timeline,
                                       double elapsed_s) {
  std::vector<PhaseResult> results;
  for (const scenarios::PhaseSpan& span : timetable.phases()) {
    const double later = span.measured ? seconds(shift) : 0;
    PhaseResult phase;
    phase.name = span.name;
    phase.measured = span.measured;
    phase.begin_s = seconds(span.begin) + later;
    const double end_s = seconds(span.end) + (span.measured ? later : -seconds(cut));
    phase.end_s = std::min(end_s, elapsed_s);
    if (phase.end_s <= phase.begin_s) continue;  // a warm-up of no length, or stopped before
    phase.submitted_per_s =
        mean_rate(timeline, &TimelinePoint::submitted_per_s, phase.begin_s, phase.end_s);
    phase.throughput_per_s =
        mean_rate(timeline, &TimelinePoint::throughput_per_s, phase.begin_s, phase.end_s);
    results.push_back(std::move(phase));
  }
  return results;
}

}  // namespace results
