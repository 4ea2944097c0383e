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
  /// What a sweep changes in the scenario for this trial: values by JSON pointer, as --set takes
  /// them.
  std::map<std::string, std::string> parameters;
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

/// As many blocks as `run` says. In each every pool serves the load once; in several also a second
/// copy of the baseline, if there is anything to compare with it and `run` wants that. The first
/// block has the scenario's seed, each other one its own. A single block is in the scenario's
/// order; of several the orders make Latin squares, a new one when the last is used up, so that no
/// pool is always the first, or always behind the same other one.
std::vector<TrialSpec> plan(const Scenario& scenario);

/// What the trial's parameters make of the scenario. Throws ScenarioError where that is no scenario
/// the reader would accept.
Scenario with_parameters(const Scenario& scenario, const TrialSpec& trial);

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
