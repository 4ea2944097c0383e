// The latency-load curve: what a pool's response times are at each load of a sweep, and where the
// knee is. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/run_result.h"

namespace results {

/// One load, the medians over its trials that may be compared; of the others, where there are none.
struct LoadPoint {
  double rate_per_s = 0;   ///< asked for
  std::size_t trials = 0;  ///< that may be compared; 0: not to be trusted
  double offered_per_s = 0;
  double throughput_per_s = 0;
  double mean_us = 0;  ///< response time, as the percentiles; NAN: cannot be said
  double p50_us = 0;
  double p99_us = 0;
};

struct LoadCurve {
  std::string pool;
  scenarios::Parameters parameters;  ///< what else the sweep changed
  std::vector<LoadPoint> points;     ///< by rate
  /// The load with the most throughput per mean response time ("power"; L. Kleinrock, "Power and
  /// deterministic rules of thumb for probabilistic problems in computer communications", 1979).
  /// None where that is the lowest or the highest load: then it may lie beyond.
  std::optional<std::size_t> knee;
};

/// Fewer loads are no curve.
inline constexpr std::size_t kLeastLoads = 3;

/// Of every pool whose trials a sweep served at three rates or more (scenarios::kRateKnob), in the
/// scenario's order. Nothing of a search: there each pool has rates of its own.
std::vector<LoadCurve> load_curves(const RunResult& result);

}  // namespace results
