// Judges a scenario's gates over the trials of a run. Three-valued: what the measurement cannot
// decide is inconclusive, never quietly passed or failed. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/run_result.h"

namespace results {

/// One figure of one trial, as a gate names it.
struct Observation {
  double value = 0;  ///< NAN when there is none; where tasks were cancelled, at least this
  /// Why the value cannot decide a gate ("12 samples, p99.9 needs 10 beyond it"); empty: it can.
  std::string doubt;
  /// Where the value is a lower bound: at most this, INFINITY where nothing limits it.
  std::optional<double> at_most = {};
};

/// The figure that metric, stat, class and phase of `gate` name.
Observation observe(const Trial& trial, const scenarios::Expectation& gate);

/// Whether late sends are a good part of this very figure, if not of the whole trial's. Not where a
/// full queue holds the submitter up: that is the pool's own doing.
bool late_sends_reach(const Trial& trial, const scenarios::Expectation& gate);

/// One verdict per gate and pool it applies to, in the order of the gates. Pools that were not run
/// are not judged, nor, by a gate that names no pool, those that do not have the figure
/// (scenarios::what_lacks); where such a pool is named, the verdict is open. Of several trials of
/// one pool the median counts.
///
/// Where tasks were cancelled a latency is known to lie between two bounds (censored.h): a gate
/// that holds at both passes, one that holds at neither fails, else it is inconclusive.
///
/// A trial that is not valid (late generator, noise) can pass a gate, because what spoilt it made
/// it slower, not faster; what it misses is inconclusive. So is a response time that is missed
/// where late sends are a good part of that very figure, be the trial valid or not. A trial that is
/// not sound decides nothing.
///
/// A ratio of two pools ("compare") over six blocks and more is decided by its interval
/// (comparison.h): it holds where it would at either end, fails where at neither. A gate with a
/// `bound` (scenarios::gate_bounds) judges that end of the interval, or both.
std::vector<GateVerdict> evaluate(const std::vector<scenarios::Expectation>& gates,
                                  const std::vector<Trial>& trials);

/// A gate on a figure that is known to lie between two bounds: it passes where it holds at both,
/// fails where at neither. NAN bounds leave it open.
GateVerdict judged_within(const scenarios::Expectation& gate, std::string who, double observed,
                          double low, double high);

/// Fail before Inconclusive before Pass; Pass where there is no gate.
Verdict overall(const std::vector<GateVerdict>& verdicts);

}  // namespace results
