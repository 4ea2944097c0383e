// The timetable: every arrival of a run, computed from the seed before the run starts, never from
// completions. The same scenario and seed give the same timetable on every machine and for every
// pool.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/arrivals/arrival_plan.h"
#include "scenarios/scenario.h"

namespace scenarios {

/// One arrival. Times count from the start of the run.
struct Arrival {
  std::chrono::nanoseconds due{0};
  std::chrono::nanoseconds service{0};  ///< how long the task shall take on an idle core
  std::uint16_t phase = 0;
  std::uint16_t task_class = 0;
};

inline constexpr const char* kWarmUpName = "warm-up";

/// A phase laid out on the run's time axis. The warm-up is phase 0, not measured: the first phase's
/// mean load, held level (its clients where it is closed).
struct PhaseSpan {
  std::string name;
  std::chrono::nanoseconds begin{0};
  std::chrono::nanoseconds end{0};
  bool measured = true;
  /// Set for a closed phase: its arrivals follow completions, so the timetable holds none.
  std::uint32_t clients = 0;
  std::chrono::nanoseconds think{0};  ///< mean
  bool think_varies = true;           ///< exponentially; else always the mean
  Seconds demand{0};                  ///< its arrivals' service times together
};

class Timetable {
 public:
  /// `seed` 0: the scenario's own. Throws pools::ConfigError for a scenario that did not come from
  /// the reader and cannot be.
  explicit Timetable(const Scenario& scenario, std::uint64_t seed = 0);

  const std::vector<Arrival>& arrivals() const noexcept { return arrivals_; }
  const std::vector<PhaseSpan>& phases() const noexcept { return phases_; }
  std::chrono::nanoseconds duration() const noexcept;
  /// What the arrivals of a phase were drawn from.
  const ArrivalPlan& plan(std::size_t phase) const { return plans_.at(phase); }
  std::size_t classes() const noexcept { return classes_; }
  std::uint64_t seed() const noexcept { return seed_; }

  /// The index a task of this phase and class is recorded under (pools::SubmitOptions::series).
  std::uint16_t series(std::size_t phase, std::size_t task_class) const noexcept {
    return static_cast<std::uint16_t>(phase * classes_ + task_class);
  }
  std::uint16_t series_count() const noexcept {
    return static_cast<std::uint16_t>(phases_.size() * classes_);
  }

 private:
  std::vector<Arrival> arrivals_;
  std::vector<PhaseSpan> phases_;
  std::vector<ArrivalPlan> plans_;  // of each phase
  std::size_t classes_ = 1;
  std::uint64_t seed_ = 1;
};

/// The load a scenario offers, tasks per second at `points` instants evenly spaced over the
/// measured phases: what previews and the window's offered-load line draw. Closed phases show 0.
std::vector<double> offered_load(const Scenario& scenario, std::size_t points);

/// The longest that the warm-up may last.
Seconds longest_warm_up(const RunPlan& run);

/// How many arrivals the timetable will hold on average, the warm-up's included; closed phases
/// count none.
double expected_arrivals(const Scenario& scenario);

}  // namespace scenarios
