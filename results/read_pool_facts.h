// How a pool was configured, from a result file: words and values, looked up nowhere.
#pragma once

#include "results/fact_reader.h"
#include "results/pool_facts.h"

namespace results {

/// All but the id, which is the trial's.
void read_pool_facts(FactReader& from, PoolFacts& pool);

}  // namespace results
