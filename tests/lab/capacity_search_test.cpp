// The search is asked for trials and told what came of them; no pool runs.
#include "lab/capacity_search.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "results/capacity.h"
#include "scenarios/scenario_json.h"
#include "tests/results/made_up.h"

namespace lab {
namespace {

scenarios::Scenario sought(const std::string& more = "", const std::string& run = "{}") {
  return scenarios::read_scenario_text(R"({"name": "sought", "run": )" + run + R"(,
          "phases": [{"duration_s": 2, "arrival": {"process": "constant", "rate_per_s": 1000}}],
          "pools": [{"id": "slow", "dispatch": "pull"}, {"id": "fast", "dispatch": "push"}],
          "capacity": {"below_us": 500, "precision_pct": 5)" +
                                           more + "}}",
                                       "sought.json");
}

/// Answers each trial: a response around 100 us up to the pool's own capacity, else 10 ms.
results::RunResult searched(const scenarios::Scenario& scenario,
                            const std::function<double(const scenarios::TrialSpec&)>& capacity) {
  results::RunResult result;
  result.scenario = scenario;
  CapacitySearch search(scenario);
  for (int round = 0; round < 1000; ++round) {
    const std::vector<scenarios::TrialSpec> next = search.next(result);
    if (next.empty()) return result;
    for (const scenarios::TrialSpec& spec : next) {
      results::Trial trial = results::made_up::trial(spec.pool);
      static_cast<scenarios::TrialSpec&>(trial) = spec;
      const double us = results::rate_of(trial) <= capacity(spec) ? 20 : 10'000;
      trial.series = {results::made_up::series("phase-1", "task", us, 2000)};
      result.trials.push_back(std::move(trial));
    }
  }
  ADD_FAILURE() << "it does not end";
  return result;
}

TEST(CapacitySearch, FindsEachPoolsCapacityToTheWantedPrecision) {
  const auto capacity = [](const scenarios::TrialSpec& spec) {
    return spec.pool == "fast" ? 34'567.0 : 321.0;
  };
  const results::RunResult result = searched(sought(), capacity);
  const std::vector<results::Capacity> found = results::capacities(result);
  ASSERT_EQ(found.size(), 2U);
  for (const results::Capacity& one : found) {
    const double real = one.pool == "fast" ? 34'567.0 : 321.0;
    ASSERT_EQ(one.searches.size(), 1U);
    EXPECT_LE(one.rate_per_s, real);
    EXPECT_GT(one.high_per_s, real);
    EXPECT_LE(one.high_per_s, one.low_per_s * 1.051);
    EXPECT_FALSE(one.at_least);
  }
  EXPECT_LT(result.trials.size(), 30U);
}

TEST(CapacitySearch, LaterSearchesBeginWhereTheFirstEnded) {
  const scenarios::Scenario scenario = sought("", R"({"repetitions": 8})");
  std::map<std::uint32_t, std::size_t> trials;
  std::set<std::uint64_t> seeds;
  const auto capacity = [&](const scenarios::TrialSpec& spec) {
    ++trials[spec.block];
    seeds.insert(spec.seed);
    return spec.pool == "fast" ? 60'000.0 : 30'000.0 + 200 * spec.block;
  };
  const results::RunResult result = searched(scenario, capacity);
  EXPECT_EQ(trials.size(), 8U);
  EXPECT_EQ(seeds.size(), 8U) << "a block has a seed of its own";
  for (std::uint32_t block = 1; block < 8; ++block) EXPECT_LT(trials[block], trials[0]);
  const std::vector<results::Capacity> found = results::capacities(result);
  ASSERT_EQ(found.size(), 3U) << "and the baseline's second copy";
  EXPECT_EQ(found[0].searches.size(), 8U);
  EXPECT_LE(found[0].low_per_s, 30'800);
  EXPECT_GE(found[0].high_per_s, 30'400);
  const std::vector<results::Comparison> all = results::comparisons(result);
  ASSERT_EQ(all.size(), 2U);
  for (const results::Comparison& one : all) {
    EXPECT_EQ(one.measure.metric, "capacity_per_s");
    if (one.arm.empty()) {
      EXPECT_EQ(one.standing, results::Standing::Better) << "twice the rate";
    } else {
      EXPECT_EQ(one.standing, results::Standing::Equivalent) << one.why;
    }
  }
}

TEST(CapacitySearch, WhatNothingMissesIsAtLeastTheHighestTried) {
  const results::RunResult result =
      searched(sought(R"(, "most_per_s": 50000)"), [](const auto&) { return 1e12; });
  for (const results::Capacity& one : results::capacities(result)) {
    EXPECT_TRUE(one.at_least);
    EXPECT_EQ(one.rate_per_s, 50'000);
    EXPECT_TRUE(std::isinf(one.high_per_s));
  }
}

TEST(CapacitySearch, WhatNothingKeepsEnds) {
  const results::RunResult result = searched(sought(), [](const auto&) { return 0.0; });
  for (const results::Capacity& one : results::capacities(result)) {
    EXPECT_TRUE(std::isnan(one.rate_per_s));
    EXPECT_EQ(one.ended(), 0U);
  }
}

TEST(CapacitySearch, NeverAsksForMoreThanATimetableHolds) {
  const results::RunResult result = searched(sought(), [](const auto&) { return 1e12; });
  for (const results::Trial& trial : result.trials) {
    EXPECT_NO_THROW(scenarios::with_parameters(sought(), trial.parameters));
  }
}

TEST(CapacitySearch, WithoutAnAnswerThereIsNoResult) {
  const scenarios::Scenario scenario = sought();
  CapacitySearch search(scenario);
  results::RunResult result;
  result.scenario = scenario;
  for (const scenarios::TrialSpec& spec : search.next(result)) {
    results::Trial trial = results::made_up::trial(spec.pool);
    static_cast<scenarios::TrialSpec&>(trial) = spec;
    trial.series = {results::made_up::series("phase-1", "task", 20, 50)};  // no p99 of 51
    result.trials.push_back(std::move(trial));
  }
  EXPECT_TRUE(search.next(result).empty());
  EXPECT_EQ(results::capacities(result)[0].ended(), 0U);
}

}  // namespace
}  // namespace lab
