// The search for the highest rate that keeps a response time below a bound: per pool a bracket of a
// rate that was kept and one that was missed, first doubled until it holds both, then halved (of
// the logarithm) until it is as narrow as wanted. One search a block; the later ones begin where
// the first ended, so that most of their trials are near the answer. The pools take turns, so that
// a machine that changes meanwhile changes for all. Nothing here runs anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/trial_plan.h"

namespace lab {

class CapacitySearch {
 public:
  /// Requires: scenario.capacity.
  explicit CapacitySearch(const scenarios::Scenario& scenario);

  /// The next trial of every pool that is not done in this block; of all, in the next block. Empty:
  /// that was all. `so_far` holds the outcome of what was returned before.
  std::vector<scenarios::TrialSpec> next(const results::RunResult& so_far);

 private:
  /// The search of one pool in the present block.
  struct Hunt {
    std::string pool;
    std::string arm;
    double start_per_s = 0;
    double kept_per_s = 0;    ///< 0: none yet
    double missed_per_s = 0;  ///< 0: none yet
    double asked_per_s = 0;   ///< of the trial that is under way; 0: none
    bool done = false;
  };

  void digest(Hunt& hunt, const results::RunResult& so_far) const;
  /// 0: nothing more to try.
  double next_rate(const Hunt& hunt) const;
  void begin_block();

  const scenarios::CapacityGoal goal_;
  const std::uint64_t seed_;
  const std::uint32_t blocks_;
  const double lowest_per_s_;
  const double highest_per_s_;
  std::vector<Hunt> hunts_;
  std::uint32_t block_ = 0;
  std::uint32_t round_ = 0;
  std::uint32_t position_ = 0;
};

}  // namespace lab
