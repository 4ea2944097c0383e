#include "results/phase_results.h"

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "scenarios/scenario_json.h"

namespace results {
namespace {

scenarios::Timetable timetable() {
  return scenarios::Timetable(scenarios::read_scenario_text(
      R"({"run": {"warmup_s": 1}, "phases": [{"name": "a", "duration_s": 2},
                                             {"name": "b", "duration_s": 1}]})",
      "test.json"));
}

/// Samples every half second; as many tasks a second as the sample's number.
PoolTimeline timeline(int samples) {
  PoolTimeline timeline;
  for (int i = 1; i <= samples; ++i) {
    TimelinePoint point;
    point.t_s = 0.5 * i;
    point.submitted_per_s = i;
    point.throughput_per_s = 10 * i;
    timeline.points.push_back(point);
  }
  return timeline;
}

TEST(PhaseResults, SayWhenEachPhaseWasAndWhatWasDoneMeanwhile) {
  const auto phases = phase_results(timetable(), pools::Nanos{0}, pools::Nanos{0}, timeline(8), 4);
  ASSERT_EQ(phases.size(), 3U);
  EXPECT_EQ(phases[0].name, "warm-up");
  EXPECT_FALSE(phases[0].measured);
  EXPECT_DOUBLE_EQ(phases[0].submitted_per_s, 1.5);
  EXPECT_EQ(phases[1].name, "a");
  EXPECT_DOUBLE_EQ(phases[1].begin_s, 1);
  EXPECT_DOUBLE_EQ(phases[1].end_s, 3);
  EXPECT_DOUBLE_EQ(phases[1].submitted_per_s, 4.5);
  EXPECT_DOUBLE_EQ(phases[1].throughput_per_s, 45);
  EXPECT_DOUBLE_EQ(phases[2].throughput_per_s, 75);
}

TEST(PhaseResults, MoveWithTheDrainAfterTheWarmUp) {
  const auto phases =
      phase_results(timetable(), std::chrono::milliseconds{250}, pools::Nanos{0}, timeline(10), 5);
  ASSERT_EQ(phases.size(), 3U);
  EXPECT_DOUBLE_EQ(phases[0].end_s, 1);
  EXPECT_DOUBLE_EQ(phases[1].begin_s, 1.25);
  EXPECT_DOUBLE_EQ(phases[1].end_s, 3.25);
  // A quarter second of the third sample, a quarter of the seventh, all of those between.
  EXPECT_DOUBLE_EQ(phases[1].submitted_per_s, (0.25 * 3 + 0.5 * (4 + 5 + 6) + 0.25 * 7) / 2);
}

TEST(PhaseResults, EndWhereTheTrialEnded) {
  const auto phases =
      phase_results(timetable(), pools::Nanos{0}, pools::Nanos{0}, timeline(3), 1.5);
  ASSERT_EQ(phases.size(), 2U) << "the last phase never began";
  EXPECT_DOUBLE_EQ(phases[1].end_s, 1.5);
  EXPECT_DOUBLE_EQ(phases[1].submitted_per_s, 3);
  const auto blind = phase_results(timetable(), pools::Nanos{0}, pools::Nanos{0}, {}, 4);
  EXPECT_TRUE(std::isnan(blind.at(1).throughput_per_s)) << "not measured";
}

}  // namespace
}  // namespace results
