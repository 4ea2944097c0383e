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
  for (int i = 0; i < 1000; ++i) lead.woke(microseconds{500});
  EXPECT_EQ(lead.now(), microseconds{7});
}

TEST(WakeLead, FollowsTheNinetiethPercentile) {
  WakeLead lead(std::nullopt);
  EXPECT_EQ(lead.now(), WakeLead::kFirst);
  Random random(1, StreamUse::Shape);
  for (int i = 0; i < 20'000; ++i) {
    lead.woke(Nanos{static_cast<Nanos::rep>(1e5 * random.unit())});
  }
  EXPECT_NEAR(static_cast<double>(lead.now().count()), 9e4, 5e3);
}

TEST(WakeLead, OneLongStopIsOneStep) {
  WakeLead lead(std::nullopt);
  lead.woke(std::chrono::seconds{1});
  EXPECT_LT(lead.now(), WakeLead::kFirst + microseconds{3});
}

TEST(WakeLead, KeepsItsBounds) {
  WakeLead late(std::nullopt);
  WakeLead early(std::nullopt);
  for (int i = 0; i < 10'000; ++i) {
    late.woke(kLongWait);
    early.woke(Nanos{0});
  }
  EXPECT_EQ(late.now(), WakeLead::kMost);
  EXPECT_EQ(early.now(), WakeLead::kLeast);
}

TEST(WakeLead, TakesNoMoreThanAtFirstWhereThereIsNoRoom) {
  WakeLead lead(std::nullopt);
  for (int i = 0; i < 10'000; ++i) lead.woke(kLongWait);
  lead.room(false);
  EXPECT_EQ(lead.now(), WakeLead::kFirst);
  lead.room(true);
  EXPECT_EQ(lead.now(), WakeLead::kMost);
  for (int i = 0; i < 10'000; ++i) lead.woke(Nanos{0});
  lead.room(false);
  EXPECT_EQ(lead.now(), WakeLead::kLeast);
  WakeLead fixed(microseconds{70});
  fixed.room(false);
  EXPECT_EQ(fixed.now(), microseconds{70});
}

}  // namespace
}  // namespace scenarios
