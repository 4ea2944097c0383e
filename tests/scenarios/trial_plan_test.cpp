#include "scenarios/trial_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "pools/knobs.h"
#include "scenarios/scenario_json.h"

namespace scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Scenario two_pools() {
  return read_scenario_text(R"({"schema": "poollab.scenario/1", "name": "two", "seed": 9,
    "run": {"warmup_s": 0.5},
    "phases": [{"name": "one", "duration_s": 2, "arrival": {"process": "constant", "rate_per_s": 10}},
               {"name": "two", "duration_s": 1, "arrival": {"process": "constant", "rate_per_s": 10}}],
    "pools": [{"id": "b", "dispatch": "pull"}, {"id": "a", "dispatch": "push"}]})",
                            "two.json");
}

TEST(TrialPlan, ServesEveryPoolOnceInTheScenariosOrder) {
  const std::vector<TrialSpec> trials = plan(two_pools());
  ASSERT_EQ(trials.size(), 2U);
  EXPECT_EQ(trials[0].pool, "b");
  EXPECT_EQ(trials[1].pool, "a");
  for (std::uint32_t i = 0; i < 2; ++i) {
    EXPECT_EQ(trials[i].block, 0U);
    EXPECT_EQ(trials[i].position, i);
    EXPECT_EQ(trials[i].seed, 9U);
    EXPECT_EQ(trials[i].arm, "");
    EXPECT_TRUE(trials[i].parameters.empty());
  }
}

Scenario repeated(std::uint32_t blocks) {
  Scenario scenario = two_pools();
  scenario.run.repetitions = blocks;
  return scenario;
}

TEST(TrialPlan, EveryBlockHasEveryPoolAndTheBaselineAgain) {
  const std::vector<TrialSpec> trials = plan(repeated(9));
  ASSERT_EQ(trials.size(), 27U);
  for (std::uint32_t block = 0; block < 9; ++block) {
    std::set<std::string> arms;
    for (std::uint32_t position = 0; position < 3; ++position) {
      const TrialSpec& trial = trials[std::size_t{block} * 3 + position];
      EXPECT_EQ(trial.block, block);
      EXPECT_EQ(trial.position, position);
      EXPECT_EQ(trial.seed, trials[std::size_t{block} * 3].seed)
          << "the same load for all in a block";
      arms.insert(trial.pool + trial.arm);
    }
    EXPECT_EQ(arms, (std::set<std::string>{"a", "b", "ba/a"}));
  }
}

TEST(TrialPlan, EachOfAFewBlocksPutsEveryArmElsewhere) {
  const std::vector<TrialSpec> trials = plan(repeated(9));
  for (std::uint32_t square = 0; square < 3; ++square) {
    for (std::uint32_t position = 0; position < 3; ++position) {
      std::set<std::string> there;
      for (std::uint32_t row = 0; row < 3; ++row) {
        const TrialSpec& trial = trials[std::size_t{square * 3 + row} * 3 + position];
        there.insert(trial.pool + trial.arm);
      }
      EXPECT_EQ(there.size(), 3U) << "square " << square << ", position " << position;
    }
  }
}

TEST(TrialPlan, DrawsTheSamePlanFromTheSameSeed) {
  const auto drawn = [](std::uint64_t seed) {
    Scenario scenario = repeated(6);
    scenario.seed = seed;
    std::string text;
    for (const TrialSpec& trial : plan(scenario)) text += trial.pool + trial.arm + " ";
    return text;
  };
  EXPECT_EQ(drawn(9), drawn(9));
  std::set<std::string> plans;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) plans.insert(drawn(seed));
  EXPECT_GT(plans.size(), 10U);
}

TEST(TrialPlan, EveryBlockHasASeedOfItsOwn) {
  std::set<std::uint64_t> seeds;
  for (const TrialSpec& trial : plan(repeated(50))) {
    seeds.insert(trial.seed);
    EXPECT_LE(trial.seed, std::uint64_t{1} << 53U) << "any JSON reader takes it exactly";
  }
  EXPECT_EQ(seeds.size(), 50U);
  EXPECT_TRUE(seeds.contains(9)) << "the first block is what a single run is";
}

TEST(TrialPlan, ControlsOnlyWhereThereIsSomethingToCompare) {
  Scenario scenario = repeated(3);
  scenario.run.aa_control = false;
  EXPECT_EQ(plan(scenario).size(), 6U);
  EXPECT_EQ(plan(with_pools(repeated(3), {"a"})).size(), 3U);
  EXPECT_TRUE(plan(Scenario()).empty());
}

TEST(Baseline, IsTheOneNamedElseTheFirst) {
  Scenario scenario = two_pools();
  EXPECT_EQ(baseline_of(scenario), "b");
  scenario.baseline = "a";
  EXPECT_EQ(baseline_of(scenario), "a");
  EXPECT_EQ(baseline_of(with_pools(scenario, {"b"})), "b");
  EXPECT_EQ(with_pools(scenario, {"b"}).baseline, "") << "else its text could not be read again";
  EXPECT_EQ(baseline_of(Scenario()), "");
}

TEST(TrialPlan, KeepsTheOrderOfThePoolsAskedFor) {
  const Scenario both = with_pools(two_pools(), {"a", "b"});
  ASSERT_EQ(both.pools.size(), 2U);
  EXPECT_EQ(both.pools[0].id, "b");
  EXPECT_EQ(with_pools(two_pools(), {"a"}).pools.at(0).id, "a");
  EXPECT_EQ(with_pools(two_pools(), {}).pools.size(), 2U);
  EXPECT_THAT([] { with_pools(two_pools(), {"steal"}); },
              ThrowsMessage<pools::ConfigError>(HasSubstr("there are b, a")));
}

TEST(TrialPlan, ParametersChangeTheScenarioAsSetDoes) {
  TrialSpec trial;
  trial.pool = "a";
  trial.parameters = {{"/pools/a/workers", "3"}, {"/phases/1/duration_s", "4"}};
  const Scenario changed = with_parameters(two_pools(), trial.parameters);
  EXPECT_EQ(changed.pools.at(1).max_workers, 3U);
  EXPECT_DOUBLE_EQ(trial_length(two_pools()).count(), 3.5);
  EXPECT_DOUBLE_EQ(trial_length(changed).count(), 6.5);
  trial.parameters = {{"/pools/a/wrokers", "3"}};
  EXPECT_THROW(with_parameters(two_pools(), trial.parameters), ScenarioError);
}

TEST(TrialTitles, TellTrialsOfOnePoolApart) {
  TrialTitles titles;
  TrialSpec trial;
  trial.pool = "pull";
  EXPECT_EQ(titles.next(trial), "pull");
  EXPECT_EQ(titles.next(trial), "pull #2");
  trial.arm = "a/a";
  EXPECT_EQ(titles.next(trial), "pull a/a");
  trial.arm.clear();
  trial.parameters = {{"/pools/pull/workers", "4"}};
  EXPECT_EQ(titles.next(trial), "pull workers=4");
  EXPECT_EQ(titles.next(trial), "pull workers=4 #2");
  trial.parameters.clear();
  EXPECT_EQ(titles.next(trial), "pull #3");
}

}  // namespace
}  // namespace scenarios
