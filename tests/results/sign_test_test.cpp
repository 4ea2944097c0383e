#include "results/sign_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace results {
namespace {

std::vector<double> one_to(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(SignTest, HasTheIntervalsOfTheTables) {
  // The ranks that textbooks give for 95 %: 3rd to 10th of 12, 6th to 15th of 20, 10th to 21st
  // of 30.
  for (const auto& [n, low, high] : {std::tuple{6, 1, 6}, std::tuple{12, 3, 10},
                                     std::tuple{20, 6, 15}, std::tuple{30, 10, 21}}) {
    const SignTest test = sign_test(one_to(static_cast<std::size_t>(n)));
    EXPECT_EQ(test.low, low) << n;
    EXPECT_EQ(test.high, high) << n;
  }
}

TEST(SignTest, HasNoIntervalOfFewerThanSix) {
  for (std::size_t n = 0; n < 6; ++n) {
    EXPECT_TRUE(std::isinf(sign_test(one_to(n)).low)) << n;
    EXPECT_TRUE(std::isinf(sign_test(one_to(n)).high)) << n;
  }
  EXPECT_TRUE(std::isnan(sign_test({}).median));
}

TEST(SignTest, TellsHowLikelySuchASplitIs) {
  EXPECT_DOUBLE_EQ(sign_test({1, 2, 3, 4, 5, 6}).p, 2.0 / 64);
  EXPECT_DOUBLE_EQ(sign_test({-1, 2, 3, 4, 5, 6}).p, 2 * 7.0 / 64);
  EXPECT_DOUBLE_EQ(sign_test({-1, -2, -3, 4, 5, 6}).p, 1);
  EXPECT_DOUBLE_EQ(sign_test({0, 0, 0, 1, 1, 1, 1, 1, 1}).p, 2.0 / 64) << "ties do not count";
  EXPECT_DOUBLE_EQ(sign_test({0, 0}).p, 1);
}

TEST(SignTest, TakesTheMiddle) {
  EXPECT_DOUBLE_EQ(sign_test({5, 1, 3}).median, 3);
  EXPECT_DOUBLE_EQ(sign_test({4, 1, 3, 100}).median, 3.5);
}

TEST(Holm, MultipliesTheSmallestByAllOfThem) {
  const std::vector<double> corrected = holm({0.04, 0.01, 0.03});
  EXPECT_DOUBLE_EQ(corrected[1], 0.03);
  EXPECT_DOUBLE_EQ(corrected[2], 0.06);
  EXPECT_DOUBLE_EQ(corrected[0], 0.06) << "never below a smaller one's";
  EXPECT_DOUBLE_EQ(holm({0.9, 0.8})[0], 1);
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace results
