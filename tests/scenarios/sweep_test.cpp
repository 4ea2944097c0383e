#include "scenarios/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "scenarios/scenario_json.h"
#include "scenarios/trial_plan.h"

namespace scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Scenario swept(const std::string& more) {
  return read_scenario_text(R"({"name": "swept", "seed": 3,
    "phases": [{"name": "a", "duration_s": 2, "arrival": {"process": "constant", "rate_per_s": 10}},
               {"name": "b", "duration_s": 2, "arrival": {"process": "constant", "rate_per_s": 30}}],
    "pools": [{"id": "one", "dispatch": "pull"}, {"id": "two", "dispatch": "push"}])" +
                                more + "}",
                            "swept.json");
}

std::vector<std::string> titles(const std::vector<TrialSpec>& trials) {
  std::vector<std::string> names;
  TrialTitles naming;
  for (const TrialSpec& trial : trials) names.push_back(naming.next(trial));
  return names;
}

TEST(Sweep, ServesEveryPoolWithEveryCombination) {
  const Scenario scenario =
      swept(R"(, "matrix": {"workers": [1, {"min": 1, "max": 1}], "queue_capacity": [5, 6]})");
  EXPECT_THAT(titles(plan(scenario)),
              ElementsAre("one queue_capacity=5 workers=1", "one queue_capacity=6 workers=1",
                          R"(one queue_capacity=5 workers={"min":1,"max":1})",
                          R"(one queue_capacity=6 workers={"min":1,"max":1})",
                          "two queue_capacity=5 workers=1", "two queue_capacity=6 workers=1",
                          R"(two queue_capacity=5 workers={"min":1,"max":1})",
                          R"(two queue_capacity=6 workers={"min":1,"max":1})"));
  const TrialSpec last = plan(scenario).back();
  EXPECT_EQ(last.point, 3U);
  const Scenario served = with_parameters(scenario, last.parameters);
  EXPECT_TRUE(served.matrix.empty());
  for (const pools::PoolConfig& pool : served.pools) EXPECT_EQ(pool.queue_capacity, 6U);
}

TEST(Sweep, LeavesOutWhatIsExcluded) {
  const Scenario scenario = swept(
      R"(, "matrix": {"workers": [1, 2], "queue_capacity": [5, 6],
          "exclude": [{"workers": 2, "queue_capacity": 5}, {"pool": "two", "workers": 1}]})");
  EXPECT_THAT(titles(plan(scenario)),
              ElementsAre("one queue_capacity=5 workers=1", "one queue_capacity=6 workers=1",
                          "one queue_capacity=6 workers=2", "two queue_capacity=6 workers=2"));
}

TEST(Sweep, AKnobOfOnePoolDoesNotServeTheOthersTwice) {
  const Scenario scenario = swept(R"(, "matrix": {"/pools/two/dispatch/inbox": [4, 8]})");
  EXPECT_THAT(titles(plan(scenario)), ElementsAre("one", "two inbox=4", "two inbox=8"));
}

TEST(Sweep, TheRateIsThatOfAllPhases) {
  const Scenario scenario = swept(R"(, "matrix": {"rate_per_s": [40, 80]})");
  const std::vector<TrialSpec> trials = plan(scenario);
  ASSERT_EQ(trials.size(), 4U);
  const Scenario faster = with_parameters(scenario, trials[1].parameters);
  EXPECT_EQ(faster.phases[0].arrival.settings.given().at("rate_per_s"), pools::KnobValue(40.0));
  EXPECT_EQ(faster.phases[1].arrival.settings.given().at("rate_per_s"), pools::KnobValue(120.0));
}

TEST(Sweep, EveryBlockHasTheControlOnce) {
  Scenario scenario = swept(R"(, "run": {"repetitions": 4}, "baseline": "two",
                               "matrix": {"workers": [1, 2]})");
  std::map<std::uint32_t, int> controls;
  std::map<std::uint32_t, std::set<std::string>> seen;
  for (const TrialSpec& trial : plan(scenario)) {
    if (!trial.arm.empty()) {
      ++controls[trial.block];
      EXPECT_EQ(trial.pool, "two");
      EXPECT_EQ(trial.parameters.at("workers"), "1") << "the first combination";
    }
    seen[trial.block].insert(TrialTitles().next(trial));
  }
  for (std::uint32_t block = 0; block < 4; ++block) {
    EXPECT_EQ(controls[block], 1);
    EXPECT_EQ(seen[block].size(), 5U);
  }
}

TEST(Sweep, WithoutAPoolItsKnobsAreGone) {
  const Scenario scenario = swept(
      R"(, "matrix": {"workers": [1, 2], "/pools/two/dispatch/inbox": [4, 8],
          "exclude": [{"/pools/two/dispatch/inbox": 4}, {"pool": "two"}, {"workers": 2}]})");
  const Scenario alone = with_pools(scenario, {"one"});
  EXPECT_THAT(titles(plan(alone)), ElementsAre("one workers=1"));
  EXPECT_NO_THROW(read_scenario_text(scenario_to_json(alone), "alone"));
}

TEST(Sweep, IsWrittenAndReadTheSame) {
  const Scenario scenario = swept(
      R"(, "matrix": {"workers": [1, {"min": 1, "max": 1}], "/pools/*/dispatch": ["pull", "push"],
          "exclude": [{"workers": 1, "/pools/*/dispatch": "push"}]})");
  const Scenario again = read_scenario_text(scenario_to_json(scenario), "again");
  EXPECT_EQ(scenario_to_json(again), scenario_to_json(scenario));
  EXPECT_EQ(titles(plan(again)), titles(plan(scenario)));
}

TEST(Sweep, KnobsOfTheSameNameAreToldApart) {
  const Scenario scenario = swept(R"(, "matrix": {"/phases/a/duration_s": [1, 2],
                                                  "/phases/b/duration_s": [3]})");
  EXPECT_EQ(titles(plan(scenario)).front(), "one /phases/a/duration_s=1 /phases/b/duration_s=3");
}

TEST(Sweep, OverridesReachEveryElement) {
  const Scenario scenario = read_scenario_text(
      R"({"phases": [{"name": "a"}, {"name": "b"}]})", "x",
      {{"/phases/*/duration_s", "7"}, {"/pools/*/workers", "3"}, {"/classes/*/weight", "2"}});
  EXPECT_EQ(scenario.phases[0].duration.count(), 7);
  EXPECT_EQ(scenario.phases[1].duration.count(), 7);
  EXPECT_EQ(scenario.pools.size(), 5U);
  for (const pools::PoolConfig& pool : scenario.pools) EXPECT_EQ(pool.max_workers, 3U);
  EXPECT_EQ(scenario.classes[0].weight, 2);
  EXPECT_THAT(
      [] {
        read_scenario_text(R"({"phases": [{}]})", "x", {{"/run/*/x", "1"}});
      },
      ThrowsMessage<ScenarioError>(HasSubstr("expected /run to be a list")));
}

TEST(Sweep, ARateThatIsNoneIsRefusedInCppToo) {
  Scenario scenario = swept("");
  EXPECT_THAT(
      [&] {
        with_parameters(scenario, {{"rate_per_s", "fast"}});
      },
      ThrowsMessage<ScenarioError>(HasSubstr("expected a rate above 0")));
}

TEST(Looks, GrowByHalfUpToTheCap) {
  RunPlan run;
  EXPECT_THAT(looks(run), ElementsAre(1U));
  run.repetitions = 7;
  EXPECT_THAT(looks(run), ElementsAre(7U));
  run.until_conclusive = 30;
  EXPECT_THAT(looks(run), ElementsAre(10U, 15U, 23U, 30U));
  run.repetitions = 12;
  EXPECT_THAT(looks(run), ElementsAre(12U, 18U, 27U, 30U));
  run.until_conclusive = 8;
  run.repetitions = 1;
  EXPECT_THAT(looks(run), ElementsAre(8U));
}

TEST(Looks, LaterBlocksAreThoseOfTheWholePlan) {
  Scenario scenario = swept(R"(, "run": {"until_conclusive": 15})");
  Scenario whole = scenario;
  whole.run.until_conclusive = 0;
  whole.run.repetitions = 15;
  std::vector<TrialSpec> parts = plan(scenario);
  const std::vector<TrialSpec> more = plan_blocks(scenario, 10, 15);
  parts.insert(parts.end(), more.begin(), more.end());
  const std::vector<TrialSpec> all = plan(whole);
  ASSERT_EQ(parts.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(parts[i].pool + parts[i].arm, all[i].pool + all[i].arm);
    EXPECT_EQ(parts[i].seed, all[i].seed);
    EXPECT_EQ(parts[i].block, all[i].block);
  }
}

}  // namespace
}  // namespace scenarios
