// What of a scenario matters once it was run: its text, and what views show of it. Unlike a
// scenarios::Scenario these facts need no catalog, so a result can be read by a build that could
// not run what is in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/scenario.h"

namespace results {

struct PhaseFacts {
  std::string name;
  scenarios::Seconds duration{0};
};

struct ScenarioFacts {
  std::string text;  ///< as run, as JSON; all the rest is taken from it
  std::string name;
  std::uint64_t seed = 0;
  std::vector<double> percentiles = scenarios::RunPlan().percentiles;
  std::vector<PhaseFacts> phases;
  std::vector<std::string> classes;
  std::vector<std::string> pools;  ///< their ids
  std::string baseline;            ///< which of them the others are compared with
  std::vector<scenarios::Expectation> expect;
  std::uint32_t repetitions = 1;
  std::uint32_t until_conclusive = 0;
  std::optional<scenarios::CapacityGoal> capacity;  ///< what was searched for, if anything

  ScenarioFacts() = default;
  /// Implicit: what is run is a fact from then on.
  ScenarioFacts(const scenarios::Scenario& scenario);
};

}  // namespace results
