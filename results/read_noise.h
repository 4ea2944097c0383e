// Reads back what noise_json.h writes. A file of before they were written has none of it.
#pragma once

#include "results/fact_reader.h"
#include "results/run_result.h"

namespace results {

void read_noise(FactReader& trial, Trial& into);

}  // namespace results
