// Which of several pools is best at something, if one can say so. Pure functions.
//
// Each pool was run once. What differs less than one pool differs from itself in the next run is
// noise, and the best of a noisy lot is no winner: there is a best only where it is valid and apart
// from every other valid one.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/run_result.h"

namespace results {

/// One pool's figure, with the range in which it may as well have come out.
struct Contender {
  double value = 0;  ///< NAN: takes no part
  double low = 0;
  double high = 0;
};

/// Whether the trial's figures may be ranked: valid, sound, not cut short.
bool may_rank(const Trial& trial) noexcept;

/// The percentile in microseconds, and where it lies with 95 % confidence as far as sampling goes
/// (order statistics; the samples taken as independent). NAN where too few samples lie beyond it.
Contender percentile_contender(const pools::LatencyHistogram& histogram, double percentile);
/// A figure without a distribution of its own.
Contender exact_contender(double value);

/// By which factor two single runs must differ at least to count: identical code differs by less
/// from run to run, one run after the other. 5 % up to p50 and for rates, 10 % up to p99, 15 %
/// beyond; the same margins decide a comparison of many runs.
double margin_of(double percentile) noexcept;
inline constexpr double kRateMargin = 0.05;

/// Whether no pool was served twice. Only then clear_best() may choose: it would set one run of a
/// pool against another of its own.
bool one_trial_each(const std::vector<Trial>& trials);

/// The index of the one contender that is better than all others by `margin` and with a range that
/// meets none of theirs. Nothing where there is no such, or fewer than two to compare.
std::optional<std::size_t> clear_best(const std::vector<Contender>& contenders,
                                      bool lower_is_better, double margin);

}  // namespace results
