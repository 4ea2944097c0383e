// The timeline of one pool in one run: what the sampler found in each interval. The window draws
// it, the result file stores it.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace results {

/// Latency bins of one interval: bin i holds response times in [1 us * 10^(i/10), next), the first
/// also what is faster, the last (22 h) also what is slower.
inline constexpr std::size_t kLatencyBins = 110;

/// One sampling interval. Rates are per second over the interval; t is its end, counted from the
/// start of the trial (the warm-up included).
struct TimelinePoint {
  double t_s = 0;
  double submitted_per_s = 0;
  double throughput_per_s = 0;  ///< completed or failed
  double rejected_per_s = 0;
  double dropped_per_s = 0;  ///< expired, shed or evicted
  double steals_per_s = 0;   ///< tasks stolen
  double wakes_per_s = 0;
  double queue_depth = 0;
  double running = 0;
  double workers = 0;
  double utilisation = 0;  ///< busy time over worker time, 0..1
  double p50_us = NAN;     ///< response times of the interval; NAN when nothing finished
  double p90_us = NAN;
  double p99_us = NAN;
  double p999_us = NAN;
  double max_us = NAN;
  std::array<std::uint32_t, kLatencyBins> latency_bins{};
};

struct ScalingMark {
  double t_s = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::string policy;
  std::string reason;
};

/// What an admission policy did: a circuit breaker that opened.
struct PolicyMark {
  double t_s = 0;
  std::string policy;
  std::string state;
  std::string task_class;
  std::string reason;
};

struct PoolTimeline {
  static constexpr std::size_t kMostMarks = 10'000;

  std::string pool;
  std::vector<TimelinePoint> points;
  std::vector<ScalingMark> scaling;   ///< the first kMostMarks changes of the worker target
  std::uint64_t scaling_dropped = 0;  ///< how many came after them
  std::vector<PolicyMark> policies;   ///< the first kMostMarks

  void keep(PolicyMark mark) {
    if (policies.size() < kMostMarks) policies.push_back(std::move(mark));
  }
  void keep(ScalingMark mark) {
    if (scaling.size() < kMostMarks) {
      scaling.push_back(std::move(mark));
    } else {
      ++scaling_dropped;
    }
  }
};

}  // namespace results
