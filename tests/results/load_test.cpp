// What runs at several loads say: the curve and its knee, the capacity, the trend of a warm-up.
#include <gtest/gtest.h>

#include <cmath>

#include "results/capacity.h"
#include "results/load_curve.h"
#include "results/steady_state.h"
#include "tests/results/made_up.h"

namespace results {
namespace {

Trial at_rate(const std::string& pool, double rate, double us, std::uint32_t block = 0) {
  Trial trial = made_up::trial(pool);
  trial.parameters["rate_per_s"] = std::to_string(static_cast<int>(rate));
  trial.block = block;
  trial.series = {made_up::series("calm", "task", us, 3000)};
  trial.rates.offered_per_s = trial.rates.throughput_per_s = rate;
  return trial;
}

/// M/M/1 at a capacity of 1,000/s: the knee is at half of it.
RunResult queue_at(const std::vector<double>& rates) {
  RunResult result;
  result.scenario.pools = {"b", "a"};
  for (const char* pool : {"a", "b"}) {
    for (const double rate : rates) {
      result.trials.push_back(at_rate(pool, rate, 1e6 / (1000 - rate)));
    }
  }
  return result;
}

TEST(LoadCurve, HasItsKneeWhereThroughputOverResponseIsGreatest) {
  const std::vector<LoadCurve> curves = load_curves(queue_at({900, 100, 500, 300, 700}));
  ASSERT_EQ(curves.size(), 2U);
  EXPECT_EQ(curves[0].pool, "b") << "the scenario's order";
  ASSERT_EQ(curves[0].points.size(), 5U);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_GT(curves[0].points[i].rate_per_s, curves[0].points[i - 1].rate_per_s);
    EXPECT_GT(curves[0].points[i].p99_us, curves[0].points[i - 1].p99_us);
  }
  ASSERT_TRUE(curves[0].knee);
  EXPECT_EQ(curves[0].points[*curves[0].knee].rate_per_s, 500);
}

TEST(LoadCurve, AnEndIsNoKnee) {
  EXPECT_FALSE(load_curves(queue_at({100, 200, 300}))[0].knee) << "it lies beyond";
  EXPECT_FALSE(load_curves(queue_at({600, 800, 900}))[0].knee);
}

TEST(LoadCurve, TwoRatesAreNone) { EXPECT_TRUE(load_curves(queue_at({100, 200})).empty()); }

TEST(LoadCurve, TakesTheMedianOfTheTrialsThatMayBeCompared) {
  RunResult result = queue_at({100, 200, 300});
  result.trials.push_back(at_rate("a", 100, 5000, 1));
  result.trials.push_back(at_rate("a", 100, 5000, 2));
  result.trials.back().valid = false;
  const std::vector<LoadCurve> curves = load_curves(result);
  const LoadPoint& point = curves[1].points[0];
  EXPECT_EQ(point.trials, 2U);
  EXPECT_GT(point.p50_us, 2000);
}

scenarios::CapacityGoal below(double us) {
  scenarios::CapacityGoal goal;
  goal.below_us = us;
  return goal;
}

TEST(Kept, NeedsTheBoundAndNearlyAllTasks) {
  Trial trial = at_rate("a", 100, 100);
  EXPECT_EQ(kept(trial, below(400)), Kept::Yes);
  EXPECT_EQ(kept(trial, below(120)), Kept::No);
  trial.series[0].figures.rejected = 20;
  EXPECT_EQ(kept(trial, below(400)), Kept::No) << "those served may be as fast as they like";
}

TEST(Kept, ASpoiltTrialMayKeepAndMissesOnlyWhatThePoolMissed) {
  Trial trial = at_rate("a", 100, 100);
  trial.valid = false;
  EXPECT_EQ(kept(trial, below(400)), Kept::Yes);
  EXPECT_EQ(kept(trial, below(120)), Kept::No) << "no send was late, so that is the pool's";
  // Late sends: counted from the send most of it is gone.
  trial.series[0].figures.late_response = trial.series[0].figures.response;
  trial.series[0].figures.late_since_send = made_up::latencies(20, 3000);
  EXPECT_EQ(kept(trial, below(120)), Kept::Unknown);
}

TEST(Kept, TooFewSamplesSayNothing) {
  Trial trial = at_rate("a", 100, 100);
  trial.series = {made_up::series("calm", "task", 100, 50)};
  EXPECT_EQ(kept(trial, below(400)), Kept::Unknown);
  trial.interrupted = true;
  EXPECT_EQ(kept(trial, below(400)), Kept::Unknown);
}

RunResult search_of(const std::vector<std::pair<double, double>>& rates_and_us) {
  RunResult result;
  result.scenario.pools = {"a"};
  result.scenario.capacity = below(1000);
  for (const auto& [rate, us] : rates_and_us) result.trials.push_back(at_rate("a", rate, us));
  return result;
}

TEST(Capacity, IsTheHighestKeptBelowAllThatWereMissed) {
  const auto found = capacities(search_of({{100, 50}, {200, 50}, {400, 5000}, {300, 50}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rate_per_s, 300);
  EXPECT_EQ(found[0].high_per_s, 400);
}

TEST(Capacity, OfTriesAtOneRateTheLastCounts) {
  EXPECT_EQ(capacities(search_of({{100, 50}, {200, 5000}, {200, 50}}))[0].rate_per_s, 200);
}

TEST(Capacity, GatesAreJudgedByWhatIsKnown) {
  const auto found = capacities(search_of({{300, 50}, {400, 5000}}));
  const auto verdict = [&](double value) {
    scenarios::Expectation gate;
    gate.metric = "capacity_per_s";
    gate.op = ">";
    gate.value = value;
    return evaluate({gate}, found).at(0).verdict;
  };
  EXPECT_EQ(verdict(250), Verdict::Pass);
  EXPECT_EQ(verdict(350), Verdict::Inconclusive);
  EXPECT_EQ(verdict(450), Verdict::Fail);
}

PoolTimeline falling(double from, double to, double noise) {
  PoolTimeline timeline;
  for (int i = 1; i <= 100; ++i) {
    TimelinePoint point;
    point.t_s = 0.02 * i;
    point.throughput_per_s =
        from + (to - from) * (i - 1) / 99 + noise * ((i * 7919) % 13 - 6) / 6.0;
    timeline.points.push_back(point);
  }
  return timeline;
}

TEST(Trend, IsThatOfTheLineThatFitsBest) {
  const auto trend = trend_of(falling(1100, 900, 0), "throughput_per_s", 2, 2);
  ASSERT_TRUE(trend);
  EXPECT_NEAR(trend->change_pct, -20, 0.5);
  EXPECT_NEAR(trend->error_pct, 0, 1e-6);
  EXPECT_FALSE(trend->within(5));
  EXPECT_TRUE(trend->within(21));
}

TEST(Trend, WhatChanceMakesOfALevelLineIsNone) {
  const auto trend = trend_of(falling(1000, 1000, 300), "throughput_per_s", 2, 2);
  ASSERT_TRUE(trend);
  EXPECT_GT(trend->error_pct, 1);
  EXPECT_TRUE(trend->within(0.1 + std::abs(trend->change_pct)));
  EXPECT_FALSE(trend_of(falling(1500, 500, 300), "throughput_per_s", 2, 2)->within(5));
}

TEST(Trend, NeedsAWholeWindow) {
  EXPECT_FALSE(trend_of(falling(1000, 1000, 1), "throughput_per_s", 3, 2));
  EXPECT_FALSE(trend_of(falling(0, 0, 0), "throughput_per_s", 2, 2)) << "nothing has begun";
  EXPECT_FALSE(trend_of(falling(1000, 1000, 1), "response_p50_us", 2, 2)) << "nothing was timed";
}

TEST(SteadyWatch, SettlesOnceAndNotBeforeTheWarmUpIsOver) {
  scenarios::SteadyState plan;
  plan.window = scenarios::Seconds{0.5};
  SteadyWatch watch(plan, 1.0);
  const PoolTimeline whole = falling(1000, 1000, 10);
  PoolTimeline seen;
  int settled = 0;
  for (const TimelinePoint& point : whole.points) {
    seen.points.push_back(point);
    settled += watch.settled(seen) ? 1 : 0;
  }
  EXPECT_EQ(settled, 1);
  EXPECT_TRUE(watch.report().attained);
  EXPECT_GE(watch.report().after_s, 1.0);
}

}  // namespace
}  // namespace results
