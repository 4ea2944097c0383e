// A session: one scenario served by its pools, one after the other so that none disturbs another.
// The same code runs behind `poollab run`, the window and the tests. The session owns its threads;
// observers read copies.
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

namespace lab {

enum class SessionState : std::uint8_t {
  Ready,        ///< not started
  Running,      ///< serving load
  Finished,     ///< every pool was measured
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
  std::size_t pool = 0;  ///< index of the pool being served (== pools when over)
  std::size_t pools = 0;
  std::string pool_id;
  std::string phase;   ///< "warm-up", a phase's name, "draining"
  double trial_s = 0;  ///< into the present trial
  double trial_total_s = 0;
  double share = 0;  ///< of the whole session, 0..1
  std::string error;
  Failure failure = Failure::None;
  pools::Ledger ledger;  ///< of the pool being served, as of the last sample
  double throughput_per_s = 0;
  double p99_us = 0;  ///< response time over the trial so far; 0: nothing yet
};

/// A pool as an observer sees it while the session runs.
struct PoolView {
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
    std::vector<std::string> only;  ///< pool ids to run; empty: all of the scenario's
    bool gui = false;               ///< tag the result: a window was drawing
    bool quick = false;             ///< likewise: the scenario is a shortened one
  };

  /// Throws pools::ConfigError for an unknown id in `only`.
  Session(scenarios::Scenario scenario, Options options);
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
  const scenarios::Scenario& scenario() const noexcept;
  const std::vector<scenarios::PhaseSpan>& phases() const noexcept;
  /// Ids of the pools this session runs, in order.
  const std::vector<std::string>& pool_ids() const noexcept;

  /// What pool `index` did, points from `from_point` and marks from `from_mark` on: an observer
  /// that passes how many it has gets only what is new.
  PoolView view(std::size_t index, std::size_t from_point = 0, std::size_t from_mark = 0) const;

  /// What came of pool `index`; none until its trial is over.
  std::optional<results::Trial> trial(std::size_t index) const;

  /// Requires: over (Finished, Interrupted or Failed). Verdicts included.
  results::RunResult result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lab
