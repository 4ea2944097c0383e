// How long before an arrival the generator wakes.
#include "scenarios/wake_lead.h"

#include <gtest/gtest.h>

#include <chrono>

#include "scenarios/random.h"

namespace scenarios {
namespace {

using pools::Nanos;
using std::chrono::microseconds;

constexpr Nanos kLongWait = std::chrono::seconds{1};

TEST(WakeLead, StaysWhereItIsFixed) {
  WakeLead lead(microseconds{7});
  lead.spare(0);
  for (int i = 0; i < 1000; ++i) lead.woke(microseconds{500});
  EXPECT_EQ(lead.of(Nanos{1}), microseconds{7});
  EXPECT_EQ(lead.of(kLongWait), microseconds{7});
}

TEST(WakeLead, FollowsTheNinetiethPercentile) {
  WakeLead lead(std::nullopt);
  EXPECT_EQ(lead.of(kLongWait), WakeLead::kFirst);
  Random random(1, StreamUse::Shape);
  for (int i = 0; i < 20'000; ++i) {
    lead.woke(Nanos{static_cast<Nanos::rep>(1e5 * random.unit())});
  }
  EXPECT_NEAR(static_cast<double>(lead.of(kLongWait).count()), 9e4, 5e3);
}

TEST(WakeLead, OneLongStopIsOneStep) {
  WakeLead lead(std::nullopt);
  lead.woke(std::chrono::seconds{1});
  EXPECT_LT(lead.of(kLongWait), WakeLead::kFirst + microseconds{3});
}

TEST(WakeLead, KeepsItsBounds) {
  WakeLead late(std::nullopt);
  WakeLead early(std::nullopt);
  for (int i = 0; i < 10'000; ++i) {
    late.woke(kLongWait);
    early.woke(Nanos{0});
  }
  EXPECT_EQ(late.of(kLongWait), WakeLead::kMost);
  EXPECT_EQ(early.of(kLongWait), WakeLead::kLeast);
}

TEST(WakeLead, TakesNoMoreThanIsSpare) {
  WakeLead lead(std::nullopt);
  for (int i = 0; i < 10'000; ++i) lead.woke(kLongWait);
  lead.spare(0.5);
  EXPECT_EQ(lead.of(microseconds{100}), microseconds{50});
  EXPECT_EQ(lead.of(microseconds{1000}), WakeLead::kMost);
  EXPECT_EQ(lead.of(microseconds{10}), WakeLead::kFirst) << "short gaps are spun";
  lead.spare(-3);
  EXPECT_EQ(lead.of(kLongWait), WakeLead::kFirst);
  lead.spare(9);
  EXPECT_EQ(lead.of(microseconds{100}), microseconds{100});
}

}  // namespace
}  // namespace scenarios
