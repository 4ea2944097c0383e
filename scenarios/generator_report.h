// What the load generator says about a run: how much it sent, and how late. Plain values.
#pragma once

#include <cstdint>
#include <string>

#include "pools/clock.h"
#include "pools/metrics/latency_histogram.h"

namespace scenarios {

struct GeneratorReport {
  std::uint64_t sent = 0;       ///< submit calls made
  std::uint64_t refused = 0;    ///< of those, not accepted
  std::uint64_t unsent = 0;     ///< arrivals left in the timetable when the run was stopped
  pools::LatencyHistogram lag;  ///< submit - due, measured phases only
  /// Time spent in submits of measured phases that did not return at once (50 us): lag that a pool
  /// under `block` or `caller_runs` causes, rather than the generator.
  pools::Nanos held_up{0};
  /// How much later than in the timetable the measured phases were, because the warm-up's backlog
  /// was drained first.
  pools::Nanos shift{0};
  bool stopped = false;
  /// What the generator's thread was granted, as urgency_name() has it; a file may know others.
  std::string urgency = "normal";
  /// The measured phases began with none of the warm-up's tasks left in the pool.
  bool clear_start = true;
};

}  // namespace scenarios
