#include "results/arrival_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "scenarios/random.h"
#include "scenarios/scenario_json.h"

namespace results {
namespace {

using scenarios::Random;
using Stretches = std::vector<std::vector<double>>;

/// Every way in which arrivals vary, in one scenario.
scenarios::Timetable timetable(std::uint64_t seed, const std::string& phases) {
  const scenarios::Scenario scenario = scenarios::read_scenario_text(
      R"({"name": "t", "run": {"warmup_s": 0}, "pools": ["pull"], "phases": [)" + phases + "]}",
      "t.json");
  return scenarios::Timetable(scenario, seed);
}

const char* const kVaried = R"(
  {"name": "a", "duration_s": 1, "arrival": {"process": "poisson", "rate_per_s": 250}},
  {"name": "b", "duration_s": 1, "arrival": {"process": "ramp", "from_per_s": 0, "to_per_s": 500}},
  {"name": "c", "duration_s": 1, "arrival": {"process": "on_off", "on_per_s": 1000, "off_per_s": 0,
                                              "mean_on_s": 0.1, "mean_off_s": 0.1}},
  {"name": "d", "duration_s": 1, "arrival": {"process": "spike", "base_per_s": 50,
                                              "peak_per_s": 1250, "at_s": 0.4, "width_s": 0.1}})";

TEST(AndersonDarling, HasTheKnownDistribution) {
  // Marsaglia and Marsaglia, "Evaluating the Anderson-Darling Distribution", 2004, and the tables.
  EXPECT_NEAR(anderson_darling_p(1.933), 0.1, 2e-4);
  EXPECT_NEAR(anderson_darling_p(2.492), 0.05, 2e-4);
  EXPECT_NEAR(anderson_darling_p(3.878), 0.01, 1e-4);
  EXPECT_NEAR(anderson_darling_p(5.97), 0.001, 1e-5);
  EXPECT_DOUBLE_EQ(anderson_darling_p(0), 1);
  EXPECT_LT(anderson_darling_p(29), 1e-10);
  EXPECT_DOUBLE_EQ(anderson_darling_p(1e6), 0);
  double before = 1;
  for (double z = 0.05; z < 40; z += 0.05) {
    const double p = anderson_darling_p(z);
    EXPECT_LE(p, before + 1e-12) << z;
    before = p;
  }
}

/// How often a test of exponential gaps says less than `p`, over `trials`.
double share_below(double limit, int trials, const std::function<double(Random&)>& p) {
  int below = 0;
  for (int i = 0; i < trials; ++i) {
    Random random(7, scenarios::StreamUse::Gaps, static_cast<std::uint64_t>(i));
    below += p(random) < limit;
  }
  return static_cast<double>(below) / trials;
}

std::vector<double> exponential(Random& random, std::size_t n) {
  std::vector<double> gaps(n);
  for (double& gap : gaps) gap = random.exponential();
  return gaps;
}

TEST(AndersonDarling, IsRightAsOftenAsItSays) {
  for (const std::size_t gaps : {50U, 400U}) {
    const auto p = [gaps](Random& random) {
      return anderson_darling_p(anderson_darling(exponential(random, gaps)));
    };
    EXPECT_NEAR(share_below(0.5, 10'000, p), 0.5, 0.02) << gaps;
    EXPECT_NEAR(share_below(0.05, 10'000, p), 0.05, 0.008) << gaps;
  }
}

/// The rule: what fails is spoilt. So a sound timetable must hardly ever.
TEST(ArrivalCheck, FailsASoundTimetableLessThanOnceInAThousand) {
  constexpr std::uint64_t kSeeds = 2000;
  std::uint64_t odd = 0;
  std::uint64_t unlikely = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const ArrivalCheck check = check_arrivals(timetable(seed, kVaried), {});
    ASSERT_GT(check.gaps, 500U);
    odd += !check.exponential() || !check.independent();
    unlikely += (check.gaps_p < 0.05) + (check.independence_p < 0.05);
  }
  // Expected: 2 of 2,000. More than 8 come once in several thousand.
  EXPECT_LE(odd, 8U);
  // And the tests are no blunter than they say.
  EXPECT_NEAR(static_cast<double>(unlikely) / (2 * kSeeds), 0.05, 0.01);
}

TEST(ArrivalCheck, HoldsAtTheHighestRateWhereGapsAreNanoseconds) {
  const ArrivalCheck check = check_arrivals(
      timetable(3, R"({"duration_s": 0.1, "arrival": {"process": "poisson", "rate_per_s": 2e6}})"),
      {});
  EXPECT_GT(check.gaps, 190'000U);
  EXPECT_GT(check.gaps_p, 0.001);
  EXPECT_GT(check.independence_p, 0.001);
}

TEST(ArrivalCheck, SaysNothingOfTooFew) {
  const ArrivalCheck check = check_arrivals(
      timetable(1, R"({"duration_s": 1, "arrival": {"process": "poisson", "rate_per_s": 20}})"),
      {});
  EXPECT_LT(check.gaps, ArrivalCheck::kFewest);
  EXPECT_TRUE(std::isnan(check.gaps_p));
  EXPECT_TRUE(check.exponential());
  EXPECT_TRUE(check.independent());
}

TEST(ArrivalCheck, EvenArrivalsAreCheckedForBeingEven) {
  const char* const kEven = R"(
    {"name": "a", "duration_s": 1, "arrival": {"process": "constant", "rate_per_s": 3333}},
    {"name": "b", "duration_s": 1, "arrival": {"process": "ramp", "from_per_s": 0,
                                                "to_per_s": 2000, "gaps": "constant"}})";
  const ArrivalCheck check = check_arrivals(timetable(1, kEven), {});
  EXPECT_EQ(check.gaps, 0U);
  EXPECT_LT(check.uneven, 1e-6);
  EXPECT_TRUE(check.even());
}

/// What must be caught, in every one of 200 cases: gaps made from sound ones by a defect.
void expect_caught(const std::string& defect, std::size_t n,
                   const std::function<void(std::vector<double>&)>& spoil) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed, scenarios::StreamUse::Gaps, 1);
    std::vector<double> gaps = exponential(random, n);
    spoil(gaps);
    const double gaps_p = anderson_darling_p(anderson_darling(gaps));
    const double score =
        std::fabs(lag_rank_correlation({gaps})) * std::sqrt(static_cast<double>(n));
    EXPECT_TRUE(gaps_p < ArrivalCheck::kLeastP || score > 3.5) << defect << ", seed " << seed;
  }
}

TEST(ArrivalCheck, CatchesDefects) {
  expect_caught("even gaps", 200, [](auto& gaps) { gaps.assign(gaps.size(), 1.0); });
  expect_caught("a rate 5 % off", 20'000, [](auto& gaps) {
    for (double& gap : gaps) gap *= 1.05;
  });
  expect_caught("gaps that are the mean of two", 500, [](auto& gaps) {
    for (std::size_t i = 0; i + 1 < gaps.size(); ++i) gaps[i] = (gaps[i] + gaps[i + 1]) / 2;
  });
  expect_caught("arrivals in pairs", 500, [](auto& gaps) {
    for (std::size_t i = 0; i + 1 < gaps.size(); i += 2) {
      gaps[i] += gaps[i + 1];
      gaps[i + 1] = 1e-9;
    }
  });
  expect_caught("a shortest gap, as of a generator that is not quick", 2000, [](auto& gaps) {
    for (double& gap : gaps) gap = std::max(gap, 0.2);
  });
  expect_caught("long gaps cut off", 2000, [](auto& gaps) {
    for (double& gap : gaps) gap = std::min(gap, 2.0);
  });
}

TEST(ArrivalCheck, CatchesGapsThatDependOnEachOther) {
  // Every gap is exponential, so that only their order tells.
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed, scenarios::StreamUse::Gaps, 1);
    std::vector<double> gaps = exponential(random, 4000);
    for (std::size_t i = 0; i + 1 < gaps.size(); i += 2) {
      if (gaps[i] > gaps[i + 1]) std::swap(gaps[i], gaps[i + 1]);  // short, long, short, long
    }
    const double score = lag_rank_correlation({gaps}) * std::sqrt(4000.0);
    EXPECT_LT(score, -3.5) << seed;
    std::ranges::sort(gaps);
    EXPECT_NEAR(lag_rank_correlation({gaps}), 1, 1e-9);
  }
}

TEST(ArrivalCheck, PairsGapsWithinAStretchOnly) {
  const Stretches apart{{1, 2}, {3, 1}, {2, 5}};
  EXPECT_FALSE(std::isnan(lag_rank_correlation(apart)));
  EXPECT_TRUE(std::isnan(lag_rank_correlation({{1}, {2}, {3}, {4}})));
  EXPECT_TRUE(std::isnan(lag_rank_correlation({{1, 1, 1, 1, 1}}))) << "no order, no correlation";
}

const char* const kSteady =
    R"({"duration_s": 2, "arrival": {"process": "poisson", "rate_per_s": 5000}})";

TEST(ArrivalCheck, SendsOnTimeAreAsPlanned) {
  const scenarios::Timetable table = timetable(5, kSteady);
  const std::vector<float> lag_of(table.arrivals().size(), 3000.0F);
  const ArrivalCheck check = check_arrivals(table, lag_of);
  EXPECT_GT(check.sent_gaps, 9000U);
  EXPECT_LT(check.sent_distance, 0.02);
  EXPECT_FALSE(check.sent_otherwise());
}

TEST(ArrivalCheck, ToldFromSendsInBunches) {
  const scenarios::Timetable table = timetable(5, kSteady);
  std::vector<float> lag_of;
  for (const scenarios::Arrival& arrival : table.arrivals()) {
    // As of a timer that ticks every millisecond.
    const auto since = static_cast<float>(arrival.due.count() % 1'000'000);
    lag_of.push_back(1e6F - since);
  }
  const ArrivalCheck check = check_arrivals(table, lag_of);
  EXPECT_GT(check.sent_distance, 0.5);
  EXPECT_TRUE(check.sent_otherwise());
  EXPECT_TRUE(check.exponential()) << "the plan was sound";
}

TEST(ArrivalCheck, WhatWasNotSentHasNoGap) {
  const scenarios::Timetable table = timetable(5, kSteady);
  std::vector<float> lag_of(table.arrivals().size(), std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(check_arrivals(table, lag_of).sent_gaps, 0U);
  lag_of.assign(60, 0.0F);
  EXPECT_EQ(check_arrivals(table, lag_of).sent_gaps, 60U);
}

}  // namespace
}  // namespace results
