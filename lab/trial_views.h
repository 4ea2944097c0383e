// What observers see of a session's trials while it runs. Who serves never waits for who watches:
// an observer that loses its core with the lock in its hands (a window draws at SCHED_IDLE) delays
// what is seen, not what is measured.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lab/sampler.h"
#include "pools/metrics/snapshot.h"
#include "results/run_result.h"
#include "results/timeline.h"

namespace lab {

/// A trial as an observer sees it while the session runs.
struct TrialView {
  /// Points and scaling marks from the indices asked for on; what policies did from the first on.
  results::PoolTimeline timeline;
  pools::Ledger ledger;
  pools::Refusals refusals;  ///< why the ledger's rejected ones were
  pools::LatencyHistogram response{
      pools::LatencyHistogram::kLiveBits};  ///< cumulative, whole trial
  std::vector<pools::WorkerSnapshot> workers;
  /// How often it was begun; a try that was spoilt leaves nothing to the next. 0: not yet.
  unsigned tries = 0;
  bool started = false;
  bool finished = false;  ///< this try of it
};

/// The last interval of a trial in a few numbers.
struct TrialGlimpse {
  bool started = false;
  bool finished = false;
  pools::Ledger ledger;
  double throughput_per_s = 0;
  double p99_us = 0;  ///< response time over the trial so far; 0: nothing yet
};

class TrialViews {
 public:
  /// A trial of that pool, behind those before. Waits for observers, so not while one is served.
  void add_trial(const std::string& pool);

  // By one thread at a time: the session's, or the sampler's while there is one.
  /// A try of the trial begins. Never waits.
  void start(std::size_t index);
  /// Never waits: while an observer holds the lock, samples are kept for the next call.
  void keep(std::size_t index, Sample&& sample);
  /// It is over. Waits for observers: nothing is served now.
  void finish(std::size_t index, const results::Trial& done);

  // By any thread.
  TrialView view(std::size_t index, std::size_t from_point, std::size_t from_mark) const;
  TrialGlimpse glimpse(std::size_t index) const;

 private:
  void let_in(std::size_t index);
  void take_waiting(std::size_t index);

  // the writing thread only
  std::vector<std::optional<Sample>> waiting_;  ///< of one trial; none: a try of it begins
  // guarded by mutex_
  mutable std::mutex mutex_;
  std::vector<TrialView> views_;
};

}  // namespace lab
