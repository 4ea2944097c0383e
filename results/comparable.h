// What may be compared with what. Pure functions.
#pragma once

#include <vector>

#include "results/run_result.h"

namespace results {

/// Whether the trial's figures may be set against another's: valid, sound, not cut short.
bool may_compare(const Trial& trial) noexcept;

/// Whether no pool was served twice.
bool one_trial_each(const std::vector<Trial>& trials);
/// Whether there are several blocks, and so something to tell noise by.
bool in_blocks(const std::vector<Trial>& trials);

/// By which factor two figures must differ at least to matter: 5 % up to p50 and for rates, 10 % up
/// to p99, 15 % beyond. By about so much identical code differs from one run to the next.
double margin_of(double percentile) noexcept;
inline constexpr double kRateMargin = 0.05;

}  // namespace results
