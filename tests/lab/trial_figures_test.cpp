#include "lab/trial_figures.h"

#include <chrono>

#include <gtest/gtest.h>

#include "scenarios/scenario_json.h"

namespace lab {
namespace {

using pools::Instant;
using pools::PoolSnapshot;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds{100}};

/// A warm-up of a second and one phase of another, each of 1,000 evenly spaced tasks.
scenarios::Scenario scenario() {
  return scenarios::read_scenario_text(
      R"({"schema": "poollab.scenario/1", "name": "made-up", "run": {"warmup_s": 1},
          "phases": [{"name": "load", "duration_s": 1,
                      "arrival": {"process": "constant", "rate_per_s": 1000}}]})",
      "made-up.json");
}

/// What became of the two phases' tasks.
pools::PoolReport report(std::uint64_t warm_up, std::uint64_t load, std::uint64_t cancelled = 0) {
  pools::PoolReport report;
  report.by_series.resize(2);
  report.by_series[0].completed = warm_up;
  report.by_series[1].completed = load;
  report.by_series[1].cancelled = cancelled;
  return report;
}

PoolSnapshot reading(milliseconds at, std::uint64_t completed) {
  PoolSnapshot snapshot;
  snapshot.at = kStart + at;
  snapshot.ledger.completed = completed;
  return snapshot;
}

results::Trial trial(std::uint64_t completed, double elapsed_s) {
  results::Trial trial;
  trial.ledger.completed = completed;
  trial.elapsed_s = elapsed_s;
  return trial;
}

void fill(results::Trial& trial, const TrialReadings& readings, pools::PoolReport report) {
  const scenarios::Scenario load = scenario();
  fill_figures(trial, load, scenarios::Timetable(load), readings, std::move(report));
}

TEST(TrialFigures, CountTheMeasuredPhaseFromItsFirstInstantToTheLastTask) {
  results::Trial t = trial(2000, 3);
  fill(t, {kStart, reading(milliseconds{1003}, 1000), reading(milliseconds{3001}, 2000)},
       report(1000, 1000));
  EXPECT_DOUBLE_EQ(t.measured_from_s, 1);
  EXPECT_DOUBLE_EQ(t.measured_s, 2);
  EXPECT_DOUBLE_EQ(t.rates.throughput_per_s, 500);
  EXPECT_DOUBLE_EQ(t.rates.offered_per_s, 1000);
  EXPECT_EQ(results::counted_tasks(t).completed, 1000U);
}

TEST(TrialFigures, NeedNoLatencies) {
  results::Trial t = trial(2000, 2);
  t.config.metrics = "off";
  pools::PoolReport counted = report(1000, 900);
  counted.by_series[1].failed = 100;
  t.ledger.completed = 1900;
  t.ledger.failed = 100;
  fill(t, {kStart, reading(milliseconds{1000}, 1000), reading(milliseconds{2000}, 1900)},
       std::move(counted));
  EXPECT_DOUBLE_EQ(t.rates.throughput_per_s, 1000);
  EXPECT_DOUBLE_EQ(t.rates.goodput_per_s, 900);
}

TEST(TrialFigures, ThroughputCountsAWarmUpsBacklogThatIsServedInTheMeasuredTime) {
  // Half of the warm-up is left when measuring begins, a moment late: 1,500 tasks in 3 seconds.
  results::Trial t = trial(2000, 4.25);
  t.generator.clear_start = false;
  fill(t, {kStart, reading(milliseconds{1250}, 500), reading(milliseconds{4250}, 2000)},
       report(1000, 1000));
  EXPECT_DOUBLE_EQ(t.measured_from_s, 1.25);
  EXPECT_DOUBLE_EQ(t.rates.throughput_per_s, 500);
  EXPECT_EQ(results::counted_tasks(t).completed, 1000U) << "a task counts where it was due";
}

TEST(TrialFigures, StopCountingWhenTheTimeToDrainIsUp) {
  // 600 of the phase's tasks were done by then, one more while the others were cancelled.
  results::Trial t = trial(1601, 3);
  t.ledger.cancelled = 399;
  t.drained = false;
  fill(t, {kStart, reading(milliseconds{1000}, 1000), reading(milliseconds{3000}, 1600)},
       report(1000, 601, 399));
  EXPECT_DOUBLE_EQ(t.measured_s, 2);
  EXPECT_DOUBLE_EQ(t.rates.throughput_per_s, 300);
  EXPECT_EQ(results::counted_tasks(t).cancelled, 399U);
  EXPECT_EQ(results::counted_tasks(t).submitted, 1000U);
}

TEST(TrialFigures, MoveWithThePhasesWhenTheWarmUpTookLonger) {
  results::Trial t = trial(2000, 2.5);
  t.generator.shift = milliseconds{500};
  fill(t, {kStart, reading(milliseconds{1500}, 1000), reading(milliseconds{2500}, 2000)},
       report(1000, 1000));
  EXPECT_DOUBLE_EQ(t.measured_from_s, 1.5);
  EXPECT_DOUBLE_EQ(t.rates.throughput_per_s, 1000);
}

TEST(TrialFigures, LeaveOutWhatThePoolDidInTheWarmUp) {
  PoolSnapshot before = reading(milliseconds{1000}, 1000);
  before.by_worker.resize(1);
  before.by_worker[0].steal_items = 10;
  before.by_worker[0].steal_attempts = 30;
  before.wakes_sent = 100;
  before.scale_ups = 2;
  before.figures = {{"batches", 60}, {"mean_batch_size", 5}};
  PoolSnapshot after = reading(milliseconds{2000}, 2000);
  after.by_worker.resize(1);
  after.by_worker[0].steal_items = 15;
  after.by_worker[0].steal_attempts = 90;
  after.wakes_sent = 170;
  after.scale_ups = 2;
  after.scale_downs = 1;
  results::Trial t = trial(2000, 2);
  t.figures = {{"batches", 100}, {"mean_batch_size", 7}};
  fill(t, {kStart, before, after}, report(1000, 1000));
  EXPECT_EQ(t.events.steals, 5U);
  EXPECT_EQ(t.events.steal_attempts, 60U);
  EXPECT_EQ(t.events.wakes, 70U);
  EXPECT_EQ(t.events.scale_up, 0U);
  EXPECT_EQ(t.events.scale_down, 1U);
  EXPECT_DOUBLE_EQ(t.figures[0].second, 40);
  EXPECT_DOUBLE_EQ(t.figures[1].second, 7) << "a mean is no count";
}

TEST(TrialFigures, PutRefusedTasksIntoTheirPhase) {
  results::Trial t = trial(1950, 2);
  pools::PoolReport refusing = report(980, 970);
  refusing.by_series[0].rejected = 20;
  refusing.by_series[1].rejected = 30;
  fill(t, {kStart, reading(milliseconds{1000}, 980), reading(milliseconds{2000}, 1950)},
       std::move(refusing));
  EXPECT_EQ(results::counted_tasks(t).rejected, 30U);
  EXPECT_EQ(results::counted_tasks(t).submitted, 1000U);
  EXPECT_EQ(results::counted_tasks(t, "warm-up").submitted, 1000U);
}

TEST(TrialFigures, GiveWhatCouldNeverBeSentItsAge) {
  // The pool came to a standstill: the phase's last ten arrivals were due at 1.99 s and later.
  results::Trial t = trial(1990, 12);
  t.generator.unsent = 10;
  t.drained = false;
  fill(t, {kStart, reading(milliseconds{1000}, 1000), reading(milliseconds{12'000}, 1990)},
       report(1000, 990));
  const pools::LatencyHistogram& ages = t.series.at(1).figures.unserved_response;
  EXPECT_EQ(ages.count(), 10U);
  EXPECT_GE(ages.min(), seconds{9});
  EXPECT_LE(ages.max(), seconds{11});
}

TEST(TrialFigures, SayNothingOfATrialThatEndedInItsWarmUp) {
  results::Trial t = trial(300, 0.5);
  t.interrupted = true;
  t.drained = false;
  t.generator.unsent = 1700;
  PoolSnapshot end = reading(milliseconds{500}, 300);
  end.wakes_sent = 50;
  fill(t, {kStart, std::nullopt, end}, report(300, 0));
  EXPECT_DOUBLE_EQ(t.measured_s, 0);
  EXPECT_DOUBLE_EQ(t.rates.throughput_per_s, 0);
  EXPECT_EQ(t.events.wakes, 0U);
  EXPECT_TRUE(results::merged(t).unserved_response.empty()) << "nothing of it was due yet";
}

}  // namespace
}  // namespace lab
