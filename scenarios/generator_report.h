// What the load generator says about a run: how much it sent, and how late. Plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "pools/clock.h"
#include "pools/metrics/latency_histogram.h"

namespace scenarios {

/// The generator slept or spun until an instant and came back so much later: its thread stood
/// still. Where it goes before all others that is the machine's doing, not the load's.
struct Hiccup {
  pools::Instant at{};  ///< when it was over
  pools::Nanos length{0};
};

/// The longest of them. Not thread safe.
class Hiccups {
 public:
  static constexpr std::size_t kKept = 64;
  /// Shorter ones are what a timer and a wake-up take.
  static constexpr pools::Nanos kShortest = std::chrono::microseconds{100};

  void saw(pools::Instant at, pools::Nanos length) {
    if (length < kShortest) return;
    if (kept_.size() < kKept) {
      kept_.push_back({at, length});
    } else if (const auto least = std::ranges::min_element(kept_, {}, &Hiccup::length);
               least->length < length) {
      *least = {at, length};
    }
  }
  const std::vector<Hiccup>& kept() const noexcept { return kept_; }

 private:
  std::vector<Hiccup> kept_;
};

struct GeneratorReport {
  std::uint64_t sent = 0;       ///< submit calls made
  std::uint64_t refused = 0;    ///< of those, not accepted
  std::uint64_t unsent = 0;     ///< arrivals left in the timetable when the run was stopped
  pools::LatencyHistogram lag;  ///< submit - due, measured phases only
  /// Time spent in submits of measured phases that did not return at once (50 us): lag that a pool
  /// under `block` or `caller_runs` causes, rather than the generator.
  pools::Nanos held_up{0};
  /// How long before an arrival the generator woke and spun, at the end. NAN: a file does not tell.
  double spin_us = std::numeric_limits<double>::quiet_NaN();
  /// How much of the timetable's warm-up was left out, because all was steady.
  pools::Nanos cut{0};
  /// How much later than in the timetable the measured phases were: the warm-up's backlog was
  /// drained first, what was left out of it came not at all. May be negative.
  pools::Nanos shift{0};
  bool stopped = false;
  /// What the generator's thread was granted, as urgency_name() has it; a file may know others.
  std::string urgency = "normal";
  Hiccups hiccups;  ///< of the measured phases
  /// How long after it was due each arrival of the timetable was sent, in ns: up to 16 ms exact.
  /// NAN: it was not sent.
  std::vector<float> lag_of;
  /// The measured phases began with none of the warm-up's tasks left in the pool.
  bool clear_start = true;
};

}  // namespace scenarios
