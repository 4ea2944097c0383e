// What a trial comes to in numbers, and what several of them do. Plain values, any thread.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace lab::gui {

/// The latencies that can be plotted over time.
inline constexpr std::array<const char*, 4> kPercentileNames{"p50", "p90", "p99", "p99.9"};
inline constexpr std::array<double, 4> kPercentiles{0.50, 0.90, 0.99, 0.999};

/// One row of the comparison. NaN: nothing to say.
struct Figures {
  double throughput_per_s = NAN;
  std::array<double, 4> percentile_ns{NAN, NAN, NAN, NAN};
  double max_ns = NAN;
  /// Tasks were cancelled: the latency is a lower bound.
  std::array<bool, 4> percentile_at_least{};
  bool max_at_least = false;
  double refused_share = NAN;  ///< of what was submitted, 0..1
  double steals = NAN;
  double workers = NAN;     ///< mean
  double busy_share = NAN;  ///< of the workers' time spent in tasks, 0..1
};

/// Response time over percentile: what the percentile plot draws.
struct PercentileCurve {
  std::vector<double> nines;
  std::vector<double> response_ns;
};

/// What one trial of a pool came to.
struct BlockFigures {
  std::uint32_t block = 0;
  bool valid = true;
  bool cut_short = false;
  Figures figures;
  PercentileCurve curve;
  bool counts() const { return valid && !cut_short; }
};

/// The median of each figure and of each point of the curve, over the blocks that count; where none
/// does, over all. A lower bound in any of them makes one of the median. Of a single block that
/// block itself. Requires: blocks are not empty.
BlockFigures medians(const std::vector<BlockFigures>& blocks);

}  // namespace lab::gui
