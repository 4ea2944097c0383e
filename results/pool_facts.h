// How a pool was configured when it was measured. Names and knobs are kept as words and values, so
// that a result can be read by a build that has no such strategy, knob or rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pools/clock.h"
#include "pools/pool_config.h"

namespace results {

struct PoolFacts {
  std::string id;
  pools::Choice dispatch;  ///< every knob as used
  pools::Choice sizing;
  pools::Choice retry;
  std::vector<pools::ClassRules> classes;
  pools::Nanos stuck_after;
  std::uint32_t spares;
  std::uint32_t min_workers;
  std::uint32_t max_workers;
  std::uint64_t queue_capacity;  ///< 0: unbounded
  std::string on_full;
  std::string metrics;
  pools::Nanos spin;

  PoolFacts() : PoolFacts(pools::PoolConfig()) {}
  /// Implicit: what a pool runs with is a fact from then on.
  PoolFacts(const pools::PoolConfig& config);

  /// A full queue makes whoever submits wait, or run tasks itself.
  bool holds_submitters_up() const;
  /// The same for this build's catalogs, unchecked; nothing where they lack a word of it.
  std::optional<pools::PoolConfig> config() const;
};

}  // namespace results
