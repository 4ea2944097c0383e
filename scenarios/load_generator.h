// The load generator: offers a timetable to a pool, in real time, from the calling thread. A late
// send is sent late and its lag recorded; nothing is ever skipped. Closed phases are driven by
// completions instead: each client submits, waits for the outcome, thinks, submits again.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "pools/pool.h"
#include "scenarios/cores.h"
#include "scenarios/generator_report.h"
#include "scenarios/scenario.h"
#include "scenarios/timetable.h"
#include "scenarios/work/faults.h"
#include "scenarios/work/work.h"

namespace scenarios {

class LoadGenerator {
 public:
  /// Both must outlive run(); the tasks may outlive all three. `core`: where it is to run, if it
  /// may come before all others; empty: anywhere. Throws pools::ConfigError for a kind of work that
  /// does not exist.
  LoadGenerator(const Scenario& scenario, const Timetable& timetable, const Cores& core = {});

  /// Serves all phases; `start` is the run's time zero. Returns at the end of the last phase (later
  /// if the generator has fallen behind: all arrivals are sent), or within about 10 ms of a stop
  /// request, unless a submit blocks: shut the pool down to end that. Does not wait for the pool to
  /// drain. A pool that answers ShuttingDown ends the run as a stop request does. Call once.
  /// `measuring` is called, on this thread, when the warm-up is over; not where there is none.
  GeneratorReport run(pools::Pool& pool, pools::Instant start, std::stop_token stop,
                      const std::function<void()>& measuring = {});

  /// Ends the warm-up, if it still goes on; any thread. What was left of it is not sent.
  void end_warm_up() noexcept { warm_.store(true, std::memory_order_relaxed); }

  /// For progress displays; any thread.
  std::uint64_t sent() const noexcept { return sent_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  /// How far the measured phases lie behind the timetable; final once the warm-up was drained.
  pools::Nanos shift() const noexcept {
    return pools::Nanos{shift_ns_.load(std::memory_order_relaxed)};
  }

 private:
  friend class Offering;  // one call of run(), in the .cpp

  const Scenario& scenario_;
  const Timetable& timetable_;
  const Cores core_;
  std::vector<const Work*> work_;  // by class; lives as long as the process
  std::vector<Faults> faults_;     // by class
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<pools::Nanos::rep> shift_ns_{0};
  std::atomic<bool> warm_{false};
};

}  // namespace scenarios
