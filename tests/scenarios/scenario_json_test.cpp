#include "scenarios/scenario_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pools/catalog.h"

namespace scenarios {
namespace {

using testing::HasSubstr;

Scenario read(const std::string& text, const std::vector<Override>& overrides = {}) {
  return read_scenario_text(text, "test.json", overrides);
}

std::string complaint(const std::string& text, const std::vector<Override>& overrides = {}) {
  try {
    read(text, overrides);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "";
}

TEST(Reader, TakesTheShortestFile) {
  const Scenario scenario = read(R"({"phases": [{}]})");
  EXPECT_EQ(scenario.name, "test");
  EXPECT_EQ(scenario.seed, 1U);
  EXPECT_EQ(scenario.run.warmup, Seconds{1});
  ASSERT_EQ(scenario.phases.size(), 1U);
  EXPECT_EQ(scenario.phases[0].name, "phase-1");
  EXPECT_EQ(scenario.phases[0].arrival.name, "poisson");
  ASSERT_EQ(scenario.classes.size(), 1U);
  EXPECT_EQ(scenario.classes[0].work.name, "cpu");
  // One pool of every strategy.
  ASSERT_EQ(scenario.pools.size(), pools::dispatch_catalog().size());
  for (std::size_t i = 0; i < scenario.pools.size(); ++i) {
    EXPECT_EQ(scenario.pools[i].id, pools::dispatch_catalog()[i].name);
    EXPECT_NO_THROW(static_cast<void>(pools::resolved(scenario.pools[i])));
  }
}

TEST(Reader, TakesEveryField) {
  const Scenario scenario = read(R"({
    "schema": "poollab.scenario/1", "name": "all", "description": "every field", "seed": 99,
    "run": {"warmup_s": 0.25, "drain_after_warmup": false, "drain_timeout_s": 3,
            "percentiles": [10, 99.99], "sample_interval_s": 0.1},
    "generator": {"spin_us": 7, "timer_slack_ns": 1000},
    "classes": [{"name": "x", "weight": 2, "priority": "medium", "work": {"kind": "sleep"},
                 "service": {"dist": "bimodal", "p": 0.5, "a_us": 1, "b_us": 2.5}},
                {"name": "y", "priority": 5, "work": "cpu"}],
    "phases": [{"name": "p", "duration_s": 3,
                "arrival": {"process": "step", "stages": [{"rate_per_s": 5, "duration_s": 1},
                                                          {"duration_s": 2, "rate_per_s": 7}]}}],
    "pools": [{"id": "one", "dispatch": "priority", "workers": 3, "queue_capacity": 10,
               "on_full": "caller_runs", "metrics": "off"},
              {"id": "two", "dispatch": {"name": "push", "choose": "round_robin", "steal": true},
               "workers": {"min": 2, "max": 5},
               "sizing": {"name": "threshold", "tasks_per_worker": 9}}],
    "baseline": "two",
    "expect": [{"metric": "response_us", "stat": "p99.9", "pool": "two", "class": "x", "phase": "p",
                "op": "<=", "value": 1500},
               {"metric": "rejected", "compare": "one/two", "op": "<", "value": 1.5}]})");
  EXPECT_EQ(scenario.name, "all");
  EXPECT_EQ(scenario.description, "every field");
  EXPECT_EQ(scenario.seed, 99U);
  EXPECT_EQ(scenario.run.warmup, Seconds{0.25});
  EXPECT_FALSE(scenario.run.drain_after_warmup);
  EXPECT_EQ(scenario.run.drain_timeout, Seconds{3});
  EXPECT_EQ(scenario.run.percentiles, (std::vector<double>{10, 99.99}));
  EXPECT_EQ(scenario.run.sample_interval, Seconds{0.1});
  EXPECT_EQ(scenario.generator.spin, std::chrono::microseconds{7});
  EXPECT_EQ(scenario.generator.timer_slack, std::chrono::nanoseconds{1000});
  EXPECT_EQ(scenario.classes[0].level, 1);
  EXPECT_EQ(scenario.classes[0].weight, 2);
  EXPECT_EQ(scenario.classes[0].work.name, "sleep");
  EXPECT_EQ(scenario.classes[0].service.settings.real("b_us"), 2.5);
  EXPECT_EQ(scenario.classes[0].service.settings.real("a_us"), 1) << "a whole number is real too";
  EXPECT_EQ(scenario.classes[1].level, 5);
  EXPECT_EQ(scenario.phases[0].arrival.settings.numbers("stages"), (pools::Numbers{5, 1, 7, 2}));
  const pools::PoolConfig& one = scenario.pools[0];
  EXPECT_EQ(one.min_workers, 3U);
  EXPECT_EQ(one.max_workers, 3U);
  EXPECT_EQ(one.queue_capacity, 10U);
  EXPECT_EQ(one.on_full, pools::OnFull::CallerRuns);
  EXPECT_EQ(one.metrics, pools::MetricsLevel::Off);
  EXPECT_EQ(one.seed, 99U);
  const pools::PoolConfig& two = scenario.pools[1];
  EXPECT_EQ(two.id, "two");
  EXPECT_EQ(two.max_workers, 5U);
  EXPECT_EQ(two.dispatch.settings.word("choose"), "round_robin");
  EXPECT_TRUE(two.dispatch.settings.flag("steal"));
  EXPECT_EQ(two.sizing.settings.real("tasks_per_worker"), 9);
  EXPECT_EQ(scenario.baseline, "two");
  EXPECT_EQ(scenario.expect[0].stat, "p99.9");
  EXPECT_EQ(scenario.expect[0].task_class, "x");
  EXPECT_EQ(scenario.expect[1].stat, "count") << "the metric's first statistic";
  EXPECT_EQ(scenario.expect[1].compare, "one/two");
}

TEST(Reader, NamesAllStrategiesForAnUnknownOne) {
  const std::string said =
      complaint(R"({"phases": [{}], "pools": [{"dispatch": {"name": "steeling"}}]})");
  EXPECT_THAT(said, HasSubstr("test.json:1:50 /pools/0/dispatch/name: expected a dispatch"));
  for (const pools::DispatchRow& row : pools::dispatch_catalog()) {
    EXPECT_THAT(said, HasSubstr(std::string(row.name)));
  }
  EXPECT_THAT(said, HasSubstr("did you mean \"stealing\"?"));
}

TEST(Reader, AcceptsEveryPoolOfTheCatalogs) {
  for (const pools::DispatchRow& row : pools::dispatch_catalog()) {
    EXPECT_NO_THROW(
        read(R"({"phases": [{}], "pools": [{"dispatch": ")" + std::string(row.name) + "\"}]}"));
  }
  for (const pools::PeerRow& row : pools::peer_catalog()) {
    EXPECT_NO_THROW(
        read(R"({"phases": [{}], "pools": [{"dispatch": ")" + std::string(row.name) + "\"}]}"));
  }
}

TEST(Reader, TakesAnIntegerExactlyOrNotAtAll) {
  // 2^53 + 1, which a double takes for 2^53, and forms that only a double could hold.
  for (const char* const seed : {"9007199254740993", "9223372036854775807", "9223372036854775808",
                                 "18446744073709551617", "1e16", "1e3", "7.0"}) {
    const std::string said = complaint(R"({"phases": [{}], "seed": )" + std::string(seed) + "}");
    EXPECT_EQ(said, "test.json:1:26 /seed: expected an integer from 1 to 9007199254740992, got " +
                        std::string(seed));
  }
  EXPECT_EQ(read(R"({"phases": [{}], "seed": 9007199254740992})").seed, 9007199254740992U);
}

TEST(Reader, ShowsTheFirstOfVeryManyUnknownNames) {
  std::string text = R"({"phases": [{}])";
  for (int i = 0; i < 300'000; ++i) text += ",\"extra" + std::to_string(i) + "\":0";
  try {
    read(text + "}");
    FAIL() << "accepted";
  } catch (const ScenarioError& error) {
    EXPECT_LE(error.problems.size(), 100U);
    EXPECT_THAT(error.text, HasSubstr("got 299950 more unknown ones"));
  }
}

TEST(Reader, ReportsEveryProblemOfAFile) {
  try {
    read(R"({"seed": -1, "phases": [{"duration_s": 0}, {"arrival": "x"}], "pools": []})");
    FAIL() << "accepted";
  } catch (const ScenarioError& error) {
    ASSERT_EQ(error.problems.size(), 4U);
    EXPECT_EQ(error.problems[0].pointer, "/seed");
    EXPECT_EQ(error.problems[0].file, "test.json");
    EXPECT_EQ(error.problems[0].column, 10U);
    EXPECT_EQ(error.problems[3].pointer, "/pools");
  }
}

const std::string kPools = R"({"run": {"warmup_s": 2}, "phases": [{}],
  "pools": [{"id": "p", "dispatch": "push"}, {"id": "q", "dispatch": {"name": "pull"}}]})";

TEST(Override, ReplacesAndAddsValues) {
  const Scenario scenario = read(kPools, {{"/run/warmup_s", "0.5"},
                                          {"/name", "renamed"},
                                          {"/generator/spin_us", "3"},
                                          {"/pools/0/workers", R"({"min": 1, "max": 3})"},
                                          {"/pools/0/sizing", "threshold"},
                                          {"/pools/0/sizing/tasks_per_worker", "7"},
                                          {"/pools/0/dispatch/choose", "join_idle"},
                                          {"/phases/0/arrival/process", "\"constant\""}});
  EXPECT_EQ(scenario.run.warmup, Seconds{0.5});
  EXPECT_EQ(scenario.name, "renamed");
  EXPECT_EQ(scenario.generator.spin, std::chrono::microseconds{3});
  EXPECT_EQ(scenario.pools[0].max_workers, 3U);
  EXPECT_EQ(scenario.pools[0].sizing.settings.real("tasks_per_worker"), 7);
  EXPECT_EQ(scenario.pools[0].dispatch.name, "push") << "the short form is written out";
  EXPECT_EQ(scenario.pools[0].dispatch.settings.word("choose"), "join_idle");
  EXPECT_EQ(scenario.phases[0].arrival.name, "constant");
  EXPECT_THAT(scenario.text, HasSubstr("\"renamed\"")) << "the text is the scenario as run";
}

TEST(ScenarioJson, LetsTheGeneratorSpinAsLongAsTheMachineNeeds) {
  const auto spin = [](const std::string& value) {
    return read(R"({"phases": [{}], "generator": {"spin_us": )" + value + "}}").generator.spin;
  };
  EXPECT_EQ(spin("\"auto\""), std::nullopt);
  EXPECT_EQ(spin("0"), std::chrono::microseconds{0});
  EXPECT_EQ(read(kPools).generator.spin, std::nullopt) << "by default";
  try {
    spin("\"soon\"");
    FAIL() << "accepted";
  } catch (const ScenarioError& error) {
    EXPECT_THAT(error.text,
                HasSubstr("/generator/spin_us: expected \"auto\" or microseconds, got \"soon\""));
  }
}

TEST(Override, FindsElementsByName) {
  const Scenario scenario =
      read(R"({"classes": [{"name": "rpc"}, {"name": "scan"}], "phases": [{}, {"name": "busy"}],
               "pools": ["pull", {"id": "9", "dispatch": "pull"}, {"dispatch": {"name": "push"}}]})",
           {{"/classes/scan/weight", "3"},
            {"/phases/phase-1/duration_s", "7"},
            {"/phases/busy/arrival/rate_per_s", "9"},
            {"/pools/pull/workers", "2"},
            {"/pools/9/workers", "3"},
            {"/pools/push/dispatch/inbox", "4"}});
  EXPECT_EQ(scenario.classes[1].weight, 3);
  EXPECT_EQ(scenario.phases[0].duration, Seconds{7});
  EXPECT_EQ(scenario.phases[1].arrival.settings.real("rate_per_s"), 9);
  EXPECT_EQ(scenario.pools[0].min_workers, 2U);
  EXPECT_EQ(scenario.pools[1].min_workers, 3U) << "a name, for there is no tenth pool";
  EXPECT_EQ(scenario.pools[2].dispatch.settings.integer("inbox"), 4);
}

TEST(Override, AppendsToLists) {
  const Scenario scenario =
      read(kPools, {{"/pools/-", "stealing"},
                    {"/pools/-/dispatch", "batch"},
                    {"/pools/batch/workers", "2"},
                    {"/phases/-/duration_s", "3"},
                    {"/expect/-", R"({"metric": "failed", "op": "==", "value": 0})"}});
  ASSERT_EQ(scenario.pools.size(), 4U);
  EXPECT_EQ(scenario.pools[2].id, "stealing");
  EXPECT_EQ(scenario.pools[3].min_workers, 2U);
  ASSERT_EQ(scenario.phases.size(), 2U);
  EXPECT_EQ(scenario.phases[1].duration, Seconds{3});
  EXPECT_EQ(scenario.expect.size(), 1U);
}

TEST(Override, ReachesWhatTheFileLeftOut) {
  const Scenario scenario =
      read(R"({"phases": [{"arrival": "poisson"}]})", {{"/classes/0/service/mean_us", "70"},
                                                       {"/classes/0/service/dist", "exponential"},
                                                       {"/phases/0/arrival/rate_per_s", "5"},
                                                       {"/pools/stealing/dispatch/order", "fifo"}});
  EXPECT_EQ(scenario.classes[0].service.settings.real("mean_us"), 70);
  EXPECT_EQ(scenario.phases[0].arrival.settings.real("rate_per_s"), 5);
  ASSERT_EQ(scenario.pools.size(), pools::dispatch_catalog().size());
  EXPECT_EQ(scenario.pools[2].dispatch.settings.word("order"), "fifo");
}

TEST(Override, LastOneWins) { EXPECT_EQ(read(kPools, {{"/seed", "5"}, {"/seed", "6"}}).seed, 6U); }

TEST(Override, ProblemsNameTheOption) {
  const auto said = [](const char* pointer, const char* value) {
    return complaint(kPools, {{pointer, value}});
  };
  EXPECT_EQ(said("/run/warmup_s", "-1"),
            "--set /run/warmup_s=-1: expected a number from 0 to 3600 s, got -1");
  EXPECT_EQ(said("/run/warmup_s", "long"),
            "--set /run/warmup_s=long: expected a number from 0 to 3600 s, got \"long\"");
  EXPECT_EQ(said("/run/warmup", "1"),
            "--set /run/warmup=1: expected a known field (warmup_s, steady_state, "
            "drain_after_warmup, drain_timeout_s, repetitions, until_conclusive, aa_control, "
            "percentiles, sample_interval_s), got "
            "\"warmup\"; did you mean "
            "\"warmup_s\"?");
  EXPECT_EQ(said("/pools/2/workers", "1"),
            "--set /pools/2/workers=1: expected an index below 2, a name or - (a new one) in "
            "/pools (p, q), got \"2\"");
  EXPECT_EQ(said("/pools/qq/workers", "1"),
            "--set /pools/qq/workers=1: expected an index below 2, a name or - (a new one) in "
            "/pools (p, q), got \"qq\"; did you mean \"q\"?");
  EXPECT_EQ(said("/expect/0/value", "1"),
            "--set /expect/0/value=1: expected the file to have the list /expect, got none");
  EXPECT_EQ(said("/run/percentiles/-", "99"),
            "--set /run/percentiles/-=99: expected the file to have the list /run/percentiles, got "
            "none");
  EXPECT_THAT(said("/pools/-/dispatch", "pll"), HasSubstr("did you mean \"pull\"?"));
  EXPECT_EQ(said("/run/warmup_s/x", "1"),
            "--set /run/warmup_s/x=1: expected /run/warmup_s to be an object or a list, got 2");
  EXPECT_EQ(said("run/warmup_s", "1"),
            "--set run/warmup_s=1: expected a JSON pointer such as /run/warmup_s");
  EXPECT_EQ(said("/seed", ""), "--set /seed=: expected a JSON value, got an empty text");
  EXPECT_EQ(said("/seed", "1 2"), "--set /seed=1 2: expected the end of the file, got \"2\"");
  EXPECT_EQ(said("/seed", "-"),
            "--set /seed=-: expected a digit after '-', got the end of the file");
}

TEST(Writer, WritesWhatTheReaderReadsBack) {
  const Scenario scenario = read(kPools, {{"/pools/0/dispatch/choose", "join_idle"}});
  const std::string text = scenario_to_json(scenario);
  EXPECT_EQ(scenario_to_json(read(text)), text);
  EXPECT_THAT(text, HasSubstr("\"warmup_s\": 2,")) << "whole numbers without a fraction";
}

TEST(Writer, SurvivesTextThatIsNotUtf8) {
  Scenario scenario = read(kPools);
  scenario.description = "caf\xE9";
  EXPECT_NO_THROW(read(scenario_to_json(scenario)));
}

}  // namespace
}  // namespace scenarios
