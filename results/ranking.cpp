#include "results/ranking.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

namespace results {

bool may_rank(const Trial& trial) noexcept {
  return trial.valid && trial.sound && !trial.interrupted;
}

Contender percentile_contender(const pools::LatencyHistogram& histogram, double percentile) {
  if (!trustworthy(histogram, percentile)) return {NAN, NAN, NAN};
  const double share = percentile / 100;
  // The number of samples below the true quantile is binomial: its rank lies within two standard
  // deviations of the middle one.
  const auto count = static_cast<double>(histogram.count());
  const double reach = 1.96 * std::sqrt(share * (1 - share) / count);
  const auto at = [&](double q) {
    return static_cast<double>(histogram.quantile(std::clamp(q, 0.0, 1.0)).count()) / 1e3;
  };
  return {at(share), at(share - reach), at(share + reach)};
}

Contender exact_contender(double value) { return {value, value, value}; }

double margin_of(double percentile) noexcept {
  if (percentile <= 50) return 0.05;
  return percentile <= 99 ? 0.10 : 0.15;
}

bool one_trial_each(const std::vector<Trial>& trials) {
  std::set<std::string_view> pools;
  return std::all_of(trials.begin(), trials.end(),
                     [&pools](const Trial& trial) { return pools.insert(trial.pool).second; });
}

std::optional<std::size_t> clear_best(const std::vector<Contender>& contenders,
                                      bool lower_is_better, double margin) {
  std::optional<std::size_t> best;
  std::size_t judged = 0;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const double value = contenders[i].value;
    if (std::isnan(value)) continue;
    ++judged;
    const bool better = !best || (lower_is_better ? value < contenders[*best].value
                                                  : value > contenders[*best].value);
    if (better) best = i;
  }
  if (judged < 2) return std::nullopt;
  const Contender& first = contenders[*best];
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& other = contenders[i];
    if (i == *best || std::isnan(other.value)) continue;
    const bool apart = lower_is_better
                           ? other.value >= first.value * (1 + margin) && other.low > first.high
                           : first.value >= other.value * (1 + margin) && first.low > other.high;
    if (!apart) return std::nullopt;
  }
  return best;
}

}  // namespace results
