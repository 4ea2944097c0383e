// A session: a list of trials, each a pool serving the scenario once, one after the other so that
// none disturbs another. The same code runs behind `poollab run`, the window and the tests. The
// session owns its threads; observers read copies.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lab/trial_source.h"
#include "lab/trial_views.h"
#include "results/run_result.h"
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
  double p99_us = 0;  ///< response time over the trial so far; 0: too few tasks yet
};

class Session {
 public:
  struct Options {
    bool gui = false;      ///< tag the result: a window was open
    bool quick = false;    ///< likewise: the scenario is a shortened one
    bool retries = false;  ///< run a spoilt trial again: see worth_another_try()
    /// Called on the session's thread before each try of a trial, which progress() names already
    /// and which begins when it returns; the token says when it should not wait any longer.
    std::function<void(const std::stop_token& stop)> before_trial{};
  };

  /// Runs the first trials of `source`, in this order, then those it has more, of the same pools.
  /// Throws
  /// pools::ConfigError for a pool that the scenario does not have, scenarios::ScenarioError for
  /// parameters that do not go with it: before anything is run.
  Session(const scenarios::Scenario& scenario, TrialSource source, Options options);
  /// What the scenario asks for: trial_source().
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
  /// In the order they are run, as far as that is known: a search goes on from what it found.
  std::vector<scenarios::TrialSpec> trials() const;

  /// A window has drawn a frame: the trial that goes on says how many there were.
  void note_frame() noexcept;

  /// What happened in trial `index`, points from `from_point` and marks from `from_mark` on: an
  /// observer that passes how many it has gets only what is new (of the same try: see there).
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
