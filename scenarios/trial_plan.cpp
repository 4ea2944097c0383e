#include "scenarios/trial_plan.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "pools/knobs.h"
#include "scenarios/random.h"
#include "scenarios/scenario_json.h"

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

/// Seeds are whole numbers that any tool reads exactly.
std::uint64_t seed_of_block(std::uint64_t seed, std::uint32_t block) {
  constexpr std::uint64_t kLargestExact = std::uint64_t{1} << 53U;
  if (block == 0) return seed;
  return Random(seed, StreamUse::Block, block).next() % kLargestExact + 1;
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

std::vector<TrialSpec> plan(const Scenario& scenario) {
  struct Arm {
    std::string pool;
    std::string name;
  };
  std::vector<Arm> arms;
  for (const pools::PoolConfig& pool : scenario.pools) arms.push_back({pool.id, {}});
  const std::uint32_t blocks = scenario.run.repetitions;
  if (blocks > 1 && scenario.run.aa_control && arms.size() > 1) {
    arms.push_back({baseline_of(scenario), kControlArm});
  }
  std::vector<TrialSpec> trials;
  Random random(scenario.seed, StreamUse::Order);
  std::vector<Order> square;
  for (std::uint32_t block = 0; block < blocks && !arms.empty(); ++block) {
    if (blocks > 1 && block % arms.size() == 0) square = latin_square(arms.size(), random);
    for (std::size_t position = 0; position < arms.size(); ++position) {
      const Arm& arm = arms[square.empty() ? position : square[block % arms.size()][position]];
      TrialSpec& trial = trials.emplace_back();
      trial.pool = arm.pool;
      trial.arm = arm.name;
      trial.block = block;
      trial.position = static_cast<std::uint32_t>(position);
      trial.seed = seed_of_block(scenario.seed, block);
    }
  }
  return trials;
}

Scenario with_parameters(const Scenario& scenario, const TrialSpec& trial) {
  if (trial.parameters.empty()) return scenario;
  std::vector<Override> overrides;
  for (const auto& [pointer, value] : trial.parameters) overrides.push_back({pointer, value});
  Scenario changed =
      read_scenario_text(scenario_to_json(scenario), scenario.source_path, overrides);
  changed.source_path = scenario.source_path;
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
  std::erase_if(scenario.pools, [&ids](const pools::PoolConfig& config) {
    return std::find(ids.begin(), ids.end(), config.id) == ids.end();
  });
  // The first takes its place.
  if (std::find(ids.begin(), ids.end(), scenario.baseline) == ids.end()) scenario.baseline.clear();
  return scenario;
}

Seconds trial_length(const Scenario& scenario) {
  Seconds sum = scenario.run.warmup;
  for (const Phase& phase : scenario.phases) sum += phase.duration;
  return sum;
}

std::string TrialTitles::next(const TrialSpec& trial) {
  std::string title = trial.pool;
  if (!trial.arm.empty()) title += " " + trial.arm;
  for (const auto& [pointer, value] : trial.parameters) {
    title += " " + last_part(pointer) + "=" + value;
  }
  const std::size_t count = ++seen_[title];
  return count == 1 ? title : title + " #" + std::to_string(count);
}

}  // namespace scenarios
