// What a trial's own figures say about it: whether its timing may be trusted, and whether the pool
// kept its promises. Pure functions.
#pragma once

#include <cstdint>

#include "results/run_result.h"

namespace results {

/// What late sends add to one percentile of the response: the same percentile counted from the
/// actual send is that much shorter.
struct Lateness {
  double percentile = 0;
  double response_us = 0;
  double added_us = 0;

  /// Whether it is too much: more than a tenth of the response, and more than the 10 us to which a
  /// machine can hardly be held.
  bool spoils() const noexcept;
  double share() const noexcept { return added_us / response_us; }
};

Lateness lateness(const pools::SeriesReport& sum, double percentile);

/// Sets `valid` and appends to `flags` what the trial's own figures say about it: a generator whose
/// late sends make a tenth of a response percentile (p50 to p99.9, those with enough samples) and
/// more than 10 us of it, a ledger that does not close, outcomes of the series that do not add up
/// to it; says how many tasks were cancelled for lack of time. Also flags a machine whose cores
/// others used: threads of ours waited while the process had less than its `usable_cores`, for more
/// than a tenth of their time, or were held back by a CPU quota; a machine whose speed changed by
/// more than 3 % (by more than 10 % it spoils the trial); a timetable that is not what was planned,
/// which spoils it; sends that were not as planned; a backlog that the warm-up left.
void self_check(Trial& trial, std::uint32_t usable_cores);

}  // namespace results
