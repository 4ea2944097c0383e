#include "scenarios/trial_plan.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <utility>

#include "pools/knobs.h"
#include "scenarios/random.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"

namespace scenarios {
namespace {

/// "workers" for "/pools/stealing/workers".
std::string last_part(const std::string& pointer) { return pointer.substr(pointer.rfind('/') + 1); }

using Order = std::vector<std::size_t>;

Order shuffled(std::size_t n, Random& random) {
  Order order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) {  // Fisher and Yates; our own, for the same on any library
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.next() % i)]);
  }
  return order;
}

/// A Latin square drawn at random: each of `n` once in every row and once in every column. The
/// cyclic square with its rows, columns and symbols shuffled.
std::vector<Order> latin_square(std::size_t n, Random& random) {
  const Order rows = shuffled(n, random);
  const Order columns = shuffled(n, random);
  const Order symbols = shuffled(n, random);
  std::vector<Order> square(n, Order(n));
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t c = 0; c < n; ++c) square[r][c] = symbols[(rows[r] + columns[c]) % n];
  }
  return square;
}

/// What a block holds, in the scenario's order.
std::vector<TrialSpec> arms_of(const Scenario& scenario, bool control) {
  std::vector<TrialSpec> arms;
  const std::vector<Parameters> points = combinations(scenario.matrix);
  for (const pools::PoolConfig& pool : scenario.pools) {
    for (std::size_t point = 0; point < points.size(); ++point) {
      if (left_out(scenario.matrix, pool.id, points[point])) continue;
      TrialSpec arm;
      arm.pool = pool.id;
      arm.parameters = concerning(points[point], pool.id);
      arm.point = static_cast<std::uint32_t>(point);
      const bool twice = std::any_of(arms.begin(), arms.end(), [&arm](const TrialSpec& other) {
        return other.pool == arm.pool && other.parameters == arm.parameters;
      });
      if (!twice) arms.push_back(std::move(arm));
    }
  }
  if (!control || arms.size() < 2) return arms;
  const std::string baseline = baseline_of(scenario);
  const auto first = std::find_if(arms.begin(), arms.end(),
                                  [&](const TrialSpec& arm) { return arm.pool == baseline; });
  if (first == arms.end()) return arms;  // all of it is left out
  arms.push_back(*first);
  arms.back().arm = kControlArm;
  return arms;
}

/// Throws ScenarioError for what is no rate.
double rate_of(const std::string& text) {
  char* end = nullptr;
  const double rate = std::strtod(text.c_str(), &end);
  if (end != text.c_str() && *end == '\0' && rate > 0 && std::isfinite(rate)) return rate;
  throw ScenarioError({{"", 0, 0, std::string(kRateKnob),
                        "expected a rate above 0 (tasks/s), got " + quoted_text(text)}});
}

}  // namespace

std::string baseline_of(const Scenario& scenario) {
  if (scenario.pools.empty()) return {};
  const auto same = [&scenario](const pools::PoolConfig& pool) {
    return pool.id == scenario.baseline;
  };
  const bool there = std::any_of(scenario.pools.begin(), scenario.pools.end(), same);
  return there ? scenario.baseline : scenario.pools.front().id;
}

std::vector<std::uint32_t> looks(const RunPlan& run) {
  constexpr std::uint32_t kFirst =
      10;  // with fewer four pools and a baseline are told from nothing
  if (run.until_conclusive == 0) return {run.repetitions};
  const std::uint32_t cap = run.until_conclusive;
  std::vector<std::uint32_t> list{std::min(std::max(run.repetitions, kFirst), cap)};
  while (list.back() < cap) list.push_back(std::min(list.back() + (list.back() + 1) / 2, cap));
  return list;
}

/// Seeds are whole numbers that any tool reads exactly.
std::uint64_t seed_of_block(std::uint64_t seed, std::uint32_t block) {
  constexpr std::uint64_t kLargestExact = std::uint64_t{1} << 53U;
  if (block == 0) return seed;
  return Random(seed, StreamUse::Block, block).next() % kLargestExact + 1;
}

bool takes_several(const Scenario& scenario) {
  return scenario.run.repetitions > 1 || scenario.run.until_conclusive > 0 || scenario.capacity;
}

std::size_t trials_a_block(const Scenario& scenario) {
  constexpr std::size_t kOfASearch = 8;
  return arms_of(scenario, false).size() * (scenario.capacity ? kOfASearch : 1);
}

std::vector<TrialSpec> plan(const Scenario& scenario) {
  return plan_blocks(scenario, 0, looks(scenario.run).front());
}

std::vector<TrialSpec> plan_blocks(const Scenario& scenario, std::uint32_t first,
                                   std::uint32_t end) {
  const bool several = end > 1;
  const std::vector<TrialSpec> arms = arms_of(scenario, several && scenario.run.aa_control);
  std::vector<TrialSpec> trials;
  Random random(scenario.seed, StreamUse::Order);
  std::vector<Order> square;
  for (std::uint32_t block = 0; block < end && !arms.empty(); ++block) {
    if (several && block % arms.size() == 0) square = latin_square(arms.size(), random);
    if (block < first) continue;
    for (std::size_t position = 0; position < arms.size(); ++position) {
      const std::size_t arm = square.empty() ? position : square[block % arms.size()][position];
      TrialSpec& trial = trials.emplace_back(arms[arm]);
      trial.block = block;
      trial.position = static_cast<std::uint32_t>(position);
      trial.seed = seed_of_block(scenario.seed, block);
    }
  }
  return trials;
}

Scenario with_parameters(const Scenario& scenario, const Parameters& parameters) {
  if (parameters.empty() && scenario.matrix.empty()) return scenario;
  Scenario plain = scenario;
  plain.matrix = {};
  std::vector<Override> overrides;
  for (const auto& [knob, value] : parameters) {
    if (knob != kRateKnob) overrides.push_back({pointer_of(knob), value});
  }
  Scenario changed = read_scenario_text(scenario_to_json(plain), scenario.source_path, overrides);
  changed.source_path = scenario.source_path;
  if (const auto rate = parameters.find(std::string(kRateKnob)); rate != parameters.end()) {
    changed = with_rate(std::move(changed), rate_of(rate->second));
  }
  return changed;
}

Scenario with_pools(Scenario scenario, const std::vector<std::string>& ids) {
  std::vector<std::string_view> known;
  for (const pools::PoolConfig& config : scenario.pools) known.push_back(config.id);
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string near = pools::nearest_name(id, known);
    std::string advice = near.empty() ? "there are" : "did you mean '" + near + "'?";
    for (std::size_t i = 0; near.empty() && i < known.size(); ++i) {
      advice += (i == 0 ? " " : ", ") + std::string(known[i]);
    }
    throw pools::ConfigError("/pools",
                             "there is no pool '" + id + "' in '" + scenario.name + "'; " + advice);
  }
  if (ids.empty()) return scenario;
  scenario.matrix = of_pools(std::move(scenario.matrix), ids);
  std::erase_if(scenario.pools, [&ids](const pools::PoolConfig& config) {
    return std::find(ids.begin(), ids.end(), config.id) == ids.end();
  });
  // The first takes its place.
  if (std::find(ids.begin(), ids.end(), scenario.baseline) == ids.end()) scenario.baseline.clear();
  return scenario;
}

Seconds trial_length(const Scenario& scenario) {
  Seconds sum = longest_warm_up(scenario.run);
  for (const Phase& phase : scenario.phases) sum += phase.duration;
  return sum;
}

std::string TrialTitles::next(const TrialSpec& trial) {
  std::string title = trial.pool;
  if (!trial.arm.empty()) title += " " + trial.arm;
  for (const auto& [knob, value] : trial.parameters) {
    const auto alike = [&knob = knob](const auto& other) {
      return last_part(other.first) == last_part(knob);
    };
    const bool clear = std::count_if(trial.parameters.begin(), trial.parameters.end(), alike) == 1;
    title += " " + (clear ? last_part(knob) : knob) + "=" + value;
  }
  const std::size_t count = ++seen_[title];
  return count == 1 ? title : title + " #" + std::to_string(count);
}

}  // namespace scenarios
