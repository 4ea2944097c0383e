// The load generator: offers a timetable to a pool, in real time, from the calling thread. A late
// send is sent late and its lag recorded; nothing is ever skipped.
#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>

#include "pools/metrics/latency_histogram.h"
#include "pools/pool.h"
#include "scenarios/scenario.h"
#include "scenarios/timetable.h"

namespace scenarios {

struct GeneratorReport {
  std::uint64_t sent = 0;       ///< submit calls made
  std::uint64_t refused = 0;    ///< of those, not accepted
  std::uint64_t unsent = 0;     ///< arrivals left in the timetable when the run was stopped
  pools::LatencyHistogram lag;  ///< submit - due, measured phases only
  bool stopped = false;
};

class LoadGenerator {
 public:
  LoadGenerator(const Scenario& scenario, const Timetable& timetable);

  /// Serves all phases; `start` is the run's time zero. Returns when the last arrival was sent and
  /// closed phases have ended, or soon after a stop request. Does not wait for the pool to drain.
  GeneratorReport run(pools::Pool& pool, pools::Instant start, std::stop_token stop);

  /// For progress displays; any thread.
  std::uint64_t sent() const noexcept { return sent_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  const Scenario& scenario_;
  const Timetable& timetable_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace scenarios
