// The pools that are measured, and their names on the command line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pools/pool.h"
#include "pools/pool_config.h"

namespace bench {

/// A pool to measure. The name reads "stealing" or
/// "pull:queue=locked,metrics=full".
struct Candidate {
  std::string name;
  pools::PoolConfig config;
  bool peer = false;  ///< foreign: what ours are compared with
};

/// From such a name. Throws pools::ConfigError. Metrics are off unless it says
/// metrics=full.
Candidate candidate(const std::string& name);
/// Every strategy with its defaults, then every peer; but not those that start
/// a thread for each task, where a hundred thousand tasks would be as many
/// threads.
std::vector<Candidate> candidates();
/// The same, with each word and flag turned away from its default, and with
/// full metrics.
std::vector<Candidate> candidate_variants();

/// Fixed at this many workers.
std::unique_ptr<pools::Pool> build(const Candidate& candidate, std::uint32_t workers);

}  // namespace bench
