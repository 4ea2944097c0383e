#include "lab/gui/plot/ticks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace lab::gui::plot {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

Ticks ticks(Scale scale, Unit unit, double low, double high, float pixels, float gap) {
  Ticks out;
  make_ticks(scale, unit, low, high, pixels, gap, out);
  return out;
}

MATCHER(Near, "") {
  return std::abs(std::get<0>(arg) - std::get<1>(arg)) <=
         1e-9 * std::max(1.0, std::abs(std::get<1>(arg)));
}

TEST(Ticks, StepIsTheNextRoundNumber) {
  for (const auto& [raw, step] : {std::pair{0.9, 1.0},
                                  {1.0, 1.0},
                                  {1.1, 2.0},
                                  {2.1, 2.5},
                                  {2.6, 5.0},
                                  {5.1, 10.0},
                                  {0.021, 0.025},
                                  {34'000.0, 50'000.0}}) {
    EXPECT_DOUBLE_EQ(nice_step(Unit::Plain, raw), step) << raw;
  }
}

TEST(Ticks, TimeStepsAreThoseOfAClock) {
  for (const auto& [raw, step] : {std::pair{0.7, 1.0},
                                  {3.0, 5.0},
                                  {6.0, 10.0},
                                  {12.0, 15.0},
                                  {16.0, 30.0},
                                  {31.0, 60.0},
                                  {100.0, 120.0},
                                  {700.0, 900.0}}) {
    EXPECT_DOUBLE_EQ(nice_step(Unit::Seconds, raw), step) << raw;
  }
  EXPECT_DOUBLE_EQ(nice_step(Unit::Seconds, 0.03), 0.05);
  EXPECT_DOUBLE_EQ(nice_step(Unit::Seconds, 100'000), 172'800);
}

TEST(Ticks, LinearTicksAreMultiplesInsideTheRange) {
  EXPECT_THAT(ticks(Scale::Linear, Unit::Plain, 0, 3000, 150, 26).major,
              ElementsAre(0, 1000, 2000, 3000));
  EXPECT_THAT(ticks(Scale::Linear, Unit::Plain, -7, 6, 130, 40).major, ElementsAre(-5, 0, 5));
}

TEST(Ticks, ZeroIsNeverNegative) {
  for (const double low : {-1.0, -1e-12, 0.0}) {
    for (const double v : ticks(Scale::Linear, Unit::Seconds, low, 90, 800, 80).major) {
      EXPECT_FALSE(v == 0 && std::signbit(v)) << low;
    }
  }
}

TEST(Ticks, LabelsKeepTheirDistanceOnEveryZoom) {
  for (double span = 1e-3; span < 1e6; span *= 1.37) {
    const auto t = ticks(Scale::Linear, Unit::Seconds, 17.3, 17.3 + span, 700, 78);
    for (std::size_t i = 1; i < t.major.size(); ++i) {
      EXPECT_GE((t.major[i] - t.major[i - 1]) / span * 700, 78 * 0.999) << span;
    }
    EXPECT_LE(t.major.size(), 10u);
    for (const double v : t.major) EXPECT_TRUE(v >= 17.3 && v <= 17.3 + span) << span;
  }
}

TEST(Ticks, DecadesAreMajorAndTheirPartsMinor) {
  const auto t = ticks(Scale::Log, Unit::Nanoseconds, 1e3, 1e6, 300, 26);
  EXPECT_THAT(t.major, Pointwise(Near(), {1e3, 1e4, 1e5, 1e6}));
  EXPECT_EQ(t.minor.size(), 24u);
  EXPECT_THAT(t.minor.front(), DoubleNear(2e3, 1e-6));
}

TEST(Ticks, CrowdedDecadesAreThinnedAndLoseTheirParts) {
  const auto t = ticks(Scale::Log, Unit::Nanoseconds, 1, 1e10, 100, 26);
  EXPECT_THAT(t.major, Pointwise(Near(), {1.0, 1e3, 1e6, 1e9}));
  EXPECT_EQ(t.minor.size(), 7u);  // the decades between
}

TEST(Ticks, AShortLogarithmicRangeStillHasLabels) {
  EXPECT_THAT(ticks(Scale::Log, Unit::Nanoseconds, 150, 1200, 200, 26).major,
              Pointwise(Near(), {200.0, 500.0, 1000.0}));
  EXPECT_GE(ticks(Scale::Log, Unit::Nanoseconds, 2.1e3, 2.9e3, 200, 26).major.size(), 2u);
}

TEST(Ticks, LabelsKeepTheirDistanceOnALowLogarithmicAxis) {
  for (float pixels = 30; pixels < 400; pixels += 7) {
    for (double decades = 0.8; decades < 6; decades += 0.13) {
      const double high = 20e-6 * std::pow(10.0, decades);
      const auto t = ticks(Scale::Log, Unit::Seconds, 20e-6, high, pixels, 20);
      const double each = static_cast<double>(pixels) / decades;
      for (std::size_t i = 1; i < t.major.size(); ++i) {
        const double gap = each * std::log10(t.major[i] / t.major[i - 1]);
        EXPECT_GE(gap, 19.9) << pixels << " pixels, " << decades << " decades";
      }
    }
  }
}

TEST(Ticks, PercentileAxisPrefersDecades) {
  const auto labels = [](float pixels) {
    std::string all;
    for (const double v : ticks(Scale::Nines, Unit::Nines, 0, 4, pixels, 34).major) {
      all += format_tick(Unit::Nines, v, 0) + " ";
    }
    return all;
  };
  EXPECT_EQ(labels(240), "p0 p90 p99 p99.9 p99.99 ");
  EXPECT_EQ(labels(600), "p0 p50 p75 p90 p95 p99 p99.5 p99.9 p99.99 ");
}

TEST(Ticks, AnEmptyRangeHasNone) {
  EXPECT_TRUE(ticks(Scale::Linear, Unit::Plain, 1, 1, 100, 20).major.empty());
  EXPECT_TRUE(ticks(Scale::Linear, Unit::Plain, 0, NAN, 100, 20).major.empty());
  EXPECT_TRUE(ticks(Scale::Log, Unit::Plain, 0, 10, 100, 20).major.empty());
}

}  // namespace
}  // namespace lab::gui::plot
