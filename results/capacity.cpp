#include "results/capacity.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "results/comparable.h"
#include "results/sign_test.h"
#include "results/verdicts.h"
#include "scenarios/gates.h"

namespace results {
namespace {

/// What the last trial at each rate says: an earlier one there was spoilt.
std::map<double, Kept> by_rate(const RunResult& result, const Capacity& one, std::uint32_t block) {
  std::map<double, Kept> said;
  for (const Trial& trial : result.trials) {
    if (trial.pool != one.pool || trial.arm != one.arm || trial.block != block) continue;
    said[rate_of(trial)] = kept(trial, *result.scenario.capacity);
  }
  return said;
}

Search search_of(const std::map<double, Kept>& said, std::uint32_t block) {
  Search search{block, NAN, INFINITY, said.size(), false};
  for (const auto& [rate, answer] : said) {
    if (answer == Kept::No) {
      search.missed_per_s = rate;
      break;
    }
    if (answer == Kept::Yes) search.kept_per_s = rate;
    if (answer == Kept::Unknown) search.open = true;
  }
  if (std::isnan(search.kept_per_s)) search.open = true;
  return search;
}

double since_send_us(const Trial& trial, const scenarios::CapacityGoal& goal) {
  const pools::LatencyHistogram times = merged(trial, "", goal.task_class).since_send();
  if (goal.stat.front() != 'p') return times.mean_ns() / 1e3;
  const double percentile = std::strtod(goal.stat.c_str() + 1, nullptr);
  return static_cast<double>(times.quantile(percentile / 100).count()) / 1e3;
}

/// Medians and interval of the searches that ended.
void conclude(Capacity& one) {
  std::vector<double> kept_rates;
  std::vector<double> missed_rates;
  for (const Search& search : one.searches) {
    if (search.open) continue;
    kept_rates.push_back(search.kept_per_s);
    missed_rates.push_back(search.missed_per_s);
    one.at_least = one.at_least || std::isinf(search.missed_per_s);
  }
  one.rate_per_s = median(kept_rates);
  if (kept_rates.size() >= kLeastBlocks) {
    one.low_per_s = sign_test(kept_rates).low;
    one.high_per_s = sign_test(missed_rates).high;
  } else if (!kept_rates.empty()) {
    one.low_per_s = *std::min_element(kept_rates.begin(), kept_rates.end());
    one.high_per_s = *std::max_element(missed_rates.begin(), missed_rates.end());
  } else {
    one.low_per_s = one.high_per_s = NAN;
  }
}

const Search* in_block(const Capacity& one, std::uint32_t block) {
  const auto found = std::find_if(one.searches.begin(), one.searches.end(),
                                  [block](const Search& search) { return search.block == block; });
  return found == one.searches.end() || found->open ? nullptr : &*found;
}

}  // namespace

double rate_of(const Trial& trial) {
  const auto rate = trial.parameters.find(std::string(scenarios::kRateKnob));
  return rate == trial.parameters.end() ? NAN : std::strtod(rate->second.c_str(), nullptr);
}

Kept kept(const Trial& trial, const scenarios::CapacityGoal& goal) {
  if (!trial.sound || trial.interrupted) return Kept::Unknown;
  const TaskCounts tasks = counted_tasks(trial, "", goal.task_class);
  const auto lost = static_cast<double>(tasks.submitted - tasks.completed);
  const bool served = lost <= kMostLost * static_cast<double>(tasks.submitted);
  scenarios::Expectation asked;
  asked.metric = "response_us";
  asked.stat = goal.stat;
  asked.task_class = goal.task_class;
  const Observation seen = observe(trial, asked);
  if (served && !seen.doubt.empty()) return Kept::Unknown;
  if (served && seen.value < goal.below_us) return Kept::Yes;
  // Where the generator was late the pool is asked again from the actual send on: beyond what it
  // can serve that misses as well. What others took is beyond telling; such a trial was repeated.
  return trial.valid || !served || since_send_us(trial, goal) >= goal.below_us ? Kept::No
                                                                               : Kept::Unknown;
}

std::size_t Capacity::ended() const {
  return static_cast<std::size_t>(std::count_if(searches.begin(), searches.end(),
                                                [](const Search& search) { return !search.open; }));
}

std::vector<Capacity> capacities(const RunResult& result) {
  std::vector<Capacity> all;
  if (!result.scenario.capacity) return all;
  std::uint32_t blocks = 0;
  for (const Trial& trial : result.trials) {
    blocks = std::max(blocks, trial.block + 1);
    const auto same = [&trial](const Capacity& one) {
      return one.pool == trial.pool && one.arm == trial.arm;
    };
    if (std::none_of(all.begin(), all.end(), same)) {
      all.emplace_back();
      all.back().pool = trial.pool;
      all.back().arm = trial.arm;
    }
  }
  const auto place = [&result](const Capacity& one) {
    const auto& pools = result.scenario.pools;
    return std::find(pools.begin(), pools.end(), one.pool) - pools.begin();
  };
  std::stable_sort(all.begin(), all.end(), [&place](const Capacity& a, const Capacity& b) {
    return place(a) != place(b) ? place(a) < place(b) : a.arm < b.arm;
  });
  for (Capacity& one : all) {
    for (std::uint32_t block = 0; block < blocks; ++block) {
      const std::map<double, Kept> said = by_rate(result, one, block);
      if (!said.empty()) one.searches.push_back(search_of(said, block));
    }
    conclude(one);
  }
  return all;
}

std::vector<Comparison> compared(const std::vector<Capacity>& all, const std::string& baseline) {
  const auto base = std::find_if(all.begin(), all.end(), [&baseline](const Capacity& one) {
    return one.pool == baseline && one.arm.empty();
  });
  if (base == all.end() || base->searches.size() < 2) return {};
  std::vector<PairedFigures> family;
  for (const Capacity& one : all) {
    if (&one == &*base) continue;
    auto& [who, log_ratios] = family.emplace_back();
    who.measure = {std::string(scenarios::kCapacityMetric), "mean"};
    who.pool = one.pool;
    who.arm = one.arm;
    who.baseline = baseline;
    for (const Search& search : one.searches) {
      const Search* other = search.open ? nullptr : in_block(*base, search.block);
      if (other != nullptr) log_ratios.push_back(std::log(search.kept_per_s / other->kept_per_s));
    }
  }
  return judged(family);
}

std::vector<GateVerdict> evaluate(const std::vector<scenarios::Expectation>& gates,
                                  const std::vector<Capacity>& all) {
  std::vector<GateVerdict> verdicts;
  for (const scenarios::Expectation& gate : gates) {
    if (gate.metric != scenarios::kCapacityMetric) continue;
    for (const Capacity& one : all) {
      if (!one.arm.empty() || (!gate.pool.empty() && gate.pool != one.pool)) continue;
      verdicts.push_back(
          judged_within(gate, one.pool, one.rate_per_s, one.low_per_s, one.high_per_s));
      if (one.ended() == 0) verdicts.back().text += " (no search came to an end)";
    }
  }
  return verdicts;
}

}  // namespace results
