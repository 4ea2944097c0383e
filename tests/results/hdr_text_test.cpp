#include "results/hdr_text.h"

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/pools/seed.h"

namespace results {
namespace {

using pools::LatencyHistogram;
using pools::Nanos;
using Buckets = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Buckets buckets_of(const LatencyHistogram& histogram) {
  Buckets buckets;
  histogram.for_each_bucket([&](std::uint64_t lower, std::uint64_t, std::uint64_t count) {
    buckets.emplace_back(lower, count);
  });
  return buckets;
}

LatencyHistogram of(const Buckets& values) {
  LatencyHistogram histogram;
  for (const auto& [ns, count] : values) {
    histogram.record(Nanos{static_cast<Nanos::rep>(ns)}, count);
  }
  return histogram;
}

const Buckets kValues{{1, 3},        {1500, 2},    {2047, 1},       {2048, 1},          {2049, 1},
                      {123'456, 40}, {123'457, 2}, {98'765'432, 7}, {59'000'000'000, 1}};

TEST(HdrText, ReadsWhatAnHdrHistogramLibraryWrote) {
  // hdr-histogram-js 3.0.1: build({bitBucketSize: 64, numberOfSignificantValueDigits: 3,
  // lowestDiscernibleValue: 1}), kValues recorded, encodeIntoCompressedBase64; then the two fields
  // of the header which that library writes otherwise than the format says (offset 0, ratio 1.0)
  // put right.
  constexpr const char* kTheirs =
      "HISTFAAAADV42pNpmSzMwMAgwgABzFCaEch0M9ixgMH+A1SEbbM4y2EOJpb+uJCNMxn5Pk9mZAIA34AKJw==";
  EXPECT_EQ(hdr_buckets(kTheirs), buckets_of(of(kValues)));
}

TEST(HdrText, ReadsBackWhatItWrote) {
  EXPECT_EQ(hdr_text(LatencyHistogram()), "");
  EXPECT_TRUE(hdr_buckets("").empty());
  for (const Buckets& values :
       {kValues, Buckets{{0, 1}}, Buckets{{0, 200}, {1, 1'000'000'000'000}}, Buckets{{2048, 1}}}) {
    const LatencyHistogram histogram = of(values);
    EXPECT_EQ(hdr_buckets(hdr_text(histogram)), buckets_of(histogram));
  }
  std::mt19937_64 random(tests::seed());
  for (int round = 0; round < 20; ++round) {
    LatencyHistogram histogram;
    std::lognormal_distribution<double> times(12, 3);
    for (int i = 0; i < 3000; ++i) {
      histogram.record(Nanos{static_cast<Nanos::rep>(std::min(times(random), 6e10))}, 1 + i % 300);
    }
    EXPECT_EQ(hdr_buckets(hdr_text(histogram)), buckets_of(histogram));
  }
}

TEST(HdrText, RefusesWhatIsNone) {
  const std::string good = hdr_text(of(kValues));
  for (std::size_t length = 1; length + 3 < good.size(); length += 3) {
    EXPECT_THROW(hdr_buckets(good.substr(0, length)), HdrFormatError) << length;
  }
  EXPECT_THROW(hdr_buckets("HISTFAAA"), HdrFormatError);
  EXPECT_THROW(hdr_buckets("{}"), HdrFormatError);
}

TEST(HdrText, SurvivesDamage) {
  const std::string good = hdr_text(of(kValues));
  std::mt19937_64 random(tests::seed());
  for (int round = 0; round < 2000; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] = static_cast<char>(random() % 128);
    try {
      static_cast<void>(hdr_buckets(bad));
    } catch (const HdrFormatError&) {
    }
  }
}

}  // namespace
}  // namespace results
