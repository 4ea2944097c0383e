// The way to get a pool.
#pragma once

#include <memory>

#include "pools/pool.h"
#include "pools/pool_config.h"

namespace pools {

/// Builds and starts a pool; `config.dispatch.name` is a strategy, or a peer that the program has
/// added (catalog.h). Throws ConfigError for what resolved() refuses, or std::system_error when not
/// even one worker could be started.
std::unique_ptr<Pool> make_pool(const PoolConfig& config);

}  // namespace pools
