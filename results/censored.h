// Latencies of which some are known only to be at least so long: tasks that were cancelled, or
// never sent, count with the age they had reached. A figure of them lies between two bounds: as if
// these tasks had just ended, and as if they never would.
#pragma once

#include <cstdint>
#include <optional>

#include "pools/metrics/latency_histogram.h"

namespace results {

/// In microseconds; NAN where nothing was measured, `high` infinite where nothing limits it.
struct Bounds {
  double low = 0;
  double high = 0;
  /// The two are the same, but for the histogram's own error.
  bool exact() const noexcept { return !(high > low * 1.002); }
};

class CensoredLatency {
 public:
  /// Requires: both outlive it.
  CensoredLatency(const pools::LatencyHistogram& finished, const pools::LatencyHistogram& unserved);

  /// The lower bounds: `finished`, and the others with their age.
  const pools::LatencyHistogram& lower() const noexcept { return both_ ? *both_ : finished_; }
  bool censored() const noexcept { return both_.has_value(); }

  Bounds percentile(double percent) const noexcept;
  Bounds mean() const noexcept;
  Bounds min() const noexcept;
  Bounds max() const noexcept;

 private:
  Bounds open_above(double low_us) const noexcept;

  const pools::LatencyHistogram& finished_;
  std::optional<pools::LatencyHistogram> both_;  // only where some are censored
};

}  // namespace results
