// A session's work as a plain list of trials: which pool serves the load, with what changed, when,
// and from which seed. Who wants other trials (repetitions, a sweep) makes another list; what runs,
// watches and reports them knows nothing of why they are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/scenario.h"

namespace scenarios {

/// One pool to serve the load once.
struct TrialSpec {
  std::string pool;  ///< id in the scenario
  /// What a sweep changes in the scenario for this trial.
  Parameters parameters;
  std::uint32_t point = 0;     ///< which combination of the sweep, from 0
  std::uint32_t block = 0;     ///< trials of one block are for comparing; from 0
  std::uint32_t position = 0;  ///< its place in the block, from 0
  std::string arm;  ///< sets apart what is otherwise the same in a block: "a/a"; mostly empty
  std::uint64_t seed = 1;  ///< of all that is random in it
};

/// The arm of a second copy of the baseline.
inline constexpr const char* kControlArm = "a/a";

/// The pool that the others are compared with: the scenario's, or if it names none its first.
/// Empty without pools.
std::string baseline_of(const Scenario& scenario);

/// After how many blocks it is asked whether every comparison is conclusive: ten (or `repetitions`,
/// if more), then half as many again, up to the cap. Each is a chance to be fooled, so confidence
/// is divided among them. Without `until_conclusive` only at the end.
std::vector<std::uint32_t> looks(const RunPlan& run);

/// Where all that is random in a block starts from.
std::uint64_t seed_of_block(std::uint64_t seed, std::uint32_t block);

/// As many blocks as `run` says, or as there are before the first of several looks(). In each every
/// pool serves the load once, with every combination of the matrix that concerns it; in several
/// also a second copy of the baseline (with the first combination), if there is anything to compare
/// with it and `run` wants that. The first block has the scenario's seed, each other one its own. A
/// single block is in the scenario's order; of several the orders make Latin squares, a new one
/// when the last is used up, so that no pool is always the first, or always behind the same other
/// one.
std::vector<TrialSpec> plan(const Scenario& scenario);

/// Whether a pool serves the load in several trials that are set against each other: one that was
/// spoilt is then worth another.
bool takes_several(const Scenario& scenario);

/// How many trials a block has without its control; of a search about how many it takes.
std::size_t trials_a_block(const Scenario& scenario);

/// The blocks from `first` to before `end` of a plan with any number of them.
std::vector<TrialSpec> plan_blocks(const Scenario& scenario, std::uint32_t first,
                                   std::uint32_t end);

/// What parameters make of the scenario; no matrix is left in it. Throws ScenarioError where that
/// is no scenario the reader would accept.
Scenario with_parameters(const Scenario& scenario, const Parameters& parameters);

/// The scenario with these pools only, in its own order; empty: all of them. Throws
/// pools::ConfigError, naming the nearest, for an id that it does not have.
Scenario with_pools(Scenario scenario, const std::vector<std::string>& ids);

/// Warm-up and phases of one trial, as planned.
Seconds trial_length(const Scenario& scenario);

/// Names trials for people, one after the other: "pull", then "pull #2" for the next that does not
/// differ by arm or parameters. A title depends on earlier trials only, so it stays when the list
/// grows.
class TrialTitles {
 public:
  std::string next(const TrialSpec& trial);

 private:
  std::map<std::string, std::size_t> seen_;
};

}  // namespace scenarios
