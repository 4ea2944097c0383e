#include "results/ranking.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/results/made_up.h"

namespace results {
namespace {

std::optional<std::size_t> best(const std::vector<double>& values, bool lower, double margin) {
  std::vector<Contender> contenders;
  for (const double value : values) contenders.push_back(exact_contender(value));
  return clear_best(contenders, lower, margin);
}

TEST(ClearBest, IsApartFromAllOthers) {
  EXPECT_EQ(best({10, 20, 12}, true, 0.1), 0U);
  EXPECT_EQ(best({10, 20, 18}, false, 0.1), 1U);
}

TEST(ClearBest, DoesNotExistAmongEquals) {
  EXPECT_EQ(best({10, 20, 10.5}, true, 0.1), std::nullopt) << "two in front, equal within noise";
  EXPECT_EQ(best({20, 20.5, 10}, false, 0.05), std::nullopt);
  EXPECT_EQ(best({10, 10.1, 10.05}, true, 0.05), std::nullopt);
  EXPECT_EQ(best({7, 7}, true, 0), std::nullopt);
}

TEST(ClearBest, NeedsSomebodyToBeBetterThan) {
  EXPECT_EQ(best({10}, true, 0.05), std::nullopt);
  EXPECT_EQ(best({NAN, 10, NAN}, true, 0.05), std::nullopt);
  EXPECT_EQ(best({NAN, 10, 20}, true, 0.05), 1U);
  EXPECT_EQ(best({}, true, 0.05), std::nullopt);
}

TEST(ClearBest, LooksAtWhereTheFiguresMayLie) {
  // 30 % apart, but so uncertain that it may be the other way round.
  EXPECT_EQ(clear_best({{10, 6, 16}, {13, 9, 20}}, true, 0.1), std::nullopt);
  EXPECT_EQ(clear_best({{10, 9.5, 10.5}, {13, 12, 14}}, true, 0.1), 0U);
}

TEST(PercentileContender, IsTheMoreCertainTheMoreSamplesThereAre) {
  const Contender few = percentile_contender(made_up::latencies(100, 2000), 99);
  const Contender many = percentile_contender(made_up::latencies(100, 200'000), 99);
  EXPECT_LT(few.low, few.value);
  EXPECT_GE(few.high, few.value);
  EXPECT_LT(many.high - many.low, few.high - few.low);
  EXPECT_TRUE(std::isnan(percentile_contender(made_up::latencies(100, 500), 99.9).value));
}

TEST(PercentileContender, OfTheSameDistributionOverlap) {
  // Two runs of one thing: other samples, the same distribution.
  const Contender a = percentile_contender(made_up::latencies(100, 3000), 99);
  const Contender b = percentile_contender(made_up::latencies(100.5, 2900), 99);
  EXPECT_EQ(clear_best({a, b}, true, margin_of(99)), std::nullopt);
}

TEST(MarginOf, GrowsTowardsTheTail) {
  EXPECT_EQ(margin_of(50), 0.05);
  EXPECT_EQ(margin_of(99), 0.10);
  EXPECT_EQ(margin_of(99.9), 0.15);
}

TEST(MayRank, LeavesOutWhatIsNotValid) {
  Trial trial = made_up::trial("pull");
  EXPECT_TRUE(may_rank(trial));
  trial.valid = false;
  EXPECT_FALSE(may_rank(trial));
  trial.valid = true;
  trial.sound = false;
  EXPECT_FALSE(may_rank(trial));
  trial.sound = true;
  trial.interrupted = true;
  EXPECT_FALSE(may_rank(trial));
}

}  // namespace
}  // namespace results
