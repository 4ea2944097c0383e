#include "lab/gui/plot/columns.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace lab::gui::plot {
namespace {

Extremes brute_force(const Series& series, double width, std::int64_t column) {
  Extremes all;
  for (std::uint64_t i = series.first(); i < series.last(); ++i) {
    const double t = series.time(i);
    if (t >= width * static_cast<double>(column) && t < width * static_cast<double>(column + 1)) {
      all.add(series.value(i));
    }
  }
  return all;
}

void expect_exact(const Series& series, ColumnCache& cache, double width, std::int64_t begin,
                  std::int64_t end) {
  cache.update(series, width, begin, end);
  for (std::int64_t k = begin; k < end; ++k) {
    ASSERT_EQ(cache.column(k), brute_force(series, cache.column_seconds(), k))
        << "column " << k << " of " << width << " s in [" << begin << ", " << end << ")";
  }
}

class Columns : public testing::Test {
 protected:
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      now_ += step_(random_);
      series_.append(now_, random_() % 40 == 0 ? NAN : value_(random_));
    }
  }

  static constexpr unsigned kSeed = 99;
  testing::ScopedTrace trace_{__FILE__, __LINE__, testing::Message() << "seed " << kSeed};
  std::mt19937 random_{kSeed};
  std::normal_distribution<float> value_;
  std::exponential_distribution<double> step_{1000};
  Series series_{1 << 12};
  ColumnCache cache_;
  double now_ = 0;
};

TEST_F(Columns, AreExactWhileDataArrivesAndTheViewFollows) {
  for (int frame = 0; frame < 300; ++frame) {
    append(37);
    const double width = 0.01;
    const auto last = static_cast<std::int64_t>(now_ / width) + 3;  // runs ahead of the data
    expect_exact(series_, cache_, width, last - 120, last);
  }
}

TEST_F(Columns, AreExactWhenTheViewPansAndZoomsAtRandom) {
  append(4000);
  double width = 0.01;
  std::int64_t begin = 100;
  for (int frame = 0; frame < 400; ++frame) {
    append(static_cast<int>(random_() % 5));
    if (random_() % 10 == 0) width = 0.002 * (1 + static_cast<int>(random_() % 9));
    if (random_() % 10 == 0) begin = static_cast<std::int64_t>(random_() % 500) - 50;
    begin += static_cast<std::int64_t>(random_() % 41) - 20;
    expect_exact(series_, cache_, width, begin, begin + 50 + static_cast<int>(random_() % 100));
  }
}

TEST_F(Columns, FinishedOnesAreComputedOnce) {
  append(3000);
  const double width = 0.01;
  const auto end = static_cast<std::int64_t>(now_ / width) + 1;
  cache_.update(series_, width, end - 100, end);
  EXPECT_GT(cache_.computed(), 90);
  cache_.update(series_, width, end - 100, end);
  EXPECT_LE(cache_.computed(), 1);  // the newest may still grow
  cache_.update(series_, width * (1 + 1e-13), end - 99, end + 1);
  EXPECT_LE(cache_.computed(), 1);  // a span's rounding is no other zoom
  cache_.update(series_, width, end - 110, end - 10);
  EXPECT_LE(cache_.computed(), 10);  // panning back computes what came into view
}

TEST_F(Columns, AnotherSeriesStartsOver) {
  append(500);
  cache_.update(series_, 0.01, 0, 40);
  Series other;
  other.append(0.005, 7.0f);
  other.append(0.2, 8.0f);
  expect_exact(other, cache_, 0.01, 0, 40);
}

}  // namespace
}  // namespace lab::gui::plot
