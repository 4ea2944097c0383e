// A scenario: what load to offer to which pools, and what is expected of them. Plain values; read
// from JSON by scenario_json.h, used by the load generator, the session and the window.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pools/knobs.h"
#include "pools/pool_config.h"
#include "scenarios/sweep.h"

namespace scenarios {

using Seconds = std::chrono::duration<double>;

/// One kind of task in the mix.
struct TaskClass {
  std::string name = "task";
  double weight = 1;       ///< share of the arrivals, relative to the other classes
  std::uint8_t level = 0;  ///< 0 the most urgent; "high" "medium" "low" are 0 1 2 in the file
  std::chrono::microseconds deadline{0};  ///< after the intended arrival; 0: none
  std::chrono::microseconds timeout{0};   ///< of a run; 0: none
  std::optional<pools::Choice> retry;     ///< instead of its pool's
  pools::Choice work{"cpu", {}};          ///< row of the work catalog
  pools::Choice service{"constant", {}};  ///< row of the service-time catalog
};

struct Phase {
  std::string name;
  Seconds duration{1};
  pools::Choice arrival{"poisson", {}};  ///< row of the arrival catalog
};

inline constexpr std::uint32_t kMostRepetitions = 1000;

/// Lets the warm-up go on until a figure has settled.
struct SteadyState {
  std::string metric = "throughput_per_s";  ///< one of steady_metrics()
  double limit_pct = 5;  ///< by how much the figure's trend may change it over the window
  Seconds window{1};     ///< looked at, up to now
  Seconds max_wait{10};  ///< beyond the warm-up; then the trial says that it was not steady
};

const std::vector<std::string_view>& steady_metrics();

/// The shortest `SteadyState::window`: fewer points have no trend.
constexpr Seconds least_steady_window(Seconds sample_interval) { return 10 * sample_interval; }

struct RunPlan {
  Seconds warmup{1};  ///< the first phase's load, served before measuring starts
  std::optional<SteadyState> steady_state;  ///< none: the warm-up lasts as long as it says
  bool drain_after_warmup = true;
  Seconds drain_timeout{10};
  std::uint32_t repetitions = 1;  ///< blocks; in each every pool serves the load once
  /// Above 0: at most so many blocks, until every comparison is conclusive. See looks().
  std::uint32_t until_conclusive = 0;
  bool aa_control = true;  ///< a second copy of the baseline in each block, if several
  std::vector<double> percentiles{50, 90, 99, 99.9};
  Seconds sample_interval{0.05};  ///< of the time series
};

struct GeneratorPlan {
  /// Wakes this long before each arrival and spins; none: as long as a WakeLead says.
  std::optional<std::chrono::microseconds> spin;
  std::chrono::nanoseconds timer_slack{1};
  std::string core = "auto";  ///< one of core_wishes(): whether it has a core of its own
};

/// One gate. `metric` with `stat` and optional filters, compared with `value`; where `compare`
/// names two pools ("a/b") the figure is the ratio of theirs.
struct Expectation {
  std::string metric;  ///< response_us, queue_wait_us, service_us, generator_lag_us,
                       ///< throughput_per_s, a ledger key, steals, scale_up, scale_down, ...
  std::string stat;    ///< p50 p90 p95 p99 p99.9 max mean count rate_per_s
  std::string op;      ///< < <= > >= ==
  double value = 0;
  std::string pool;  ///< empty: every pool
  std::string task_class;
  std::string phase;
  std::string compare;  ///< "steal/push", or empty
  /// What of the figure's 95 % interval over several trials must hold; see gate_bounds().
  std::string bound;
};

/// Asks for the highest rate at which a response time stays below a bound, of every pool.
struct CapacityGoal {
  std::string stat = "p99";  ///< of response_us: a percentile or the mean
  std::string task_class;    ///< empty: all
  double below_us = 1000;
  double precision_pct = 5;       ///< a search ends when what was kept and missed are so near
  double most_per_s = 2'000'000;  ///< no higher rate is tried
};

struct Scenario {
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  RunPlan run;
  GeneratorPlan generator;
  std::vector<TaskClass> classes{TaskClass{}};
  std::vector<Phase> phases;
  std::vector<pools::PoolConfig> pools;  ///< the file's, or one of each of the five strategies
  std::string baseline;                  ///< id of the pool the others are compared with
  Matrix matrix;                         ///< empty: the scenario as it stands
  std::optional<CapacityGoal> capacity;  ///< set: a search, in place of trials at the file's rates
  std::vector<Expectation> expect;
  std::string source_path;  ///< where it was read from, for messages
  std::string text;         ///< the JSON as run, after --set, for the result file
};

}  // namespace scenarios
