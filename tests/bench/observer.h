// What it costs to be watched: the program with its window open against the program without one.
#pragma once

namespace truth {

/// Runs `poollab run` and `poollab gui` in turn and prints medians of the ratios of their p50 and
/// p99. Needs a display (DISPLAY). Throws std::runtime_error when a run cannot be had.
void observer();

}  // namespace truth
