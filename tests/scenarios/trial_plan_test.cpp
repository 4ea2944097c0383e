#include "scenarios/trial_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  const Scenario changed = with_parameters(two_pools(), trial);
  EXPECT_EQ(changed.pools.at(1).max_workers, 3U);
  EXPECT_DOUBLE_EQ(trial_length(two_pools()).count(), 3.5);
  EXPECT_DOUBLE_EQ(trial_length(changed).count(), 6.5);
  trial.parameters = {{"/pools/a/wrokers", "3"}};
  EXPECT_THROW(with_parameters(two_pools(), trial), ScenarioError);
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
