// A session: a list of trials, each a pool serving the scenario once, one after the other so that
// none disturbs another. The same code runs behind `poollab run`, the window and the tests. The
// session owns its threads; observers read copies.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "results/run_result.h"
#include "results/timeline.h"
#include "scenarios/scenario.h"
#include "scenarios/timetable.h"
#include "scenarios/trial_plan.h"

namespace lab {

enum class SessionState : std::uint8_t {
  Ready,        ///< not started
  Running,      ///< serving load
  Finished,     ///< every trial was measured
  Interrupted,  ///< stopped early; what was measured is kept
  Failed,       ///< could not go on: see error
};

/// Why a session failed; decides the exit status of a headless run.
enum class Failure : std::uint8_t {
  None,
  Config,     ///< a pool cannot be built as configured
  Resources,  ///< no thread or no memory
  /// A pool would not end; the process still holds its threads: leave by _Exit. Also of a session
  /// that was interrupted in the midst of a long task.
  Hang,
  Internal,  ///< anything else
};

struct SessionProgress {
  SessionState state = SessionState::Ready;
  std::size_t trial = 0;  ///< index of the one that goes on (== trials when over)
  std::size_t trials = 0;
  std::string title;   ///< of that trial: "pull", "pull #2"
  std::string phase;   ///< "warm-up", a phase's name, "draining"
  double trial_s = 0;  ///< into the present trial
  double trial_total_s = 0;
  double share = 0;   ///< of the whole session, 0..1
  double left_s = 0;  ///< of all timetables; how long pools drain nobody knows
  std::string error;
  Failure failure = Failure::None;
  pools::Ledger ledger;  ///< of the present trial, as of the last sample
  double throughput_per_s = 0;
  double p99_us = 0;  ///< response time over the trial so far; 0: nothing yet
};

/// A trial as an observer sees it while the session runs.
struct TrialView {
  results::PoolTimeline timeline;  ///< points and marks from the indices asked for on
  pools::Ledger ledger;
  pools::LatencyHistogram response{
      pools::LatencyHistogram::kLiveBits};  ///< cumulative, whole trial
  std::vector<pools::WorkerSnapshot> workers;
  bool started = false;
  bool finished = false;
};

class Session {
 public:
  struct Options {
    bool gui = false;    ///< tag the result: a window was drawing
    bool quick = false;  ///< likewise: the scenario is a shortened one
    /// Runs a spoilt trial again: see worth_another_try(). Not for who shows trials one by one.
    bool retries = false;
  };

  /// Runs these trials, in this order. Throws pools::ConfigError for a pool that the scenario does
  /// not have, scenarios::ScenarioError for parameters that do not go with it: before anything is
  /// run.
  Session(const scenarios::Scenario& scenario, std::vector<scenarios::TrialSpec> trials,
          Options options);
  /// Every pool once: scenarios::plan().
  Session(const scenarios::Scenario& scenario, Options options);
  /// Stops and joins.
  ~Session();

  /// Starts serving on a thread of the session's own. Call once.
  void start();
  /// Asks to end early: cancels what is queued, keeps what was measured. Safe in any thread (not in
  /// a signal handler).
  void stop();
  /// Blocks until the session is over.
  void wait();
  /// The same for at most `limit`; true when it is over.
  bool wait_for(std::chrono::milliseconds limit);

  SessionProgress progress() const;
  /// With the pools that are served, only.
  const scenarios::Scenario& scenario() const noexcept;
  /// Of the first trial; parameters may change those of others.
  const std::vector<scenarios::PhaseSpan>& phases() const noexcept;
  /// In the order they are run.
  const std::vector<scenarios::TrialSpec>& trials() const noexcept;

  /// What happened in trial `index`, points from `from_point` and marks from `from_mark` on: an
  /// observer that passes how many it has gets only what is new.
  TrialView view(std::size_t index, std::size_t from_point = 0, std::size_t from_mark = 0) const;

  /// What came of trial `index`; none until it is over.
  std::optional<results::Trial> trial(std::size_t index) const;

  /// Requires: over (Finished, Interrupted or Failed). Verdicts included.
  results::RunResult result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a trial of several blocks, run so often by now, is to be run again: it was spoilt by
/// others, and a comparison lacks it. All tries are kept in the result, with their flags. Once all
/// tries of one were in vain, the later ones get no other.
bool worth_another_try(const results::Trial& trial, unsigned tries) noexcept;

}  // namespace lab
