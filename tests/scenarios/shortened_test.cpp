#include <gtest/gtest.h>

#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"

namespace scenarios {
namespace {

Scenario read(const std::string& text) { return read_scenario_text(text, "test.json"); }

const std::string kLong = R"({"run": {"warmup_s": 2, "drain_timeout_s": 20}, "phases": [
  {"name": "a", "duration_s": 20, "arrival": {"process": "spike", "at_s": 5, "width_s": 1}},
  {"name": "b", "duration_s": 10, "arrival": {"process": "step", "gaps": "constant",
    "stages": [{"rate_per_s": 100, "duration_s": 4}, {"rate_per_s": 300, "duration_s": 6}]}},
  {"name": "c", "duration_s": 8, "arrival": {"process": "on_off", "mean_on_s": 0.4}}]})";

double load_s(const Scenario& scenario) {
  double sum = scenario.run.warmup.count();
  for (const Phase& phase : scenario.phases) sum += phase.duration.count();
  return sum;
}

TEST(Shortened, KeepsTheShape) {
  const Scenario scenario = read(kLong);
  const Scenario quick = shortened(scenario, Seconds{10});
  const double factor = load_s(quick) / load_s(scenario);
  EXPECT_LT(factor, 0.1);
  EXPECT_NEAR(quick.run.warmup.count(), 2 * factor, 1e-9);
  EXPECT_NEAR(quick.phases[0].duration.count(), 20 * factor, 1e-9);
  EXPECT_NEAR(quick.phases[0].arrival.settings.real("at_s"), 5 * factor, 1e-9);
  EXPECT_NEAR(quick.phases[0].arrival.settings.real("width_s"), factor, 1e-9);
  const pools::Numbers& stages = quick.phases[1].arrival.settings.numbers("stages");
  EXPECT_EQ(stages[0], 100);
  EXPECT_NEAR(stages[1], 4 * factor, 1e-9);
  EXPECT_NEAR(quick.phases[2].arrival.settings.real("mean_on_s"), 0.4 * factor, 1e-9);
  EXPECT_EQ(quick.pools.size(), scenario.pools.size());
}

TEST(Shortened, SpendsHalfOfTheTimeOnLoad) {
  for (const double seconds : {5.0, 10.0, 30.0}) {
    const Scenario quick = shortened(read(kLong), Seconds{seconds});
    const auto pools = static_cast<double>(quick.pools.size());
    EXPECT_NEAR(pools * load_s(quick), 0.5 * seconds, 1e-6);
    EXPECT_LE(quick.run.drain_timeout.count(), 20);
    EXPECT_GE(quick.run.drain_timeout.count(), 2) << "a limit, not a plan: a busy machine needs it";
  }
}

const std::string kPauses = R"({"run": {"warmup_s": 1}, "phases": [{"duration_s": 49}],
  "pools": [{"id": "a", "dispatch": "pull", "workers": {"min": 1, "max": 4},
             "sizing": {"name": "threshold", "idle_timeout_ms": 200, "cooldown_ms": 0}},
            {"id": "b", "dispatch": {"name": "priority", "ageing_ms": 0}},
            {"id": "c", "dispatch": {"name": "priority", "ageing_ms": 40}},
            {"id": "d", "dispatch": "priority"},
            {"id": "e", "dispatch": {"name": "batch", "flush_us": 5000, "early_flush": false}}]})";

TEST(Shortened, ShrinksThePausesOfPoolsAsWell) {
  // Phases shorter than the idle timeout: no worker would ever leave, and a gate on that would
  // fail.
  const Scenario quick = shortened(read(kPauses), Seconds{10});
  ASSERT_NEAR(load_s(quick), 1, 1e-9);
  EXPECT_NEAR(quick.pools[0].sizing.settings.real("idle_timeout_ms"), 200.0 / 50, 1e-9);
  EXPECT_EQ(quick.pools[0].sizing.settings.real("cooldown_ms"), 0);
  EXPECT_EQ(quick.pools[1].dispatch.settings.real("ageing_ms"), 0) << "0 switches it off";
  EXPECT_NEAR(quick.pools[2].dispatch.settings.real("ageing_ms"), 40.0 / 50, 1e-9);
  EXPECT_TRUE(quick.pools[3].dispatch.settings.given().empty());
  EXPECT_EQ(quick.pools[4].dispatch.settings.real("flush_us"), 5000) << "on the scale of tasks";
  EXPECT_EQ(scenario_to_json(read(quick.text)), quick.text);
}

TEST(Shortened, KeepsTheSamplesThatAGateNeeds) {
  const auto tasks = [](const std::string& gate) {
    const Scenario quick = shortened(read(R"({"run": {"warmup_s": 0}, "phases": [
          {"name": "a", "duration_s": 10, "arrival": {"process": "poisson", "rate_per_s": 1000}},
          {"name": "b", "duration_s": 10, "arrival": {"process": "poisson", "rate_per_s": 3000}}],
          "classes": [{"name": "x", "weight": 1}, {"name": "y", "weight": 3}],
          "expect": [{"metric": "response_us", "op": "<", "value": 5, )" +
                                          gate + "}]}"),
                                     Seconds{1});
    return expected_arrivals(quick);
  };
  EXPECT_NEAR(tasks(R"("stat": "mean")"), 200, 1) << "2 s of load for five pools, at that rate";
  EXPECT_NEAR(tasks(R"("stat": "p99")"), 1200, 1) << "12 beyond the percentile";
  EXPECT_NEAR(tasks(R"("stat": "p99", "phase": "a")"), 4800, 1) << "a quarter is in that phase";
  EXPECT_NEAR(tasks(R"("stat": "p99", "class": "x")"), 4800, 1);
  EXPECT_NEAR(tasks(R"("stat": "p99.9")"), 12000, 10);
  EXPECT_NEAR(tasks(R"("stat": "p99.9", "phase": "a")"), 40000, 1) << "never longer than it was";
}

TEST(Shortened, LeavesAShortScenarioAlone) {
  const Scenario scenario = read(R"({"run": {"warmup_s": 0.1}, "phases": [{"duration_s": 0.5}]})");
  const Scenario quick = shortened(scenario, Seconds{10});
  EXPECT_EQ(scenario_to_json(quick), scenario_to_json(scenario));
}

TEST(Shortened, GivesFewerPoolsMoreTime) {
  Scenario scenario = read(kLong);
  const double five = load_s(shortened(scenario, Seconds{10}));
  scenario.pools.resize(1);
  EXPECT_NEAR(load_s(shortened(scenario, Seconds{10})), 5 * five, 1e-6);
}

TEST(Shortened, KeepsTheWindowThatATrendNeeds) {
  const Scenario quick = shortened(read(R"({"phases": [{"duration_s": 500}], "run":
      {"steady_state": {"window_s": 1.2, "max_wait_s": 30}}})"),
                                   Seconds{10});
  const SteadyState& steady = quick.run.steady_state.value();
  EXPECT_EQ(steady.window, least_steady_window(quick.run.sample_interval));
  EXPECT_EQ(steady.max_wait, steady.window) << "one look at the least";
  EXPECT_EQ(scenario_to_json(read(quick.text)), quick.text);
}

TEST(Shortened, CanBeReadAgain) {
  for (const double limit : {0.5, 3.0, 10.0}) {
    const Scenario quick = shortened(read(kLong), Seconds{limit});
    EXPECT_EQ(scenario_to_json(read(quick.text)), quick.text);
    EXPECT_NO_THROW(Timetable{quick});
  }
}

}  // namespace
}  // namespace scenarios
