#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"

namespace scenarios {
namespace {

using ::testing::HasSubstr;

const std::string kLoad = R"({"run": {"warmup_s": 1}, "phases": [
  {"name": "a", "duration_s": 6, "arrival": {"process": "spike", "base_per_s": 100,
    "peak_per_s": 1000, "at_s": 2, "width_s": 1}},
  {"name": "b", "duration_s": 4, "arrival": {"process": "step", "gaps": "constant",
    "stages": [{"rate_per_s": 100, "duration_s": 1}, {"rate_per_s": 300, "duration_s": 3}]}}]})";

Scenario read(const std::string& text) { return read_scenario_text(text, "test.json"); }

double mean_rate(Scenario scenario) {
  double seconds = 0;
  for (const Phase& phase : scenario.phases) seconds += phase.duration.count();
  scenario.run.warmup = Seconds{0};
  return expected_arrivals(scenario) / seconds;
}

TEST(Rescaled, ADurationKeepsTheShapeAndTheRates) {
  const Scenario longer = with_duration(read(kLoad), Seconds{30});
  EXPECT_DOUBLE_EQ(longer.phases[0].duration.count(), 18);
  EXPECT_DOUBLE_EQ(longer.phases[1].duration.count(), 12);
  EXPECT_DOUBLE_EQ(longer.phases[0].arrival.settings.real("at_s"), 6);
  EXPECT_DOUBLE_EQ(longer.phases[0].arrival.settings.real("peak_per_s"), 1000);
  EXPECT_DOUBLE_EQ(longer.phases[1].arrival.settings.numbers("stages")[3], 9);
  EXPECT_DOUBLE_EQ(longer.run.warmup.count(), 1);
  EXPECT_NEAR(mean_rate(longer), mean_rate(read(kLoad)), 1e-6);
}

TEST(Rescaled, ARateIsTheMeanOfAllPhases) {
  const Scenario heavier = with_rate(read(kLoad), 1000);
  EXPECT_NEAR(mean_rate(heavier), 1000, 1e-6);
  const pools::Settings& spike = heavier.phases[0].arrival.settings;
  EXPECT_NEAR(spike.real("peak_per_s") / spike.real("base_per_s"), 10, 1e-9);
  EXPECT_DOUBLE_EQ(heavier.phases[1].arrival.settings.numbers("stages")[1], 1);
  EXPECT_DOUBLE_EQ(heavier.phases[0].duration.count(), 6);
}

TEST(Rescaled, IsCheckedLikeAFile) {
  EXPECT_THAT([] { (void)with_rate(read(kLoad), 1e12); },
              ::testing::ThrowsMessage<ScenarioError>(HasSubstr("test.json with --rate")));
  EXPECT_THROW((void)with_duration(read(kLoad), Seconds{1e9}), ScenarioError);
  EXPECT_THAT(
      [] {
        (void)with_rate(read(R"({"phases": [{"arrival": {"process": "closed", "clients": 4}}]})"),
                        1000);
      },
      ::testing::ThrowsMessage<ScenarioError>(HasSubstr("phase \"phase-1\": expected a process")));
}

}  // namespace
}  // namespace scenarios
