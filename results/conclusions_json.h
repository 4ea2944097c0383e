// What follows from the trials of a run, as JSON: comparisons, verdicts, what a search or a sweep
// of loads found. Computed when it is written: the trials in the file say the same.
#pragma once

#include <string>

#include "results/run_result.h"

namespace results {

/// One JSON object.
std::string conclusions_text(const RunResult& result);

}  // namespace results
