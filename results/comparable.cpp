#include "results/comparable.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace results {

bool may_compare(const Trial& trial) noexcept {
  return trial.valid && trial.sound && !trial.interrupted;
}

bool one_trial_each(const std::vector<Trial>& trials) {
  std::set<std::string_view> pools;
  return std::all_of(trials.begin(), trials.end(),
                     [&pools](const Trial& trial) { return pools.insert(trial.pool).second; });
}

bool in_blocks(const std::vector<Trial>& trials) {
  return std::any_of(trials.begin(), trials.end(),
                     [](const Trial& trial) { return trial.block > 0; });
}

double margin_of(double percentile) noexcept {
  if (percentile <= 50) return 0.05;
  return percentile <= 99 ? 0.10 : 0.15;
}

}  // namespace results
