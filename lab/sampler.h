// The sampler: takes a pool's snapshot at a steady beat, subtracts the one before and hands over a
// point of the timeline. The pool's workers never wait for it, and it never preempts them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pools/pool.h"
#include "results/timeline.h"
#include "scenarios/scenario.h"

namespace lab {

/// What happened between two snapshots of one pool; t counts from `origin`.
results::TimelinePoint difference(const pools::PoolSnapshot& before,
                                  const pools::PoolSnapshot& after, pools::Instant origin);

/// One beat.
struct Sample {
  results::TimelinePoint point;
  std::vector<results::ScalingMark> scaling;  ///< since the beat before
  std::uint64_t scaling_missed = 0;           ///< of these, already forgotten by the pool
  std::vector<results::PolicyMark> policies;  ///< since the beat before
  pools::PoolSnapshot snapshot;
};

void append(results::PoolTimeline& timeline, const Sample& sample);

/// For marks.
std::vector<std::string> class_names(const scenarios::Scenario& scenario);

class Sampler {
 public:
  using Sink = std::function<void(Sample&&)>;

  /// Starts at once, on a thread of its own. Deadlines are absolute (origin + k * interval): a late
  /// beat does not delay the next. `sink` is called on that thread.
  /// `classes`: the names of the tasks' classes, for marks. Requires: `pool` outlives finish().
  Sampler(const pools::Pool& pool, pools::Instant origin, scenarios::Seconds interval, Sink sink,
          std::vector<std::string> classes = {});
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// Takes a last sample at the next beat (at most 0.1 s away) and stops. Once. Throws what ended
  /// the sampling early: no memory, or what the sink threw. The destructor stops likewise and drops
  /// that.
  void finish();

 private:
  void stop();
  void run() noexcept;
  void beat();
  void take();

  // set once
  const pools::Pool& pool_;
  const pools::Instant origin_;
  const pools::Nanos interval_;
  const Sink sink_;
  const std::vector<std::string> classes_;
  // the sampler's thread only
  pools::PoolSnapshot before_;
  std::size_t marks_seen_ = 0;
  std::exception_ptr failure_;  // whoever joined the thread may read it
  // guarded by mutex_
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace lab
