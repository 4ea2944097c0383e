#include "pools/metrics/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/pools/seed.h"

namespace pools {
namespace {

using Samples = std::vector<std::int64_t>;

/// The definition quantiles are compared with: the smallest sample at or below which a share q
/// lies.
std::int64_t exact_quantile(const Samples& sorted, double q) {
  const double n = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * n - 1e-9)));
  return sorted[std::min(rank, sorted.size()) - 1];
}

double relative_error(std::int64_t got, std::int64_t exact) {
  return static_cast<double>(std::abs(got - exact)) /
         static_cast<double>(std::max<std::int64_t>(exact, 1));
}

struct Distribution {
  std::string name;
  std::function<std::int64_t(std::mt19937_64&)> draw;
};

std::int64_t nanos(double value) {
  return static_cast<std::int64_t>(std::clamp(value, 0.0, 6.0e10));
}

std::vector<Distribution> distributions() {
  return {
      {"constant", [](auto&) { return std::int64_t{123'457}; }},
      {"zero", [](auto&) { return std::int64_t{0}; }},
      {"small", [](auto& r) { return std::uniform_int_distribution<std::int64_t>(0, 40)(r); }},
      {"uniform",
       [](auto& r) { return std::uniform_int_distribution<std::int64_t>(1, 9'999'999)(r); }},
      {"wide",
       [](auto& r) { return std::uniform_int_distribution<std::int64_t>(0, 60'000'000'000)(r); }},
      {"exponential", [](auto& r) { return nanos(std::exponential_distribution<>(1 / 5e4)(r)); }},
      {"lognormal", [](auto& r) { return nanos(std::lognormal_distribution<>(11, 2.5)(r)); }},
      {"pareto",
       [](auto& r) {
         return nanos(2e4 * std::pow(1 - std::uniform_real_distribution<>()(r), -1 / 1.1));
       }},
      {"bimodal",
       [](auto& r) {
         return std::bernoulli_distribution(0.99)(r) ? std::int64_t{20'000}
                                                     : std::int64_t{20'000'000'000};
       }},
      {"octave_edges",
       [](auto& r) {
         const int bit = std::uniform_int_distribution<>(1, 35)(r);
         return (std::int64_t{1} << bit) + std::uniform_int_distribution<std::int64_t>(-1, 1)(r);
       }},
  };
}

constexpr double kQuantiles[] = {0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1};

class HistogramQuantiles : public testing::TestWithParam<Distribution> {};

TEST_P(HistogramQuantiles, AreWithinAThousandthOfTheSortedSamples) {
  std::mt19937_64 random(tests::seed());
  for (const std::size_t n : {1U, 2U, 9U, 10U, 1'000U, 50'000U}) {
    Samples samples(n);
    LatencyHistogram exact;
    LatencyHistogram live(LatencyHistogram::kLiveBits);
    for (auto& sample : samples) {
      sample = GetParam().draw(random);
      exact.record(Nanos{sample});
      live.record(Nanos{sample});
    }
    std::sort(samples.begin(), samples.end());
    ASSERT_EQ(exact.count(), n);
    EXPECT_EQ(exact.max().count(), samples.back());
    EXPECT_EQ(live.max().count(), samples.back());
    EXPECT_LE(exact.min().count(), samples.front());
    EXPECT_LE(relative_error(exact.min().count(), samples.front()), 0.001);
    double sum = 0;
    for (const auto sample : samples) sum += static_cast<double>(sample);
    EXPECT_NEAR(exact.mean_ns(), sum / static_cast<double>(n), 1e-6 * exact.mean_ns() + 1e-9);
    for (const double q : kQuantiles) {
      const std::int64_t truth = exact_quantile(samples, q);
      EXPECT_LE(relative_error(exact.quantile(q).count(), truth), 0.0005)
          << "n " << n << " q " << q << ": " << exact.quantile(q).count() << " for " << truth;
      EXPECT_LE(relative_error(live.quantile(q).count(), truth), 0.0157)
          << "n " << n << " q " << q << ": " << live.quantile(q).count() << " for " << truth;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, HistogramQuantiles, testing::ValuesIn(distributions()),
                         [](const auto& test) { return test.param.name; });

TEST(HistogramScale, BucketsTileTheRangeWithoutGapOrOverlap) {
  for (int bits = 1; bits <= 12; ++bits) {
    const HistogramScale scale(bits);
    for (std::size_t i = 0; i < scale.buckets(); ++i) {
      ASSERT_LT(scale.lower(i), scale.lower(i + 1)) << "bits " << bits;
      ASSERT_EQ(scale.index(scale.lower(i)), i) << "bits " << bits;
      ASSERT_EQ(scale.index(scale.lower(i + 1) - 1), i) << "bits " << bits;
    }
    EXPECT_EQ(scale.lower(scale.buckets()), std::uint64_t{1} << HistogramScale::kRangeBits);
    EXPECT_EQ(scale.index(~std::uint64_t{0}), scale.buckets() - 1);
  }
}

TEST(LatencyHistogram, AnEmptyOneAnswersZero) {
  const LatencyHistogram empty;
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.quantile(0.5).count(), 0);
  EXPECT_EQ(empty.min().count(), 0);
  EXPECT_EQ(empty.max().count(), 0);
  EXPECT_EQ(empty.mean_ns(), 0);
  EXPECT_EQ(empty.beyond(0.5), 0U);
  empty.for_each_bucket([](auto, auto, auto) { FAIL() << "no bucket is occupied"; });
}

TEST(LatencyHistogram, TellsLatenciesOfMinutesHoursAndDaysApart) {
  LatencyHistogram exact;
  LatencyHistogram live(LatencyHistogram::kLiveBits);
  ExactRecorder recorder;
  for (const auto value : {std::chrono::seconds(70), std::chrono::seconds(200),
                           std::chrono::seconds(2 * 3600), std::chrono::seconds(40 * 3600)}) {
    exact.record(value);
    live.record(value);
    recorder.record(value);
  }
  LatencyHistogram recorded;
  recorder.add_to(recorded);
  const auto expected = std::chrono::nanoseconds(std::chrono::seconds(200)).count();
  for (const auto* histogram : {&exact, &live, &recorded}) {
    EXPECT_LE(relative_error(histogram->quantile(0.5).count(), expected), 0.016);
    EXPECT_EQ(histogram->max(), std::chrono::hours(40));
    std::size_t buckets = 0;
    histogram->for_each_bucket([&](auto, auto, auto) { ++buckets; });
    EXPECT_EQ(buckets, 4U);
  }
}

TEST(LatencyHistogram, CountsMoreThan32Bits) {
  constexpr std::uint64_t kMany = (std::uint64_t{1} << 32) + 5;
  ExactRecorder recorder;
  recorder.record(Nanos{100}, kMany);
  recorder.record(Nanos{1'000'000});
  LatencyHistogram recorded;
  recorder.add_to(recorded);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> buckets;
  recorded.for_each_bucket([&](auto lower, auto, auto n) { buckets.emplace_back(lower, n); });
  LatencyHistogram twice =
      LatencyHistogram::restored(recorded.sub_bits(), buckets, recorded.sum_ns(), recorded.max());
  EXPECT_EQ(twice.count(), kMany + 1);
  twice.merge(recorded);
  EXPECT_EQ(twice.count(), 2 * kMany + 2);
  for (const auto* histogram : {&recorded, &twice}) {
    EXPECT_NEAR(histogram->mean_ns(), 100, 0.01);
    EXPECT_EQ(histogram->quantile(0.999).count(), 100);
  }
  twice.subtract(recorded);
  EXPECT_EQ(twice.count(), kMany + 1);
}

TEST(LatencyRecorder, KeepsTheMeanWhereTheSumExceeds64Bits) {
  constexpr auto kHuge = Nanos::max() / 2;
  ExactRecorder exact;
  LiveRecorder live;
  for (int i = 0; i < 10; ++i) {  // 2.5 times 2^64 ns
    exact.record(kHuge);
    live.record(kHuge);
  }
  LatencyHistogram a;
  LatencyHistogram b(LatencyHistogram::kLiveBits);
  exact.add_to(a);
  live.add_to(b);
  for (const auto* histogram : {&a, &b}) {
    EXPECT_NEAR(histogram->mean_ns() / static_cast<double>(kHuge.count()), 1, 1e-6);
  }
}

TEST(LatencyHistogram, HasNoLatencyBeyondItsRange) {
  LatencyHistogram histogram;
  const Nanos huge = std::chrono::hours(24);
  histogram.record(std::chrono::microseconds(1), 99);
  histogram.record(huge);
  histogram.record(Nanos::max(), 0);  // no sample at all
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.max(), huge);
  EXPECT_EQ(histogram.quantile(1), huge);
  EXPECT_EQ(histogram.quantile(0.99).count(), 1000);
  histogram.record(Nanos::max());
  EXPECT_EQ(histogram.quantile(1), Nanos::max());
}

TEST(LatencyHistogram, TakesANegativeDurationForZero) {
  LatencyHistogram histogram;
  histogram.record(Nanos{-5});
  ExactRecorder recorder;
  recorder.record(Nanos{-5});
  recorder.add_to(histogram);
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.max().count(), 0);
  EXPECT_EQ(histogram.mean_ns(), 0);
}

TEST(LatencyHistogram, SaysHowManySamplesLieBeyondAQuantile) {
  LatencyHistogram histogram;
  histogram.record(Nanos{100}, 1000);
  EXPECT_EQ(histogram.beyond(0.9), 100U);
  EXPECT_EQ(histogram.beyond(0.99), 10U);
  EXPECT_EQ(histogram.beyond(0.999), 1U);
  EXPECT_EQ(histogram.beyond(0), 1000U);
  EXPECT_EQ(histogram.beyond(1), 0U);
}

TEST(LatencyHistogram, MergingEqualsRecordingTogether) {
  std::mt19937_64 random(tests::seed());
  for (const auto& first : distributions()) {
    LatencyHistogram a, b, both;
    for (int i = 0; i < 2'000; ++i) {
      const Nanos x{first.draw(random)}, y{distributions()[6].draw(random)};
      a.record(x);
      b.record(y);
      both.record(x);
      both.record(y);
    }
    a.merge(b);
    EXPECT_EQ(a.count(), both.count());
    EXPECT_EQ(a.max(), both.max());
    EXPECT_EQ(a.min(), both.min());
    EXPECT_NEAR(a.mean_ns(), both.mean_ns(), 1e-6 * both.mean_ns());
    for (const double q : kQuantiles) EXPECT_EQ(a.quantile(q), both.quantile(q)) << first.name;
  }
}

TEST(LatencyHistogram, MergingAnotherPrecisionKeepsTheCoarserOnesError) {
  std::mt19937_64 random(tests::seed());
  std::lognormal_distribution<> draw(11, 2);
  LatencyHistogram fine, coarse(LatencyHistogram::kLiveBits);
  Samples samples;
  for (int i = 0; i < 20'000; ++i) {
    samples.push_back(nanos(draw(random)));
    (i % 2 == 0 ? fine : coarse).record(Nanos{samples.back()});
  }
  std::sort(samples.begin(), samples.end());
  LatencyHistogram into_fine = fine;
  into_fine.merge(coarse);
  LatencyHistogram into_coarse = coarse;
  into_coarse.merge(fine);
  for (const auto* merged : {&into_fine, &into_coarse}) {
    EXPECT_EQ(merged->count(), samples.size());
    EXPECT_EQ(merged->max().count(), samples.back());
    for (const double q : kQuantiles) {
      // Binned twice: both errors add up, and ranks near a bucket's edge may move to its neighbour.
      EXPECT_LE(relative_error(merged->quantile(q).count(), exact_quantile(samples, q)), 0.05) << q;
    }
  }
}

TEST(LatencyHistogram, SubtractingAnEarlierReadingLeavesWhatCameSince) {
  std::mt19937_64 random(tests::seed());
  ExactRecorder recorder;
  LatencyHistogram since;
  for (int i = 0; i < 3'000; ++i) recorder.record(Nanos{distributions()[5].draw(random)});
  LatencyHistogram earlier;
  recorder.add_to(earlier);
  for (int i = 0; i < 3'000; ++i) {
    const Nanos value{distributions()[3].draw(random)};
    recorder.record(value);
    since.record(value);
  }
  LatencyHistogram later;
  recorder.add_to(later);
  later.subtract(earlier);
  EXPECT_EQ(later.count(), since.count());
  EXPECT_NEAR(later.mean_ns(), since.mean_ns(), 1e-6 * since.mean_ns());
  EXPECT_GE(later.max(), since.max());
  EXPECT_LE(relative_error(later.max().count(), since.max().count()), 0.001);
  for (const double q : kQuantiles) {
    EXPECT_LE(relative_error(later.quantile(q).count(), since.quantile(q).count()), 0.001) << q;
  }
  LatencyHistogram itself = later;
  itself.subtract(later);
  EXPECT_TRUE(itself.empty());
  EXPECT_EQ(itself.max().count(), 0);
  EXPECT_EQ(itself.quantile(0.99).count(), 0);
}

TEST(LatencyHistogram, AfterSubtractingAnOutlierTheMaximumIsThatOfTheRest) {
  LatencyHistogram earlier;
  earlier.record(std::chrono::seconds(5));
  LatencyHistogram later = earlier;
  later.record(std::chrono::microseconds(50), 10);
  later.subtract(earlier);
  EXPECT_EQ(later.count(), 10U);
  EXPECT_LE(relative_error(later.max().count(), 50'000), 0.001);
}

TEST(LatencyRecorder, CanBeReadWhileItsWriterRuns) {
  constexpr std::uint64_t kSamples = 38UL * 7'919;
  ExactRecorder recorder;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kSamples; ++i) {
      recorder.record(Nanos{static_cast<std::int64_t>(i % 7'919)});
    }
    done.store(true, std::memory_order_release);
  });
  std::uint64_t last = 0;
  bool finished = false;
  while (!finished) {
    finished = done.load(std::memory_order_acquire);
    LatencyHistogram reading;
    recorder.add_to(reading);
    ASSERT_GE(reading.count(), last);
    ASSERT_LE(reading.count(), kSamples);
    ASSERT_LE(reading.max().count(), 7'918);
    last = reading.count();
  }
  writer.join();
  LatencyHistogram total;
  recorder.add_to(total);
  EXPECT_EQ(total.count(), kSamples);
  EXPECT_EQ(total.max().count(), 7'918);
  EXPECT_EQ(total.quantile(0.5).count() / 10, 395);
}

TEST(LatencyRecorder, SeveralRecordersAddUp) {
  LiveRecorder first, second;
  for (int i = 0; i < 10; ++i) first.record(Nanos{10});
  for (int i = 0; i < 30; ++i) second.record(Nanos{20});
  LatencyHistogram sum(LatencyHistogram::kLiveBits);
  first.add_to(sum);
  second.add_to(sum);
  EXPECT_EQ(sum.count(), 40U);
  EXPECT_EQ(sum.mean_ns(), 17.5);
  EXPECT_EQ(sum.quantile(0.25).count(), 10);
  EXPECT_EQ(sum.quantile(0.26).count(), 20);
}

}  // namespace
}  // namespace pools
