#include "lab/gui/plot/series.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace lab::gui::plot {
namespace {

Extremes brute_force(const Series& series, std::uint64_t begin, std::uint64_t end) {
  Extremes all;
  for (std::uint64_t i = begin; i < end; ++i) all.add(series.value(i));
  return all;
}

TEST(Series, ForgetsTheOldestAndKeepsItsIndices) {
  Series series(16);
  for (int i = 0; i < 40; ++i) series.append(i, static_cast<float>(i));
  EXPECT_EQ(series.first(), 24u);
  EXPECT_EQ(series.last(), 40u);
  EXPECT_EQ(series.size(), 16u);
  EXPECT_EQ(series.value(24), 24.0f);
  EXPECT_EQ(series.latest_value(), 39.0f);
  EXPECT_EQ(series.latest_time(), 39.0);
}

TEST(Series, ExtremesOfAnyRangeEqualAScan) {
  constexpr unsigned kSeed = 4711;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  std::normal_distribution<float> value;
  Series series(1 << 14);  // grows four times, then wraps
  for (int i = 0; i < 50'000; ++i) {
    series.append(i * 1e-3, random() % 50 == 0 ? NAN : value(random));
    if (i % 97 != 0) continue;
    const std::uint64_t size = series.last() - series.first();
    for (int k = 0; k < 4; ++k) {
      const std::uint64_t begin = series.first() + random() % (size + 1);
      const std::uint64_t end = begin + random() % (series.last() - begin + 1);
      ASSERT_EQ(series.extremes(begin, end), brute_force(series, begin, end))
          << "[" << begin << ", " << end << ") of " << series.last();
    }
    ASSERT_EQ(series.extremes(series.first(), series.last()),
              brute_force(series, series.first(), series.last()));
  }
}

TEST(Series, FindsTimesFromEveryHint) {
  Series series(64);
  for (int i = 0; i < 100; ++i) {
    const int third = i / 3;  // runs of three
    series.append(third * 0.5, static_cast<float>(i));
  }
  for (double t = series.time(series.first()) - 1; t < series.latest_time() + 1; t += 0.25) {
    std::uint64_t expected = series.first();
    while (expected < series.last() && series.time(expected) < t) ++expected;
    for (std::uint64_t hint = 0; hint <= series.last() + 2; ++hint) {
      ASSERT_EQ(series.lower_bound(t, hint), expected) << "t " << t << " hint " << hint;
    }
  }
}

TEST(Series, AStepHoldsItsValue) {
  Series series;
  EXPECT_TRUE(std::isnan(series.value_at(0)));
  series.append(1, 8.0f);
  series.append(3, 10.0f);
  EXPECT_TRUE(std::isnan(series.value_at(0.5)));
  EXPECT_EQ(series.value_at(1), 8.0f);
  EXPECT_EQ(series.value_at(2.9), 8.0f);
  EXPECT_EQ(series.value_at(3), 10.0f);
  EXPECT_EQ(series.value_at(99), 10.0f);
}

TEST(Series, AClearedSeriesIsAnotherSeries) {
  Series series(16);
  const std::uint64_t before = series.identity();
  for (int i = 0; i < 40; ++i) series.append(i, 1000.0f);
  series.clear();
  EXPECT_NE(series.identity(), before);
  EXPECT_TRUE(series.empty());
  series.append(0, 1.0f);
  series.append(1, 2.0f);
  EXPECT_EQ(series.extremes(0, 2), (Extremes{1, 2}));
}

}  // namespace
}  // namespace lab::gui::plot
