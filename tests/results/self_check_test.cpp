#include "results/self_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/made_up.h"

namespace results {
namespace {

using ::testing::HasSubstr;

TEST(SelfCheck, AcceptsAGeneratorThatWasOnTime) {
  Trial trial = made_up::trial("pull");
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid);
  EXPECT_TRUE(trial.sound);
  EXPECT_TRUE(trial.flags.empty());
}

/// A trial whose sends were so late that it adds `by` to `share` of the response times.
Trial late_trial(double share, double by_us, Trial trial = made_up::trial("pull")) {
  for (SeriesResult& one : trial.series) {
    pools::LatencyHistogram from_due;
    std::uint64_t seen = 0;
    const auto late_from =
        static_cast<std::uint64_t>((1 - share) * static_cast<double>(one.figures.response.count()));
    one.figures.response.for_each_bucket(
        [&](std::uint64_t lower, std::uint64_t, std::uint64_t count) {
          const auto sent = static_cast<pools::Nanos::rep>(lower);
          const bool late = seen >= late_from;
          const pools::Nanos due{sent + (late ? static_cast<pools::Nanos::rep>(by_us * 1000) : 0)};
          from_due.record(due, count);
          if (late) {
            one.figures.late_response.record(due, count);
            one.figures.late_since_send.record(pools::Nanos{sent}, count);
          }
          seen += count;
        });
    one.figures.response = from_due;
  }
  trial.generator.lag = made_up::latencies(by_us, 4000);
  return trial;
}

TEST(SelfCheck, FlagsAGeneratorThatMakesResponsesLonger) {
  Trial trial = late_trial(0.05, 200);  // p99 of about 440 us: 45 % more
  self_check(trial, 2);
  EXPECT_FALSE(trial.valid);
  EXPECT_TRUE(trial.sound);
  ASSERT_EQ(trial.flags.size(), 1U);
  EXPECT_THAT(trial.flags[0], HasSubstr("the generator was late: that adds 200 us to the response "
                                        "p9"));
  EXPECT_THAT(trial.flags[0], HasSubstr("limit 10 %"));
}

TEST(SelfCheck, CountsLatenessOnlyInWhatItAdds) {
  // Lag as long as the response itself, but of tasks that took long anyhow: as on a machine whose
  // cores are all busy. It shows nowhere in what is reported.
  Trial rare = late_trial(0.0005, 200);
  rare.generator.lag = made_up::latencies(200, 4000);
  self_check(rare, 2);
  EXPECT_TRUE(rare.valid);
  Trial little = late_trial(1, 8);  // a tenth of the fastest, but below what counts
  self_check(little, 2);
  EXPECT_TRUE(little.valid) << little.flags.at(0);
  Trial typical = late_trial(1, 40);  // not in the tail: the p50 is half as long again
  self_check(typical, 2);
  EXPECT_FALSE(typical.valid);
  EXPECT_THAT(typical.flags.at(0), HasSubstr("response p50"));
}

TEST(SelfCheck, WhatReachesTheFarthestPercentileOnlySpoilsThatAlone) {
  Trial many = made_up::trial("pull");
  many.series = {made_up::series("calm", "task", 100, 20'000)};
  Trial trial = late_trial(0.003, 400, many);
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid);
  ASSERT_EQ(trial.flags.size(), 2U) << "and that it is not all in the ledger";
  EXPECT_THAT(trial.flags.back(), HasSubstr("the p99.9 is not the pool's alone: late sends add"));
}

TEST(SelfCheck, DoesNotBlameTheGeneratorForAFullQueue) {
  Trial trial = late_trial(0.05, 200);
  trial.generator.held_up = std::chrono::milliseconds{500};
  trial.queue_capacity = 32;
  trial.timeline.points[1].queue_depth = 31;
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid);
  ASSERT_EQ(trial.flags.size(), 1U);
  EXPECT_THAT(trial.flags[0], HasSubstr("held the submitter up"));
}

TEST(SelfCheck, DoesNotExcuseALateGeneratorWithoutAFullQueue) {
  Trial trial = late_trial(0.05, 200);
  trial.generator.held_up = std::chrono::milliseconds{500};  // preempted inside submit
  self_check(trial, 2);
  EXPECT_FALSE(trial.valid);
}

TEST(SelfCheck, FlagsCoresThatOthersUsed) {
  Trial trial = made_up::trial("pull");  // 2.5 s on two cores
  trial.cost.user_s = 1;
  trial.cost.run_delay_s = 3;
  trial.cost.others_s = 1.5;
  trial.cost.stolen_s = 0.5;
  self_check(trial, 2);
  EXPECT_FALSE(trial.valid);
  EXPECT_THAT(trial.flags.at(0), HasSubstr("40 % of the cores' time went to others"));
  Trial full = made_up::trial("pull");  // its own threads waited for one another
  full.cost.user_s = 3;
  full.cost.others_s = 0.1;
  full.cost.run_delay_s = 9;
  self_check(full, 2);
  EXPECT_TRUE(full.valid);
}

TEST(SelfCheck, AUsedUpQuotaSpoilsATrial) {
  Trial trial = made_up::trial("pull");
  trial.cost.throttled_s = 0.01 * trial.elapsed_s;
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid) << "too little to be seen in a p99";
  trial.cost.throttled_s = 8.6;
  self_check(trial, 2);
  EXPECT_FALSE(trial.valid);
  EXPECT_THAT(trial.flags.at(0), HasSubstr("CPU quota of the control group held threads back for "
                                           "8.6 s"));
}

TEST(SelfCheck, ALostTaskMakesTheTrialUnsound) {
  Trial trial = made_up::trial("pull");
  trial.ledger.completed -= 1;
  self_check(trial, 2);
  EXPECT_FALSE(trial.sound);
  EXPECT_THAT(trial.flags.at(0), HasSubstr("ledger does not close"));
}

TEST(SelfCheck, OverloadIsAFindingAndIsSaid) {
  Trial trial = made_up::trial("pull");
  made_up::cancel(trial, 1, 500, 1e6);
  self_check(trial, 2);
  EXPECT_TRUE(trial.sound);
  EXPECT_TRUE(trial.valid);
  ASSERT_EQ(trial.flags.size(), 1U);
  EXPECT_THAT(trial.flags[0], HasSubstr("did not drain in time: 500 tasks cancelled"));
  trial.flags.clear();
  trial.interrupted = true;
  self_check(trial, 2);
  EXPECT_TRUE(trial.flags.empty());
}

TEST(SelfCheck, SeriesThatDoNotAddUpToTheLedgerMakeTheTrialUnsound) {
  Trial trial = made_up::trial("pull");
  --trial.series[1].figures.completed;
  self_check(trial, 2);
  EXPECT_FALSE(trial.sound);
  EXPECT_THAT(trial.flags.at(0), HasSubstr("do not add up to the ledger: 4502 completed"));
}

TEST(SelfCheck, ATimetableThatIsNotThePlannedOneSpoilsATrial) {
  Trial trial = made_up::trial("pull");
  trial.arrivals = {4500, 2.1, 0.08, 0.02, 0.2, 0.0, 4000, 0.05, 0.0};
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid);
  EXPECT_TRUE(trial.flags.empty());
  Trial gaps = trial;
  gaps.arrivals.anderson_darling = 9;
  gaps.arrivals.gaps_p = 4e-5;
  self_check(gaps, 2);
  EXPECT_FALSE(gaps.valid);
  EXPECT_EQ(gaps.flags.at(0),
            "the timetable is not the planned one: its 4500 gaps are not exponential "
            "(Anderson-Darling 9, p 4e-05)");
  Trial order = trial;
  order.arrivals.independence_p = 1e-6;
  order.arrivals.rank_correlation = -0.073;
  self_check(order, 2);
  EXPECT_FALSE(order.valid);
  EXPECT_EQ(order.flags.at(0),
            "the timetable is not the planned one: its gaps depend on each other (rank "
            "correlation -0.073, p 1e-06)");
  Trial uneven = trial;
  uneven.arrivals.uneven = 0.25;
  self_check(uneven, 2);
  EXPECT_FALSE(uneven.valid);
  EXPECT_THAT(uneven.flags.at(0), HasSubstr("a gap is off by 25 %"));
}

TEST(SelfCheck, SendsThatWereNotAsPlannedAreSaid) {
  Trial trial = made_up::trial("pull");
  trial.arrivals.sent_gaps = 4000;
  trial.arrivals.sent_distance = 0.4;
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid) << "what lateness does to the figures is judged by itself";
  EXPECT_THAT(trial.flags.at(0), HasSubstr("tasks were not sent as planned: for 40 % of the gaps"));
  Trial few = made_up::trial("pull");
  few.arrivals.sent_gaps = 60;
  few.arrivals.sent_distance = 0.3;  // chance does that
  self_check(few, 2);
  EXPECT_TRUE(few.flags.empty());
  Trial full = trial;  // a full queue kept the generator waiting: the scenario's doing
  full.flags.clear();
  full.queue_capacity = 32;
  full.timeline.points[1].queue_depth = 31;
  self_check(full, 2);
  EXPECT_TRUE(full.flags.empty());
}

TEST(SelfCheck, AMachineThatChangesItsSpeedIsSaidAndSpoilsATrial) {
  Trial trial = made_up::trial("pull");
  trial.noise.speed_before = 900;
  trial.noise.speed_after = 880;
  self_check(trial, 2);
  EXPECT_TRUE(trial.flags.empty());
  trial.noise.speed_after = 945;
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid);
  EXPECT_EQ(trial.flags.at(0), "the machine's speed changed by 5.0 % meanwhile (limit 10 %)");
  trial.noise.speed_after = 700;
  self_check(trial, 2);
  EXPECT_FALSE(trial.valid);
}

TEST(SelfCheck, ABacklogFromTheWarmUpIsSaid) {
  Trial trial = made_up::trial("pull");
  trial.noise.backlog = 37;
  self_check(trial, 2);
  EXPECT_TRUE(trial.valid);
  EXPECT_THAT(trial.flags.at(0), HasSubstr("37 of its tasks were in the pool when measuring"));
}

}  // namespace
}  // namespace results
