#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "scenarios/catalog.h"
#include "tests/scenarios/sample_statistics.h"

namespace scenarios {
namespace {

pools::Choice choice(const char* name,
                     std::initializer_list<std::pair<const char*, pools::KnobValue>> knobs) {
  pools::Choice result{name, {}};
  for (const auto& [knob, value] : knobs) result.settings.set(knob, value);
  return result;
}

std::vector<double> times(const pools::Choice& arrival, double duration_s, std::uint64_t seed = 1) {
  Random shape(seed, StreamUse::Shape);
  const ArrivalPlan plan = plan_of(arrival, duration_s, shape);
  ArrivalTimes walk(plan, Random(seed, StreamUse::Gaps));
  std::vector<double> all;
  while (const auto at = walk.next()) all.push_back(*at);
  return all;
}

std::vector<double> gaps(const std::vector<double>& at) {
  std::vector<double> all;
  for (std::size_t i = 1; i < at.size(); ++i) all.push_back(at[i] - at[i - 1]);
  return all;
}

std::size_t between(const std::vector<double>& at, double from, double to) {
  return static_cast<std::size_t>(
      std::ranges::count_if(at, [=](double t) { return t >= from && t < to; }));
}

TEST(Arrivals, ConstantAreEvenlySpaced) {
  const auto at = times(choice("constant", {{"rate_per_s", 250.0}}), 4);
  ASSERT_EQ(at.size(), 1000U);
  for (std::size_t i = 0; i < at.size(); ++i) {
    EXPECT_NEAR(at[i], (static_cast<double>(i) + 0.5) / 250, 1e-12);
  }
}

TEST(Arrivals, PoissonHaveExponentialGaps) {
  const auto at = times(choice("poisson", {{"rate_per_s", 1000.0}}), 100, 3);
  EXPECT_NEAR(static_cast<double>(at.size()), 100'000, 4 * std::sqrt(100'000));
  const auto between_them = gaps(at);
  EXPECT_NEAR(tests::variation(between_them), 1, 0.02);
  EXPECT_LT(tests::ks_distance(between_them, [](double x) { return 1 - std::exp(-1000 * x); }),
            1.95);
}

TEST(Arrivals, PoissonGapsAreIndependent) {
  const auto between_them = gaps(times(choice("poisson", {{"rate_per_s", 1000.0}}), 100, 4));
  const double mean = tests::mean(between_them);
  double product = 0;
  for (std::size_t i = 1; i < between_them.size(); ++i) {
    product += (between_them[i] - mean) * (between_them[i - 1] - mean);
  }
  const double correlation = product / static_cast<double>(between_them.size()) / (mean * mean);
  EXPECT_NEAR(correlation, 0, 4 / std::sqrt(100'000.0));
}

TEST(Arrivals, RampHasALinearRate) {
  const auto at =
      times(choice("ramp",
                   {{"from_per_s", 0.0}, {"to_per_s", 2000.0}, {"gaps", std::string("constant")}}),
            10);
  ASSERT_EQ(at.size(), 10'000U);
  // The integral of the rate up to t is 100 t^2.
  for (std::size_t i = 0; i < at.size(); i += 97) {
    EXPECT_NEAR(100 * at[i] * at[i], static_cast<double>(i) + 0.5, 1e-6);
  }
  const auto falling =
      times(choice("ramp",
                   {{"from_per_s", 2000.0}, {"to_per_s", 0.0}, {"gaps", std::string("constant")}}),
            10);
  EXPECT_EQ(falling.size(), 10'000U);
  EXPECT_LE(falling.back(), 10);
}

TEST(Arrivals, ThePlanSaysHowManyThereAreByThen) {
  ArrivalPlan plan;
  plan.segments = {{2, 100, 300}, {1, 0, 0}, {1, 50, 50}};
  EXPECT_DOUBLE_EQ(plan.arrivals_until(-1), 0);
  EXPECT_DOUBLE_EQ(plan.arrivals_until(1), 150) << "half of it, at rates from 100 to 200";
  EXPECT_DOUBLE_EQ(plan.arrivals_until(2), 400);
  EXPECT_DOUBLE_EQ(plan.arrivals_until(2.9), 400);
  EXPECT_DOUBLE_EQ(plan.arrivals_until(3.5), 425);
  EXPECT_DOUBLE_EQ(plan.arrivals_until(9), plan.expected_arrivals());
}

TEST(Arrivals, StepKeepsToItsStagesAndHoldsTheLast) {
  const auto at = times(choice("step", {{"stages", pools::Numbers{100, 1, 0, 1, 400, 1}},
                                        {"gaps", std::string("constant")}}),
                        5);
  EXPECT_EQ(between(at, 0, 1), 100U);
  EXPECT_EQ(between(at, 1, 2), 0U);
  EXPECT_EQ(between(at, 2, 5), 1200U);
}

TEST(Arrivals, SpikeIsWhereItWasPut) {
  const auto at = times(choice("spike", {{"base_per_s", 100.0},
                                         {"peak_per_s", 10'000.0},
                                         {"at_s", 1.0},
                                         {"width_s", 0.1},
                                         {"gaps", std::string("constant")}}),
                        3);
  EXPECT_EQ(between(at, 0, 1), 100U);
  EXPECT_EQ(between(at, 1, 1.1), 1000U);
  EXPECT_EQ(between(at, 1.1, 3), 190U);
}

TEST(Arrivals, OnOffTakesTurnsForExponentialTimes) {
  const auto arrival = choice("on_off", {{"on_per_s", 1000.0},
                                         {"off_per_s", 0.0},
                                         {"mean_on_s", 0.1},
                                         {"mean_off_s", 0.3},
                                         {"gaps", std::string("constant")}});
  Random shape(9, StreamUse::Shape);
  const ArrivalPlan plan = plan_of(arrival, 2000, shape);
  double total = 0;
  std::vector<double> on;
  std::vector<double> off;
  for (const RateSegment& segment : plan.segments) {
    total += segment.length_s;
    (segment.from_per_s > 0 ? on : off).push_back(segment.length_s);
  }
  EXPECT_NEAR(total, 2000, 1e-6);
  EXPECT_GT(plan.segments.front().from_per_s, 0) << "a burst comes first";
  EXPECT_NEAR(tests::mean(on), 0.1, 0.005);
  EXPECT_NEAR(tests::mean(off), 0.3, 0.015);
  EXPECT_NEAR(tests::variation(on), 1, 0.06);
  const auto at = times(arrival, 2000, 9);
  EXPECT_NEAR(static_cast<double>(at.size()), plan.expected_arrivals(), 2);
  EXPECT_GT(tests::variation(gaps(at)), 2) << "burstier than Poisson";
}

TEST(Arrivals, ClosedHaveClientsInsteadOfTimes) {
  const auto arrival = choice("closed", {{"clients", std::int64_t{12}}, {"think_us", 5.0}});
  Random shape(1, StreamUse::Shape);
  const ArrivalPlan plan = plan_of(arrival, 5, shape);
  EXPECT_EQ(plan.clients, 12U);
  EXPECT_EQ(plan.think_us, 5);
  EXPECT_TRUE(times(arrival, 5).empty());
}

class EveryArrival : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryArrival, IsAscendingAndInsideThePhase) {
  const ArrivalRow& row = arrival_catalog()[GetParam()];
  pools::Choice arrival{std::string(row.name), {}};
  if (row.name == "step") arrival.settings.set("stages", pools::Numbers{500, 1, 50, 1});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto at = times(arrival, 2.5, seed);
    EXPECT_TRUE(std::ranges::is_sorted(at));
    if (!at.empty()) {
      EXPECT_GE(at.front(), 0);
      EXPECT_LE(at.back(), 2.5);
    }
  }
}

TEST_P(EveryArrival, OffersWhatItsRateSays) {
  const ArrivalRow& row = arrival_catalog()[GetParam()];
  pools::Choice arrival{std::string(row.name), {}};
  if (row.name == "step") arrival.settings.set("stages", pools::Numbers{500, 1, 50, 1});
  Random shape(2, StreamUse::Shape);
  const ArrivalPlan plan = plan_of(arrival, 20, shape);
  double integral = 0;
  constexpr int kSteps = 200'000;
  for (int i = 0; i < kSteps; ++i)
    integral += plan.rate_at(20.0 * (i + 0.5) / kSteps) * 20 / kSteps;
  EXPECT_NEAR(integral, plan.expected_arrivals(), 1 + 0.002 * integral);
  const auto count = static_cast<double>(times(arrival, 20, 2).size());
  EXPECT_NEAR(count, plan.expected_arrivals(), 5 * std::sqrt(integral + 1));
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryArrival,
                         testing::Range(std::size_t{0}, arrival_catalog().size()),
                         [](const auto& instance) {
                           return std::string(arrival_catalog()[instance.param].name);
                         });

TEST(Arrivals, UnknownNamesAreRefused) {
  Random shape(1, StreamUse::Shape);
  EXPECT_THROW(plan_of({"poison", {}}, 1, shape), pools::ConfigError);
  EXPECT_THROW(plan_of(choice("ramp", {{"from_per_s", 0.0}, {"to_per_s", 0.0}}), 1, shape),
               pools::ConfigError);
}

}  // namespace
}  // namespace scenarios
