#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "scenarios/catalog.h"
#include "tests/scenarios/sample_statistics.h"

namespace scenarios {
namespace {

using Knobs = std::initializer_list<std::pair<const char*, pools::KnobValue>>;

pools::Choice choice(const char* name, Knobs knobs) {
  pools::Choice result{name, {}};
  for (const auto& [knob, value] : knobs) result.settings.set(knob, value);
  return result;
}

std::vector<double> draws(const pools::Choice& service, int count = 200'000) {
  const ServiceSampler sampler = sampler_of(service);
  Random random(11, StreamUse::Service);
  std::vector<double> all;
  all.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) all.push_back(sampler(random));
  return all;
}

TEST(Service, ConstantIsConstant) {
  const auto all = draws(choice("constant", {{"value_us", 7.5}}), 100);
  EXPECT_EQ(std::ranges::count(all, 7.5), 100);
}

TEST(Service, UniformFollowsItsDistribution) {
  const auto all = draws(choice("uniform", {{"min_us", 10.0}, {"max_us", 30.0}}));
  EXPECT_LT(tests::ks_distance(all, [](double x) { return (x - 10) / 20; }), 1.95);
}

TEST(Service, ExponentialFollowsItsDistribution) {
  const auto all = draws(choice("exponential", {{"mean_us", 40.0}}));
  EXPECT_LT(tests::ks_distance(all, [](double x) { return 1 - std::exp(-x / 40); }), 1.95);
}

TEST(Service, LognormalFollowsItsDistribution) {
  const auto all = draws(choice("lognormal", {{"mean_us", 50.0}, {"cv", 1.5}}));
  EXPECT_NEAR(tests::mean(all), 50, 1);
  EXPECT_NEAR(tests::variation(all), 1.5, 0.1);
  const double variance = std::log(1 + 1.5 * 1.5);
  const double location = std::log(50) - variance / 2;
  EXPECT_LT(tests::ks_distance(all,
                               [=](double x) {
                                 return 0.5 * std::erfc(-(std::log(x) - location) /
                                                        std::sqrt(2 * variance));
                               }),
            1.95);
}

TEST(Service, LognormalWithoutVariationIsConstant) {
  for (const double x : draws(choice("lognormal", {{"mean_us", 50.0}, {"cv", 0.0}}), 100)) {
    EXPECT_NEAR(x, 50, 1e-9);
  }
}

TEST(Service, BimodalHasTwoTimes) {
  const auto all = draws(choice("bimodal", {{"p", 0.9}, {"a_us", 10.0}, {"b_us", 500.0}}));
  const auto shorter = static_cast<double>(std::ranges::count(all, 10.0));
  const auto longer = static_cast<double>(std::ranges::count(all, 500.0));
  EXPECT_EQ(shorter + longer, 200'000);
  EXPECT_NEAR(shorter / 200'000, 0.9, 0.004);
}

TEST(Service, ParetoFollowsItsDistributionUpToItsCap) {
  const auto all =
      draws(choice("pareto", {{"scale_us", 20.0}, {"shape", 1.5}, {"cap_us", 2000.0}}));
  EXPECT_GE(*std::ranges::min_element(all), 20);
  EXPECT_LE(*std::ranges::max_element(all), 2000);
  for (const double q : {0.1, 0.5, 0.9, 0.99}) {
    EXPECT_NEAR(tests::quantile(all, q) / (20 * std::pow(1 - q, -1 / 1.5)), 1, 0.04) << q;
  }
  const double capped = static_cast<double>(std::ranges::count(all, 2000.0)) / 200'000;
  EXPECT_NEAR(capped, std::pow(100, -1.5), 0.0005);
}

TEST(Service, MeansAreWhatTheCatalogSays) {
  const std::vector<pools::Choice> services{
      choice("constant", {{"value_us", 9.0}}),
      choice("uniform", {{"min_us", 10.0}, {"max_us", 90.0}}),
      choice("exponential", {{"mean_us", 123.0}}),
      choice("lognormal", {{"mean_us", 80.0}, {"cv", 0.7}}),
      choice("bimodal", {{"p", 0.3}, {"a_us", 10.0}, {"b_us", 100.0}}),
      choice("pareto", {{"scale_us", 10.0}, {"shape", 1.0}, {"cap_us", 500.0}}),
      choice("pareto", {{"scale_us", 10.0}, {"shape", 2.5}, {"cap_us", 500.0}}),
      choice("pareto", {{"scale_us", 10.0}, {"shape", 0.5}, {"cap_us", 500.0}}),
  };
  for (const pools::Choice& service : services) {
    const double expected = mean_service_us(service);
    EXPECT_NEAR(tests::mean(draws(service)) / expected, 1, 0.015) << service.name;
  }
}

TEST(Service, EveryRowWorksWithItsDefaults) {
  for (const ServiceRow& row : service_catalog()) {
    const pools::Choice service{std::string(row.name), {}};
    for (const double x : draws(service, 1000)) EXPECT_TRUE(x >= 0 && x <= 6e7) << row.name;
    EXPECT_GT(mean_service_us(service), 0) << row.name;
  }
}

TEST(Service, ContradictionsAreRefusedWithTheKnob) {
  try {
    mean_service_us(choice("uniform", {{"min_us", 10.0}, {"max_us", 5.0}}));
    FAIL() << "accepted";
  } catch (const pools::ConfigError& error) {
    EXPECT_EQ(error.field, "/service/max_us");
    EXPECT_EQ(error.message, "expected at least min_us (10), got 5");
  }
}

}  // namespace
}  // namespace scenarios
