#include "lab/cli/summary.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/cli/progress_line.h"
#include "results/verdicts.h"
#include "tests/results/made_up.h"

namespace lab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace made_up = results::made_up;

results::RunResult result_of(std::vector<results::Trial> trials,
                             const std::vector<scenarios::Expectation>& gates = {}) {
  results::RunResult result;
  result.scenario.name = "made-up";
  result.scenario.phases = {{"calm", scenarios::Seconds{1}}, {"burst", scenarios::Seconds{1}}};
  result.scenario.expect = gates;
  result.trials = std::move(trials);
  result.verdicts = results::evaluate(gates, result.trials);
  return result;
}

TEST(Summary, SaysWhyTasksWereRefusedAndWhatABreakerDid) {
  results::Trial trial = made_up::trial("pull");
  trial.series[1].figures.rejected = 50;
  trial.series[1].figures.refusals.circuit_open = 30;
  trial.series[1].figures.refusals.queue_full = 20;
  trial.series[1].figures.deadlines_met = 30;
  trial.series[1].figures.deadlines_missed = 10;
  trial.series[2].figures.shed = 7;
  trial.events.breaker_opened = 1;
  trial.timeline.policies = {{0.7, "circuit_breaker", "open", "task", "5 of the last 10 failed"}};
  const std::string text = summary_text(result_of({trial}), {});
  EXPECT_THAT(text, HasSubstr("pull: 20 refused: queue full; 30 refused: circuit open; breaker "
                              "opened 1 time, for task at 0.70 s: 5 of the last 10 failed"));
  EXPECT_THAT(text, HasSubstr("in time"));
  EXPECT_THAT(text, HasSubstr("75"));
  EXPECT_THAT(text, HasSubstr("shed"));
  const std::string plain = summary_text(result_of({made_up::trial("pull")}), {});
  EXPECT_THAT(plain, Not(HasSubstr("admission")));
  EXPECT_THAT(plain, Not(HasSubstr("in time")));
}

TEST(Summary, ShowsPoolsPhasesGatesAndLedger) {
  const std::string text =
      summary_text(result_of({made_up::trial("pull"), made_up::trial("stealing", 50)},
                             {made_up::gate("response_us", "p99", "<", 5000)}),
                   {});
  EXPECT_THAT(text, HasSubstr("2 pools, 2 s each"));
  EXPECT_THAT(text, HasSubstr("p99 by phase"));
  EXPECT_THAT(text, HasSubstr("pass  response p99 < 5.00 ms  all 2 pools, closest pull"));
  EXPECT_THAT(text, HasSubstr("all 9,006 tasks accounted for\n"));
  EXPECT_THAT(text, HasSubstr("2 up, 1 down"));
  EXPECT_THAT(text, HasSubstr("(4,002)")) << "p99.9 of so many tasks";
  EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << "plain when piped";
  EXPECT_THAT(text, Not(HasSubstr("µ")));
}

TEST(Summary, SaysThatOneRunEachTellsNothingFromNoise) {
  const std::string two =
      pools_text(result_of({made_up::trial("pull", 100), made_up::trial("push", 200)}), {});
  EXPECT_THAT(two, HasSubstr("one run each, which tells no difference from noise: --repeat 10"));
  EXPECT_THAT(two, Not(HasSubstr("*")));
  EXPECT_THAT(pools_text(result_of({made_up::trial("pull", 100)}), {}),
              Not(HasSubstr("one run each")));
}

TEST(Summary, HasARowForEveryTrialOfAPool) {
  std::vector<results::Trial> trials{made_up::trial("pull", 100), made_up::trial("push", 400),
                                     made_up::trial("push", 380), made_up::trial("pull", 90)};
  trials[3].valid = false;
  trials[3].flags = {"generator lag"};
  trials[2].ledger.submitted += 3;
  results::RunResult result = result_of(trials, {made_up::gate("response_us", "p50", "<", 1000)});
  const std::string text = summary_text(result, {});
  EXPECT_THAT(text, HasSubstr("4 trials, 2 s each"));
  EXPECT_THAT(text, HasSubstr("  push #2 "));
  EXPECT_THAT(text, HasSubstr("  pull #2 !"));
  EXPECT_THAT(text, HasSubstr("! pull #2: generator lag"));
  EXPECT_THAT(text, HasSubstr("push #2: 2 up, 1 down"));
  EXPECT_THAT(text, HasSubstr("push #2: 4,506 submitted"));
  EXPECT_THAT(text, HasSubstr("all 2 pools, closest push")) << "a gate is about a pool";
  EXPECT_THAT(text, Not(HasSubstr("one run each")));
  result.interrupted = true;
  EXPECT_THAT(notes_text(result, {}), HasSubstr("interrupted after 4 trials"));
}

TEST(Summary, MarksWhatIsNotValid) {
  results::Trial spoilt = made_up::trial("push", 50);
  spoilt.valid = false;
  const std::string text = pools_text(result_of({spoilt, made_up::trial("pull", 100)}), {});
  EXPECT_THAT(text, HasSubstr("push !"));
  EXPECT_THAT(text, HasSubstr("! not valid"));
}

TEST(Summary, StaysWithinTheTerminal) {
  results::Trial refusing = made_up::trial("push");
  refusing.ledger = {100'006'503, 100'000'000, 4'503, 1'000, 1'000};
  refusing.series[1].figures.rejected = 100'000'000;
  refusing.series[1].figures.failed = 1'000;
  made_up::cancel(refusing, 1, 1'000, 2e6);
  for (const std::size_t width : {60U, 80U, 100U, 140U}) {
    TextStyle style;
    style.width = width;
    style.unicode = true;
    std::istringstream lines(
        summary_text(result_of({made_up::trial("pull"), refusing},
                               {made_up::gate("response_us", "p99.9", "<", 5000)}),
                     style));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), width) << line;
  }
}

TEST(Summary, NamesWhoFailsAGate) {
  const std::string text = gates_text(
      result_of(
          {made_up::trial("pull"), made_up::trial("push", 5000)},
          {made_up::gate("response_us", "p50", "<", 1000), made_up::gate("wakes", "", ">", 1)}),
      {});
  EXPECT_THAT(text, HasSubstr("FAIL  response p50 < 1.00 ms"));
  EXPECT_THAT(text, HasSubstr("ms  push ")) << "pull, which passes, is not named";
  EXPECT_THAT(text, HasSubstr("pass  wakes > 1"));
}

TEST(Summary, SaysWhyAGateIsOpen) {
  const std::string text = gates_text(
      result_of({made_up::trial("pull")}, {made_up::gate("response_us", "p99.9", "<", 5000)}), {});
  EXPECT_THAT(text, HasSubstr("open  response p99.9 < 5.00 ms"));
  EXPECT_THAT(text, HasSubstr("4002 samples"));
}

TEST(Summary, SaysWhatHappenedToTasksThatDidNotComplete) {
  results::Trial trial = made_up::trial("pull");
  trial.ledger.submitted += 500;
  trial.ledger.rejected = 500;
  trial.series[1].figures.rejected = 500;
  EXPECT_THAT(ledger_text(result_of({trial}), {}),
              HasSubstr("all 5,003 tasks accounted for: 4,503 completed, 500 refused"));
  EXPECT_THAT(pools_text(result_of({trial}), {}), HasSubstr("refused"));
  trial.ledger.submitted += 3;
  const std::string open = ledger_text(result_of({trial}), {});
  EXPECT_THAT(open, HasSubstr("pull: 5,006 submitted, 5,003 accounted for"));
  EXPECT_THAT(open, Not(HasSubstr("all ")));
}

TEST(Summary, MarksDoubtfulTrialsAndSaysWhy) {
  results::Trial trial = made_up::trial("pull");
  trial.valid = false;
  trial.flags = {"generator lag p99 1 ms is 30 % of the response p99 3 ms (limit 10 %)"};
  const std::string text = summary_text(result_of({trial, made_up::trial("push")}), {});
  EXPECT_THAT(text, HasSubstr("pull !"));
  EXPECT_THAT(text, HasSubstr("! pull: generator lag"));
}

TEST(Summary, MarksLowerBoundsAndLetsThemWinNothing) {
  results::Trial overloaded = made_up::trial("overloaded", 10);
  made_up::cancel(overloaded, 1, 2000, 1e6);
  const results::RunResult result = result_of({overloaded, made_up::trial("pull")},
                                              {made_up::gate("response_us", "p99", "<", 9e6)});
  const std::string text = summary_text(result, {});
  EXPECT_THAT(text, HasSubstr(">=1"));
  EXPECT_THAT(text, HasSubstr(">= at least: tasks that were cancelled count with their age"));
  EXPECT_THAT(text, HasSubstr("overloaded >= 1.00 s"));
  EXPECT_THAT(text, HasSubstr("cancelled"));
  EXPECT_THAT(summary_text(result_of({made_up::trial("pull")}), {}), Not(HasSubstr(">=")));
}

TEST(Summary, CountsTheMeasuredPhasesOnly) {
  results::Trial trial = made_up::trial("pull");
  trial.series[0].figures.rejected = 500;  // of the warm-up
  EXPECT_THAT(pools_text(result_of({trial}), {}), Not(HasSubstr("refused")));
  trial.events.scale_up = 12'000;
  trial.timeline.scaling_dropped = 2'003;
  EXPECT_THAT(scaling_text(result_of({trial}), {}),
              HasSubstr("12000 up, 1 down, between 2-3 workers; first at 0.90 s: 170 queued > 50 "
                        "per worker x 2; 2003 more than are kept"));
}

TEST(Summary, HasNothingToShowWhenNothingRan) {
  EXPECT_THAT(summary_text(result_of({}), {}), HasSubstr("nothing was measured"));
}

TEST(ExitCodes, FollowTheVerdictsAndTheLedger) {
  results::Trial trial = made_up::trial("pull");
  const auto pass = made_up::gate("rejected", "count", "==", 0);
  const auto fail = made_up::gate("rejected", "count", ">", 0);
  const auto open = made_up::gate("response_us", "p99.9", "<", 1e6);
  EXPECT_EQ(exit_code(result_of({trial})), ExitCode::Pass);
  EXPECT_EQ(exit_code(result_of({trial}, {pass})), ExitCode::Pass);
  EXPECT_EQ(exit_code(result_of({trial}, {pass, open})), ExitCode::Inconclusive);
  EXPECT_EQ(exit_code(result_of({trial}, {open, fail})), ExitCode::GateFailed);
  EXPECT_EQ(exit_code(result_of({}, {pass})), ExitCode::Inconclusive) << "nothing was measured";
  results::Trial overloaded = made_up::trial("pull");
  made_up::cancel(overloaded, 1, 2000, 1e6);
  const auto slow = made_up::gate("response_us", "p99", "<", 1e5);
  EXPECT_EQ(exit_code(result_of({overloaded}, {pass})), ExitCode::Pass);
  EXPECT_EQ(exit_code(result_of({overloaded}, {pass, slow})), ExitCode::GateFailed);
  trial.sound = false;
  EXPECT_EQ(exit_code(result_of({trial}, {pass})), ExitCode::Internal);
}

TEST(ProgressLine, FitsAndShowsPoolPhaseAndFigures) {
  SessionProgress progress;
  progress.title = "stealing";
  progress.phase = "a phase with a long name";
  progress.trial = 2;
  progress.trials = 5;
  progress.share = 0.47;
  progress.throughput_per_s = 12013;
  progress.p99_us = 1840;
  progress.left_s = 80;
  for (const std::size_t width : {20U, 40U, 60U, 80U, 120U, 200U}) {
    TextStyle style;
    style.width = width;
    style.unicode = true;
    EXPECT_LT(columns(progress_text(progress, style)), width);
  }
  TextStyle style;
  style.width = 100;
  const std::string text = progress_text(progress, style);
  EXPECT_THAT(text, HasSubstr("3/5 stealing"));
  EXPECT_THAT(text, HasSubstr("47 %   1:20 left"));
  EXPECT_THAT(text, HasSubstr("12,013/s  p99 1.84 ms"));
}

}  // namespace
}  // namespace lab::cli
