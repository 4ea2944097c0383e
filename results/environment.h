// What machine a run was measured on. Reads /proc, /sys and the clock; takes a few milliseconds.
#pragma once

#include "results/run_result.h"

namespace results {

/// `root` is put before every path that is read ("" for the machine itself), so that tests can
/// show made-up machines. What cannot be read stays empty or 0.
Environment read_environment(const std::string& root = "");

/// What the kernel has charged this process with so far; differences of two make a trial's cost.
Cost cost_so_far();
/// `after - before`; rss_bytes is after's.
Cost cost_between(const Cost& before, const Cost& after);

}  // namespace results
