#include "results/fingerprint.h"

#include <fmt/format.h>

#include "scenarios/scenario_json.h"

namespace results {

std::string scenario_hash(const scenarios::Scenario& scenario) {
  return fmt::format("fnv1a64:{:016x}", fingerprint(scenarios::scenario_to_json(scenario)));
}

}  // namespace results
