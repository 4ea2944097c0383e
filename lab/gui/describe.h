// A scenario's parts in a line of words each. Pure functions.
#pragma once

#include <string>

#include "pools/pool_config.h"
#include "scenarios/scenario.h"

namespace lab::gui {

/// "poisson   rate_per_s 2000"; only what the file says, defaults are left out.
std::string describe(const pools::Choice& choice);
/// "2 workers", "1 to 8 workers, threshold   tasks_per_worker 50".
std::string describe_workers(const pools::PoolConfig& pool);
/// "unbounded queue", "at most 1,024 waiting, then block".
std::string describe_queue(const pools::PoolConfig& pool);
/// "token_bucket   rate_per_s 500, drops what is late"; empty where there are no policies.
std::string describe_admission(const pools::PoolConfig& pool);
/// "response p99 < 5.00 ms".
std::string describe(const scenarios::Expectation& gate);

}  // namespace lab::gui
