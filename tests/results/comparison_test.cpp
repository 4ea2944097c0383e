#include "results/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "results/verdicts.h"
#include "tests/results/made_up.h"

namespace results {
namespace {

/// `us` is around which every trial's response lies; of each block the baseline first.
struct Block {
  double base = 100;
  double other = 100;
  double control = 100;
};

Trial in_block(std::uint32_t block, const std::string& pool, const std::string& arm, double us) {
  Trial trial = made_up::trial(pool, us);
  trial.block = block;
  trial.arm = arm;
  return trial;
}

std::vector<Trial> trials_of(const std::vector<Block>& blocks) {
  std::vector<Trial> trials;
  for (std::uint32_t b = 0; b < blocks.size(); ++b) {
    trials.push_back(in_block(b, "base", "", blocks[b].base));
    trials.push_back(in_block(b, "other", "", blocks[b].other));
    trials.push_back(in_block(b, "base", scenarios::kControlArm, blocks[b].control));
  }
  return trials;
}

/// The noise of a machine: the same for all in a block, and a little of each one's own.
std::vector<Block> noisy(std::size_t n, double ratio) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < n; ++i) {
    const double drift = 100 + 30 * std::sin(static_cast<double>(i));
    const double own = 1 + 0.01 * std::cos(3.0 * static_cast<double>(i));
    blocks.push_back({drift, drift * ratio * own, drift * (2 - own)});
  }
  return blocks;
}

const Measure kP50{"response_us", "p50"};

Comparison only(const std::vector<Trial>& trials, const std::string& arm = "") {
  for (const Comparison& one : compare(trials, "base", {kP50})) {
    if (one.arm == arm) return one;
  }
  ADD_FAILURE() << "nothing was compared";
  return {};
}

TEST(Compare, FindsWhatIsSlowerWhateverTheMachineDrifts) {
  const Comparison one = only(trials_of(noisy(10, 1.2)));
  EXPECT_EQ(one.standing, Standing::Worse);
  EXPECT_EQ(one.blocks, 10U);
  EXPECT_NEAR(one.ratio, 1.2, 0.02);
  EXPECT_LT(one.low, 1.2);
  EXPECT_GT(one.high, 1.2);
  EXPECT_TRUE(one.why.empty());
}

TEST(Compare, FindsWhatIsFaster) {
  EXPECT_EQ(only(trials_of(noisy(10, 0.8))).standing, Standing::Better);
}

TEST(Compare, MoreIsBetterOfARate) {
  std::vector<Trial> trials = trials_of(noisy(8, 1));
  for (Trial& trial : trials) {
    if (trial.pool == "other") trial.rates.throughput_per_s *= 1.3;
  }
  const auto all = compare(trials, "base", {{"throughput_per_s", "mean"}});
  EXPECT_EQ(all.front().standing, Standing::Better);
}

TEST(Compare, CallsTheSameEquivalent) {
  const Comparison one = only(trials_of(noisy(10, 1.005)));
  EXPECT_EQ(one.standing, Standing::Equivalent);
}

TEST(Compare, LeavesOpenWhatNoiseHides) {
  std::vector<Block> blocks = noisy(8, 1);
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i].other *= i % 2 == 0 ? 1.4 : 0.7;
  const Comparison one = only(trials_of(blocks));
  EXPECT_EQ(one.standing, Standing::Inconclusive);
  EXPECT_GT(one.detectable, 1.2) << "and says what would have been seen";
  EXPECT_NE(one.why.find("would not have been seen"), std::string::npos) << one.why;
}

TEST(Compare, NeedsSixBlocks) {
  const Comparison one = only(trials_of(noisy(5, 2)));
  EXPECT_EQ(one.standing, Standing::Inconclusive);
  EXPECT_EQ(one.why, "5 of the 6 blocks it takes");
  EXPECT_TRUE(compare(trials_of(noisy(1, 2)), "base", {kP50}).empty()) << "one block is no basis";
}

TEST(Compare, CallsNothingWhereTheBaselineDiffersFromItself) {
  std::vector<Block> blocks = noisy(10, 1.3);
  for (Block& block : blocks) block.control = block.base * 1.2;
  const Comparison one = only(trials_of(blocks));
  EXPECT_EQ(one.standing, Standing::Inconclusive);
  EXPECT_EQ(one.why, "the baseline differs from itself as well");
  EXPECT_GT(only(trials_of(blocks), scenarios::kControlArm).low, 1);
}

TEST(Compare, ADifferenceThatDoesNotMatterIsNoVerdict) {
  std::vector<Block> blocks = noisy(12, 1.04);
  EXPECT_NE(only(trials_of(blocks)).standing, Standing::Worse) << "4 % at p50 is within the margin";
}

TEST(Compare, TrialsThatAreNotValidTakeNoPart) {
  std::vector<Trial> trials = trials_of(noisy(10, 1.2));
  for (Trial& trial : trials) {
    if (trial.block < 3 && trial.pool == "other") trial.valid = false;
    if (trial.block == 3 && trial.arm.empty() && trial.pool == "base") trial.interrupted = true;
  }
  EXPECT_EQ(only(trials).blocks, 6U);
}

TEST(Compare, AFigureThatLateSendsReachTakesNoPart) {
  std::vector<Trial> trials = trials_of(noisy(8, 1.2));
  for (Trial& trial : trials) {
    if (trial.block != 2 || trial.pool != "other") continue;
    // All sent late by as much as they took.
    for (SeriesResult& one : trial.series) {
      one.figures.late_response = one.figures.response;
      one.figures.response.for_each_bucket(
          [&](std::uint64_t lower, std::uint64_t, std::uint64_t count) {
            const auto half = static_cast<pools::Nanos::rep>(lower / 2);
            one.figures.late_since_send.record(pools::Nanos{half}, count);
          });
    }
  }
  EXPECT_EQ(only(trials).blocks, 7U);
}

TEST(Compare, LeavesOutWhatNobodyHasAFigureOf) {
  // 4,002 tasks are too few for a p99.9.
  const auto all = compare(trials_of(noisy(8, 1)), "base", usual_measures({50, 99.9}));
  for (const Comparison& one : all) EXPECT_NE(one.measure.stat, "p99.9");
  EXPECT_FALSE(all.empty());
}

TEST(Compare, CorrectsForHowManyAreCompared) {
  // Six blocks, all on one side: p = 0.031 alone, too much for one of three.
  std::vector<Trial> trials = trials_of(noisy(6, 1.3));
  EXPECT_EQ(only(trials).standing, Standing::Worse);
  for (std::uint32_t b = 0; b < 6; ++b) {
    trials.push_back(in_block(b, "second", "", 100));
    trials.push_back(in_block(b, "third", "", 100));
  }
  for (const Comparison& one : compare(trials, "base", {kP50})) {
    if (one.pool != "other") continue;
    EXPECT_EQ(one.standing, Standing::Inconclusive);
    EXPECT_EQ(one.why, "among so many comparisons it may be chance");
  }
}

TEST(Compare, ASweepIsComparedPointByPoint) {
  std::vector<Trial> trials;
  for (std::uint32_t b = 0; b < 8; ++b) {
    for (const char* workers : {"1", "2"}) {
      for (const char* pool : {"base", "other"}) {
        const bool slow = std::string(pool) == "other" && std::string(workers) == "2";
        Trial& trial = trials.emplace_back(in_block(b, pool, "", slow ? 150 : 100));
        trial.parameters["/workers"] = workers;
      }
    }
  }
  const auto all = compare(trials, "base", {kP50});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].standing, Standing::Equivalent);
  EXPECT_EQ(all[1].standing, Standing::Worse);
  EXPECT_EQ(all[1].parameters.at("/workers"), "2");
}

Verdict of_ratio(const std::vector<Trial>& trials, double limit) {
  scenarios::Expectation gate = made_up::gate("response_us", "p50", "<", limit);
  gate.compare = "other/base";
  const auto verdicts = evaluate({gate}, trials);
  EXPECT_EQ(verdicts.size(), 1U);
  return verdicts.front().verdict;
}

TEST(RatioGate, OverBlocksIsDecidedByTheInterval) {
  std::vector<Block> blocks = noisy(10, 1);
  for (std::size_t i = 0; i < blocks.size(); ++i)
    blocks[i].other *= 1 + 0.02 * static_cast<double>(i % 5);
  const std::vector<Trial> trials = trials_of(blocks);
  EXPECT_EQ(of_ratio(trials, 1.2), Verdict::Pass);
  EXPECT_EQ(of_ratio(trials, 0.9), Verdict::Fail);
  EXPECT_EQ(of_ratio(trials, 1.04), Verdict::Inconclusive) << "within the interval";
}

Trial swept(std::uint32_t block, const std::string& pool, std::uint32_t point, double us) {
  Trial trial = in_block(block, pool, "", us);
  trial.point = point;
  trial.parameters["workers"] = std::to_string(10 - point);
  return trial;
}

TEST(Compare, ASweepIsComparedCombinationByCombination) {
  std::vector<Trial> trials;
  for (std::uint32_t b = 0; b < 10; ++b) {
    const double drift = 100 + 10 * b;
    trials.push_back(swept(b, "other", 1, drift * 4));
    trials.push_back(swept(b, "base", 1, drift * 2));
    trials.push_back(swept(b, "other", 0, drift));
    trials.push_back(swept(b, "base", 0, drift));
  }
  const std::vector<Comparison> all = compare(trials, "base", {kP50});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].parameters.at("workers"), "10");
  EXPECT_EQ(all[0].standing, Standing::Equivalent);
  EXPECT_EQ(all[1].parameters.at("workers"), "9");
  EXPECT_EQ(all[1].baseline_parameters, all[1].parameters);
  EXPECT_NEAR(all[1].ratio, 2, 0.1);
}

TEST(Compare, OnePoolAloneIsComparedWithItsFirstCombination) {
  std::vector<Trial> trials;
  for (std::uint32_t b = 0; b < 10; ++b) {
    trials.push_back(swept(b, "base", 2, 100));
    trials.push_back(swept(b, "base", 0, 200));
    trials.push_back(swept(b, "base", 1, 400));
  }
  const std::vector<Comparison> all = compare(trials, "base", {kP50});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].parameters.at("workers"), "9");
  EXPECT_EQ(all[0].baseline_parameters.at("workers"), "10");
  EXPECT_NEAR(all[0].ratio, 2, 0.1);
  EXPECT_NEAR(all[1].ratio, 0.5, 0.05);
}

TEST(Compare, AKnobOfOnePoolIsSetAgainstTheBaselineWithout) {
  std::vector<Trial> trials;
  for (std::uint32_t b = 0; b < 10; ++b) {
    trials.push_back(in_block(b, "base", "", 100));
    for (std::uint32_t point = 0; point < 2; ++point) {
      Trial trial = in_block(b, "other", "", 100 + 100 * point);
      trial.point = point;
      trial.parameters["/pools/other/dispatch/inbox"] = std::to_string(point);
      trials.push_back(std::move(trial));
    }
  }
  const std::vector<Comparison> all = compare(trials, "base", {kP50});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[1].baseline_parameters.empty());
  EXPECT_NEAR(all[1].ratio, 2, 0.1);
}

TEST(Compare, EveryLookIsAChanceToBeFooled) {
  // 9 of 10 on one side: p 0.02, enough for one look, not for four.
  std::vector<Block> blocks = noisy(10, 1.2);
  blocks[3].other = blocks[3].base * 0.9;
  const std::vector<Trial> trials = trials_of(blocks);
  EXPECT_EQ(compare(trials, "base", {kP50}, 1).front().standing, Standing::Worse);
  const Comparison careful = compare(trials, "base", {kP50}, 4).front();
  EXPECT_EQ(careful.standing, Standing::Inconclusive);
  EXPECT_LT(careful.low, 1);
}

TEST(Conclusive, WhenEveryResponseUpToP99Is) {
  const auto one = [](const char* metric, const char* stat, Standing standing) {
    Comparison comparison;
    comparison.measure = {metric, stat};
    comparison.standing = standing;
    return comparison;
  };
  EXPECT_TRUE(conclusive({one("response_us", "p50", Standing::Equivalent),
                          one("response_us", "p99.9", Standing::Inconclusive),
                          one("cpu_s", "mean", Standing::Inconclusive)}));
  EXPECT_FALSE(conclusive({one("response_us", "p50", Standing::Better),
                           one("response_us", "p99", Standing::Inconclusive)}));
  EXPECT_FALSE(conclusive({})) << "all were spoilt";
  EXPECT_FALSE(conclusive({one("cpu_s", "mean", Standing::Equivalent)})) << "all responses were";
}

}  // namespace
}  // namespace results
