// The summary of a run in blocks, word for word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lab/cli/summary.h"
#include "results/verdicts.h"
#include "tests/results/made_up.h"

namespace lab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Ten blocks of `pull`, its copy, `push`, twice as slow, and `batch`, which is the same.
results::RunResult ten_blocks() {
  results::RunResult result;
  result.scenario.name = "made-up";
  result.scenario.seed = 7;
  result.scenario.pools = {"pull", "push", "batch"};
  result.scenario.baseline = "pull";
  result.scenario.percentiles = {50, 99};
  result.scenario.phases = {{"calm", scenarios::Seconds{1}}, {"burst", scenarios::Seconds{1}}};
  for (std::uint32_t block = 0; block < 10; ++block) {
    const double drift = 100 + 10 * (block % 3);
    const double own = block % 2 == 0 ? 1.01 : 0.99;
    const auto add = [&](const char* pool, const char* arm, double us) {
      results::Trial& trial = result.trials.emplace_back(results::made_up::trial(pool, us));
      trial.block = block;
      trial.arm = arm;
      trial.cost.user_s = us / 100;
    };
    add("push", "", 2 * drift);
    add("pull", "", drift);
    add("batch", "", drift * own);
    add("pull", scenarios::kControlArm, drift / own);
  }
  return result;
}

TEST(SummaryOfBlocks, HasARowForEachPoolAndAVerdictForEachDifference) {
  const std::string text = summary_text(ten_blocks(), {});
  EXPECT_EQ(text.substr(0, text.find("ledger")),
            R"GOLDEN(made-up  40 trials, 2 s each, seed 7, 0 of 0 cores

  pool      trials   done  p50  p99  wait p99   cpu
             valid  per s   us   us        us     s
  -------------------------------------------------
  pull       10/10  2,001  165  489       122  1.10
  pull a/a   10/10  2,001  165  489       122  1.10
  push       10/10  2,001  330  977       244  2.20
  batch      10/10  2,001  163  484       121  1.09
  medians of the valid trials; percentiles of the response time, counted from the intended arrival

against pull
                pool      ratio  95 %         verdict
  ----------------------------------------------------------------------
  response p50  push       2.00  2.00 - 2.00  worse
                batch      1.00  0.99 - 1.01  equivalent
                pull a/a   1.00  0.99 - 1.01  the baseline again: agrees
  response p99  push       2.00  2.00 - 2.00  worse
                batch      1.00  0.99 - 1.01  equivalent
                pull a/a   1.00  0.99 - 1.01  the baseline again: agrees
  throughput    push       1.00  1.00 - 1.00  equivalent
                batch      1.00  1.00 - 1.00  equivalent
                pull a/a   1.00  1.00 - 1.00  the baseline again: agrees
  CPU time      push       2.00  2.00 - 2.00  worse
                batch      1.00  0.99 - 1.01  equivalent
                pull a/a   1.00  0.99 - 1.01  the baseline again: agrees
  median ratio of the trials of a block, 10 blocks; different: sign test, Holm's correction, at least 5 % (rates, up to p50), 10 % (up to p99), 15 % (beyond)

)GOLDEN");
}

TEST(SummaryOfBlocks, SaysHowManyTrialsCount) {
  results::RunResult result = ten_blocks();
  for (const std::size_t i : {0U, 1U, 4U}) {
    result.trials[i].valid = false;
    result.trials[i].flags = {"the machine was busy: 37 %"};
  }
  result.trials[2].flags = {"the queue was full"};
  const std::string text = summary_text(result, {});
  EXPECT_THAT(text, HasSubstr("8/10")) << "push";
  EXPECT_THAT(text, HasSubstr("9/10")) << "pull";
  EXPECT_THAT(text, HasSubstr("! 3 trials: the machine was busy: 37 % (this is push)"));
  EXPECT_THAT(text, HasSubstr("\n  1 trial: the queue was full\n")) << "which spoils nothing";
}

TEST(SummaryOfBlocks, TooFewBlocksAreNoVerdict) {
  results::RunResult result = ten_blocks();
  std::erase_if(result.trials, [](const results::Trial& trial) { return trial.block > 3; });
  const std::string text = comparison_text(result, {});
  EXPECT_THAT(text, HasSubstr("open: 4 of the 6 blocks it takes"));
  EXPECT_THAT(text, Not(HasSubstr("worse")));
}

TEST(SummaryOfBlocks, StaysWithinTheTerminal) {
  TextStyle narrow;
  narrow.width = 80;
  std::istringstream lines(blocks_text(ten_blocks(), narrow) +
                           comparison_text(ten_blocks(), narrow));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80U) << line;
}

results::Trial at_rate(const char* pool, double rate, double us, std::uint32_t block = 0) {
  results::Trial trial = results::made_up::trial(pool, us);
  trial.block = block;
  trial.parameters["rate_per_s"] = std::to_string(static_cast<int>(rate));
  trial.rates.throughput_per_s = rate;
  return trial;
}

TEST(SummaryOfLoads, HasARowForEachLoadAndMarksTheKnee) {
  results::RunResult result;
  result.scenario.name = "made-up";
  result.scenario.pools = {"pull", "push"};
  for (const double rate : {100.0, 500.0, 900.0}) {
    result.trials.push_back(at_rate("pull", rate, 1e5 / (1000 - rate)));
    result.trials.push_back(at_rate("push", rate, 100));
  }
  EXPECT_EQ(load_text(result, {}), R"GOLDEN(response p50 by load
   load    pull  push
  per s      us    us
  -------------------
    100    167   150
    500    300*  150
    900  1,500   150

response p99 by load
   load    pull  push
  per s      us    us
  -------------------
    100    493   444
    500    888*  444
    900  4,442   444
  * the knee: where throughput over mean response time is greatest. Per s: pull 500, push not within these loads
)GOLDEN");
}

TEST(SummaryOfASearch, HasWhatWasKeptAndWhatWasMissed) {
  results::RunResult result;
  result.scenario.name = "made-up";
  result.scenario.pools = {"pull", "push"};
  result.scenario.baseline = "pull";
  result.scenario.capacity.emplace().below_us = 2000;
  for (std::uint32_t block = 0; block < 6; ++block) {
    for (const char* pool : {"pull", "push"}) {
      const double capacity = (pool[2] == 'l' ? 30'000 : 20'000) + 100 * block;
      for (const double rate : {capacity, capacity * 1.05}) {
        result.trials.push_back(at_rate(pool, rate, rate > capacity ? 9000 : 100, block));
      }
    }
  }
  EXPECT_EQ(capacity_text(result, {}) + comparison_text(result, {}),
            R"GOLDEN(  pool  capacity  95 %             searches  trials
           per s  per s
  -------------------------------------------------
  pull    30,250  30,000 - 32,025         6      12
  push    20,250  20,000 - 21,525         6      12
  the highest rate with a response p99 below 2.00 ms, and at most 0.1 % of the tasks lost; median of the searches

against pull
            pool  ratio  95 %         verdict
  -------------------------------------------
  capacity  push   0.67  0.67 - 0.67  worse
  median ratio of the trials of a block, 6 blocks; different: sign test, Holm's correction, at least 5 % (rates, up to p50), 10 % (up to p99), 15 % (beyond)
)GOLDEN");
  result.trials.resize(4);
  EXPECT_EQ(capacity_text(result, {}), R"GOLDEN(  pool  capacity  kept - missed    searches  trials
           per s  per s
  -------------------------------------------------
  pull    30,000  30,000 - 31,500         1       2
  push    20,000  20,000 - 21,000         1       2
  the highest rate with a response p99 below 2.00 ms, and at most 0.1 % of the tasks lost; what the search kept and missed, for 6 and more tell an interval
)GOLDEN");
}

}  // namespace
}  // namespace lab::cli
