#include "results/verdicts.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/gates.h"
#include "tests/results/made_up.h"

namespace results {
namespace {

using made_up::gate;
using ::testing::HasSubstr;

Verdict judge(const scenarios::Expectation& e, const std::vector<Trial>& trials) {
  const std::vector<GateVerdict> verdicts = evaluate({e}, trials);
  EXPECT_EQ(verdicts.size(), 1U);
  return verdicts.at(0).verdict;
}

TEST(Verdicts, PassesWhatHoldsAndFailsWhatDoesNot) {
  const std::vector<Trial> trials{made_up::trial("pull")};
  EXPECT_EQ(judge(gate("response_us", "p99", "<", 5000), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("response_us", "p99", "<", 50), trials), Verdict::Fail);
  EXPECT_EQ(judge(gate("throughput_per_s", "mean", ">=", 2001), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("throughput_per_s", "mean", ">", 2001), trials), Verdict::Fail);
  EXPECT_EQ(judge(gate("rejected", "count", "==", 0), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("rejected", "count", ">", 0), trials), Verdict::Fail);
}

TEST(Verdicts, FollowTheOperatorBelowAtAndAboveTheLimit) {
  const std::vector<Trial> trials{made_up::trial("pull")};  // 4,002 tasks
  struct Row {
    const char* op;
    bool below, at, above;
  };
  for (const Row& row :
       {Row{"<", true, false, false}, Row{"<=", true, true, false}, Row{">", false, false, true},
        Row{">=", false, true, true}, Row{"==", false, true, false}}) {
    const auto passes = [&](double limit) {
      return judge(gate("completed", "count", row.op, limit), trials) == Verdict::Pass;
    };
    EXPECT_EQ(passes(4003), row.below) << "4002 " << row.op << " 4003";
    EXPECT_EQ(passes(4002), row.at) << "4002 " << row.op << " 4002";
    EXPECT_EQ(passes(4001), row.above) << "4002 " << row.op << " 4001";
  }
}

TEST(Verdicts, KnowEveryMetricAndStatisticThatTheReaderAccepts) {
  Trial trial = made_up::trial("pull");
  trial.figures.clear();
  trial.series[1].figures.deadlines_met = 3;
  for (const scenarios::GateMetric& metric : scenarios::gate_metrics()) {
    const bool own = metric.needs == scenarios::GateNeed::Ageing ||
                     metric.needs == scenarios::GateNeed::Batches ||
                     metric.needs == scenarios::GateNeed::Claims ||
                     metric.needs == scenarios::GateNeed::Newest;
    if (own) trial.figures.emplace_back(metric.name, 3);
  }
  for (const scenarios::GateMetric& metric : scenarios::gate_metrics()) {
    if (metric.name == scenarios::kCapacityMetric) continue;  // no trial has it: load_test
    for (const std::string_view stat : metric.stats) {
      const Observation seen =
          observe(trial, gate(std::string(metric.name), std::string(stat), "<", 1));
      EXPECT_FALSE(std::isnan(seen.value)) << metric.name << " " << stat << ": " << seen.doubt;
    }
  }
}

TEST(Verdicts, FindEachFigureWhereItIs) {
  const Trial trial = made_up::trial("pull");
  const auto value = [&](const char* metric, const char* stat) {
    return observe(trial, gate(metric, stat, "<", 1)).value;
  };
  EXPECT_DOUBLE_EQ(value("steals", "count"), 7);
  EXPECT_DOUBLE_EQ(value("steal_attempts", "count"), 9);
  EXPECT_DOUBLE_EQ(value("scale_up", "count"), 2);
  EXPECT_DOUBLE_EQ(value("scale_down", "count"), 1);
  EXPECT_DOUBLE_EQ(value("workers", "max"), 3);
  EXPECT_DOUBLE_EQ(value("workers", "min"), 2) << "the first point is the warm-up's";
  EXPECT_DOUBLE_EQ(value("queue_depth", "mean"), 25);
  EXPECT_DOUBLE_EQ(value("utilisation", "mean"), 0.4);
  EXPECT_DOUBLE_EQ(value("completed", "rate_per_s"), 4002 / 2.0);
  EXPECT_DOUBLE_EQ(value("wakes", "count"), 12);
  EXPECT_DOUBLE_EQ(value("response_us", "count"), 4002);
}

TEST(Verdicts, CountTheMeasuredPhasesOnlyUnlessThePhaseIsNamed) {
  const std::vector<Trial> trials{made_up::trial("pull")};
  // The warm-up's tasks took fifty times as long.
  EXPECT_EQ(judge(gate("response_us", "max", "<", 4000), trials), Verdict::Pass);
  scenarios::Expectation calm = gate("response_us", "p50", "<", 150);
  calm.phase = "calm";
  EXPECT_EQ(judge(calm, trials), Verdict::Pass);
  calm.phase = "burst";
  EXPECT_EQ(judge(calm, trials), Verdict::Fail);
  calm.phase = "warm-up";
  EXPECT_GT(observe(trials[0], calm).value, 2000);
}

TEST(Verdicts, CountTheTasksOfTheMeasuredPhasesWithAndWithoutAWarmUp) {
  std::vector<Trial> trials{made_up::trial("pull")};
  trials[0].series[0].figures.rejected = 40;  // in the warm-up
  trials[0].series[1].figures.rejected = 3;
  made_up::cancel(trials[0], 0, 5, 1);
  made_up::cancel(trials[0], 2, 2, 1);
  EXPECT_EQ(judge(gate("completed", "count", "==", 4002), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("rejected", "count", "==", 3), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("cancelled", "count", "==", 2), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("submitted", "count", "==", 4007), trials), Verdict::Pass);
  for (const char* phase : {"calm", "burst"}) {
    scenarios::Expectation one = gate("completed", "count", "==", 2001);
    one.phase = phase;
    EXPECT_EQ(judge(one, trials), Verdict::Pass);
  }
  scenarios::Expectation warm_up = gate("submitted", "count", "==", 546);
  warm_up.phase = "warm-up";
  EXPECT_EQ(judge(warm_up, trials), Verdict::Pass);
}

TEST(Verdicts, ACancelledTaskCountsWithItsAge) {
  // A quarter of the tasks were cancelled after a second.
  std::vector<Trial> trials{made_up::trial("pull")};
  made_up::cancel(trials[0], 2, 1334, 1e6);
  const auto verdict = [&](const char* stat, const char* op, double value) {
    return judge(gate("response_us", stat, op, value), trials);
  };
  // Broken by what is known already.
  EXPECT_EQ(verdict("p99", "<", 500'000), Verdict::Fail);
  EXPECT_EQ(verdict("max", "<=", 900'000), Verdict::Fail);
  EXPECT_EQ(verdict("mean", "<", 1000), Verdict::Fail);
  // Whether it is two seconds nobody knows.
  EXPECT_EQ(verdict("p99", "<", 2'000'000), Verdict::Inconclusive);
  EXPECT_EQ(verdict("p99", ">", 2'000'000), Verdict::Inconclusive);
  EXPECT_EQ(verdict("max", "==", 2'000'000), Verdict::Inconclusive);
  // More than half a second it was in any case.
  EXPECT_EQ(verdict("p99", ">", 500'000), Verdict::Pass);
  // The median is one of those that finished, however long the others would have taken.
  EXPECT_EQ(verdict("p50", "<", 1000), Verdict::Pass);
  EXPECT_EQ(verdict("p50", "<", 50), Verdict::Fail);
  EXPECT_EQ(verdict("count", "==", 4002), Verdict::Pass) << "of those that finished";
  EXPECT_EQ(judge(gate("service_us", "p99", "<", 2000), trials), Verdict::Pass)
      << "what never started has no service time";
  scenarios::Expectation other = gate("response_us", "p99", "<", 2000);
  other.phase = "calm";
  EXPECT_EQ(judge(other, trials), Verdict::Pass) << "a phase of which nothing was cancelled";
}

TEST(Verdicts, SayThatAFigureIsALowerBound) {
  std::vector<Trial> trials{made_up::trial("pull")};
  made_up::cancel(trials[0], 2, 1334, 1e6);
  const auto verdicts = evaluate({gate("response_us", "p99", "<", 2e6)}, trials);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_TRUE(verdicts[0].at_least);
  EXPECT_THAT(verdicts[0].text, HasSubstr(": at least 1e+06 (cancelled tasks"));
  EXPECT_FALSE(evaluate({gate("response_us", "p50", "<", 2e6)}, trials).at(0).at_least);
}

TEST(Verdicts, ARatioOfLowerBoundsIsDecidedWhereItCanBe) {
  std::vector<Trial> trials{made_up::trial("steal"), made_up::trial("pull")};
  made_up::cancel(trials[0], 2, 1334, 1e6);
  scenarios::Expectation ratio = gate("response_us", "p99", "<", 1.1);
  ratio.compare = "steal/pull";
  EXPECT_EQ(judge(ratio, trials), Verdict::Fail);
  ratio.compare = "pull/steal";
  EXPECT_EQ(judge(ratio, trials), Verdict::Pass);
  made_up::cancel(trials[1], 2, 1334, 1e6);
  EXPECT_EQ(judge(ratio, trials), Verdict::Inconclusive);
}

TEST(Verdicts, LeaveAPercentileWithTooFewSamplesOpen) {
  const std::vector<Trial> trials{made_up::trial("pull")};
  const std::vector<GateVerdict> verdicts =
      evaluate({gate("response_us", "p99.9", "<", 1e6)}, trials);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].verdict, Verdict::Inconclusive);
  EXPECT_THAT(verdicts[0].text, HasSubstr("4002 samples"));
  // 4,002 samples leave 40 beyond p99.
  EXPECT_EQ(judge(gate("response_us", "p99", "<", 1e6), trials), Verdict::Pass);
}

TEST(Verdicts, JudgeEveryPoolUnlessOneIsNamed) {
  const std::vector<Trial> trials{made_up::trial("pull"), made_up::trial("push", 1000)};
  const auto verdicts = evaluate({gate("response_us", "p50", "<", 300)}, trials);
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].verdict, Verdict::Pass);
  EXPECT_EQ(verdicts[1].pool, "push");
  EXPECT_EQ(verdicts[1].verdict, Verdict::Fail);
  EXPECT_EQ(overall(verdicts), Verdict::Fail);
  scenarios::Expectation one = gate("response_us", "p50", "<", 300);
  one.pool = "pull";
  EXPECT_EQ(evaluate({one}, trials).size(), 1U);
  one.pool = "not run";
  EXPECT_TRUE(evaluate({one}, trials).empty());
}

TEST(Verdicts, AskAStrategysOwnFigureOfThatStrategyOnly) {
  std::vector<Trial> trials{made_up::trial("pull"), made_up::trial("batch")};
  trials[1].figures = {{"batches", 812}};
  const auto verdicts = evaluate({gate("batches", "count", ">", 0)}, trials);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].pool, "batch");
  EXPECT_EQ(verdicts[0].verdict, Verdict::Pass);
  scenarios::Expectation asked = gate("batches", "count", ">", 0);
  asked.pool = "pull";
  EXPECT_EQ(judge(asked, trials), Verdict::Inconclusive) << "asked of a pool that has none";
}

TEST(Verdicts, LeaveOpenWhatThePoolDoesNotHave) {
  // 0 < 1 is met by every pool without thieves: that is no pass.
  scenarios::Expectation steals = gate("steals", "count", "<", 1);
  std::vector<Trial> trials{made_up::trial("pull"), made_up::trial("stealing")};
  for (Trial& trial : trials) trial.events.steals = 0;
  const auto any = evaluate({steals}, trials);
  ASSERT_EQ(any.size(), 1U);
  EXPECT_EQ(any[0].pool, "stealing");
  EXPECT_EQ(any[0].verdict, Verdict::Pass);
  steals.pool = "pull";
  const auto named = evaluate({steals}, trials);
  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0].verdict, Verdict::Inconclusive);
  EXPECT_THAT(named[0].text, HasSubstr("its workers take no tasks from one another"));
  for (const char* const key : {"expired", "shed", "evicted", "timed_out", "queued", "running"}) {
    scenarios::Expectation never = gate(key, "count", "==", 0);
    never.pool = "pull";
    EXPECT_EQ(judge(never, trials), Verdict::Inconclusive) << key;
  }
}

TEST(Verdicts, ComparePoolsAsARatio) {
  const std::vector<Trial> trials{made_up::trial("pull", 100), made_up::trial("steal", 50)};
  scenarios::Expectation ratio = gate("response_us", "p99", "<", 0.6);
  ratio.compare = "steal/pull";
  const auto verdicts = evaluate({ratio}, trials);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].pool, "steal/pull");
  EXPECT_NEAR(verdicts[0].observed, 0.5, 0.01);
  EXPECT_EQ(verdicts[0].verdict, Verdict::Pass);
  ratio.compare = "steal/other";
  EXPECT_TRUE(evaluate({ratio}, trials).empty()) << "a pool that was not run is not judged";
}

TEST(Verdicts, ARatioOfNothingIsOpen) {
  std::vector<Trial> trials{made_up::trial("pull"), made_up::trial("steal")};
  scenarios::Expectation ratio = gate("rejected", "count", "<", 2);
  ratio.compare = "steal/pull";
  EXPECT_EQ(judge(ratio, trials), Verdict::Inconclusive);
}

TEST(Verdicts, ASpoiltTrialMayPassButNotFail) {
  std::vector<Trial> trials{made_up::trial("pull")};
  trials[0].valid = false;
  EXPECT_EQ(judge(gate("response_us", "p50", "<", 500), trials), Verdict::Pass);
  EXPECT_EQ(judge(gate("response_us", "p50", "<", 5), trials), Verdict::Inconclusive);
  // Counting is exact however late the generator was.
  EXPECT_EQ(judge(gate("completed", "count", "==", 1), trials), Verdict::Fail);
  trials.push_back(made_up::trial("push"));
  scenarios::Expectation ratio = gate("response_us", "p50", "<", 500);
  ratio.compare = "push/pull";
  EXPECT_EQ(judge(ratio, trials), Verdict::Inconclusive) << "it would flatter the other pool";
}

TEST(Verdicts, AnUnsoundOrInterruptedTrialDecidesNothing) {
  std::vector<Trial> trials{made_up::trial("pull")};
  trials[0].sound = false;
  EXPECT_EQ(judge(gate("response_us", "p50", "<", 500), trials), Verdict::Inconclusive);
  trials[0].sound = true;
  trials[0].interrupted = true;
  EXPECT_EQ(judge(gate("rejected", "count", "==", 0), trials), Verdict::Inconclusive);
}

TEST(Verdicts, TakeTheMedianOfSeveralTrials) {
  std::vector<Trial> trials{made_up::trial("pull"), made_up::trial("pull"), made_up::trial("pull")};
  trials[0].series[1].figures.rejected = 1;
  trials[1].series[1].figures.rejected = 5;
  trials[2].series[1].figures.rejected = 900;
  const auto verdicts = evaluate({gate("rejected", "count", "==", 5)}, trials);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].verdict, Verdict::Pass);
}

TEST(Verdicts, OfAnEvenNumberOfTrialsTakeTheMiddleOfTheMiddleTwo) {
  std::vector<Trial> trials;
  for (const double per_s : {4000.0, 1000.0, 2000.0, 3000.0}) {
    trials.push_back(made_up::trial("pull"));
    trials.back().rates.throughput_per_s = per_s;
  }
  EXPECT_EQ(judge(gate("throughput_per_s", "mean", "==", 2500), trials), Verdict::Pass);
}

/// Ten trials, 1,000 to 1,900 a second: the 95 % interval of the median is from 1,100 to 1,800.
std::vector<Trial> ten_trials() {
  std::vector<Trial> trials;
  for (std::uint32_t i = 0; i < 10; ++i) {
    trials.push_back(made_up::trial("pull"));
    trials.back().block = i;
    trials.back().rates.throughput_per_s = 1000 + 100.0 * i;
  }
  return trials;
}

TEST(Verdicts, ABoundIsOfTheIntervalOfTheMedian) {
  const std::vector<Trial> trials = ten_trials();
  const auto judged = [&](const char* op, double value, const char* bound) {
    scenarios::Expectation one = gate("throughput_per_s", "mean", op, value);
    one.bound = bound;
    return judge(one, trials);
  };
  EXPECT_EQ(judged("<", 1500, "estimate"), Verdict::Pass);
  EXPECT_EQ(judged("<", 1500, "interval"), Verdict::Inconclusive);
  EXPECT_EQ(judged("<", 1850, "interval"), Verdict::Pass);
  EXPECT_EQ(judged("<", 1050, "interval"), Verdict::Fail);
  EXPECT_EQ(judged("<", 1500, "ci_upper"), Verdict::Fail);
  EXPECT_EQ(judged("<", 1850, "ci_upper"), Verdict::Pass);
  EXPECT_EQ(judged("<", 1150, "ci_lower"), Verdict::Pass);
  EXPECT_EQ(judged(">", 1150, "ci_lower"), Verdict::Fail);
}

TEST(Verdicts, FiveTrialsHaveNoInterval) {
  std::vector<Trial> trials = ten_trials();
  trials.resize(5);
  scenarios::Expectation one = gate("throughput_per_s", "mean", "<", 9999);
  one.bound = "ci_upper";
  const GateVerdict verdict = evaluate({one}, trials).at(0);
  EXPECT_EQ(verdict.verdict, Verdict::Inconclusive);
  EXPECT_THAT(verdict.text, HasSubstr("5 of the 6 trials that an interval takes"));
}

TEST(Verdicts, OverallIsTheWorst) {
  GateVerdict pass;
  GateVerdict open;
  open.verdict = Verdict::Inconclusive;
  GateVerdict fail;
  fail.verdict = Verdict::Fail;
  EXPECT_EQ(overall({}), Verdict::Pass);
  EXPECT_EQ(overall({pass, open}), Verdict::Inconclusive);
  EXPECT_EQ(overall({open, fail, pass}), Verdict::Fail);
}

TEST(Merged, AddsMeasuredSeriesAndFilters) {
  Trial trial = made_up::trial("pull");
  trial.series.push_back(made_up::series("calm", "scan", 900, 100));
  EXPECT_EQ(merged(trial).response.count(), 2001U + 2001U + 101U);
  EXPECT_EQ(merged(trial, "calm").response.count(), 2001U + 101U);
  EXPECT_EQ(merged(trial, "calm", "scan").completed, 101U);
  EXPECT_EQ(merged(trial, "", "task").queue_wait.count(), 4002U);
  EXPECT_EQ(merged(trial, "warm-up").service.count(), 501U);
  EXPECT_TRUE(merged(trial, "no such").response.empty());
}

}  // namespace
}  // namespace results
