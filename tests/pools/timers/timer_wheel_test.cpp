#include "pools/timers/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <random>
#include <vector>

#include "tests/pools/seed.h"

namespace pools {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds{1000}};

struct Wheel : testing::Test {
  TimerWheel wheel{kStart};
  std::deque<WheelTimer> timers;

  WheelTimer& started(Nanos after) {
    wheel.start(timers.emplace_back(), kStart + after);
    return timers.back();
  }
  std::size_t due_by(Nanos after) {
    std::size_t n = 0;
    while (wheel.pop_due(kStart + after) != nullptr) ++n;
    return n;
  }
  ~Wheel() override {
    for (WheelTimer& timer : timers) wheel.cancel(timer);
  }
};

TEST_F(Wheel, IsNeverEarlyAndLateByOneTickAtMost) {
  for (const Nanos after : {Nanos{1}, Nanos{microseconds{64}}, Nanos{microseconds{100}},
                            Nanos{milliseconds{4}}, Nanos{milliseconds{270}}, Nanos{seconds{18}},
                            Nanos{hours{1}}, Nanos{hours{20}}, Nanos{hours{24 * 400}}}) {
    TimerWheel one(kStart);
    WheelTimer timer;
    one.start(timer, kStart + after);
    EXPECT_EQ(one.pop_due(kStart + after - Nanos{1}), nullptr) << after.count();
    EXPECT_EQ(one.pop_due(kStart + after + TimerWheel::kTick), &timer) << after.count();
    EXPECT_TRUE(one.empty());
  }
}

TEST_F(Wheel, WhatIsDueAlreadyComesOutAtOnce) {
  WheelTimer& timer = started(-seconds{5});
  EXPECT_LE(wheel.next_look(), kStart);
  EXPECT_EQ(wheel.pop_due(kStart), &timer);
}

TEST_F(Wheel, NeverComesOutBeforeTheEndOfTime) {
  WheelTimer timer;
  wheel.start(timer, Instant::max());
  EXPECT_EQ(wheel.pop_due(kStart + hours{24 * 365 * 100}), nullptr);
  EXPECT_TRUE(wheel.cancel(timer));
}

TEST_F(Wheel, ACancelledTimerIsGone) {
  WheelTimer& first = started(milliseconds{3});
  started(milliseconds{3});
  EXPECT_TRUE(wheel.cancel(first));
  EXPECT_FALSE(first.pending());
  EXPECT_FALSE(wheel.cancel(first));
  EXPECT_EQ(due_by(seconds{1}), 1U);
  EXPECT_FALSE(wheel.cancel(timers[1])) << "it has come out";
}

TEST_F(Wheel, ATimerMayBeStartedAgain) {
  WheelTimer& timer = started(milliseconds{1});
  EXPECT_TRUE(wheel.cancel(timer));
  wheel.start(timer, kStart + seconds{2});
  EXPECT_EQ(due_by(seconds{1}), 0U);
  EXPECT_EQ(due_by(seconds{3}), 1U);
  wheel.start(timer, kStart + seconds{4});
  EXPECT_EQ(due_by(seconds{5}), 1U);
}

TEST_F(Wheel, OneThatIsReadyButNotTakenCanBeCancelled) {
  started(milliseconds{1});
  started(milliseconds{1});
  WheelTimer* const taken = wheel.pop_due(kStart + seconds{1});
  WheelTimer& other = taken == &timers[0] ? timers[1] : timers[0];
  EXPECT_TRUE(wheel.cancel(other));
  EXPECT_EQ(wheel.pop_due(kStart + seconds{2}), nullptr);
}

TEST_F(Wheel, AnEmptyOneNeverNeedsALook) {
  EXPECT_EQ(wheel.next_look(), Instant::max());
  WheelTimer& timer = started(hours{5});
  EXPECT_LE(wheel.next_look(), kStart + hours{5});
  wheel.cancel(timer);
  EXPECT_EQ(wheel.next_look(), Instant::max()) << "a cancelled timer costs no look";
}

TEST_F(Wheel, NextLookIsNeverTooLateAndGetsThereInFewSteps) {
  for (const Nanos after : {Nanos{milliseconds{7}}, Nanos{seconds{3}}, Nanos{hours{30}}}) {
    TimerWheel one(kStart);
    WheelTimer timer;
    one.start(timer, kStart + after);
    unsigned looks = 0;
    for (; !one.empty(); ++looks) {
      const Instant look = one.next_look();
      ASSERT_LE(look, kStart + after + TimerWheel::kTick);
      one.pop_due(look);
    }
    EXPECT_LE(looks, 7U) << "one for each level on the way down";
  }
}

TEST_F(Wheel, TimeLongPastIsMadeUpForInOneLook) {
  started(milliseconds{1});
  started(seconds{1});
  started(hours{1});
  EXPECT_EQ(due_by(hours{24 * 30}), 3U);
}

/// Against a list that is searched: whatever is started, cancelled and waited for.
TEST_F(Wheel, AgreesWithASearchedList) {
  std::mt19937_64 random(tests::seed());
  struct Listed {
    WheelTimer timer;
    Instant due{};
    bool pending = false;
  };
  std::deque<Listed> all(300);
  Instant now = kStart;
  const auto span = [&](unsigned most_bits) {
    return Nanos{static_cast<std::int64_t>(random() >> (64 - 1 - random() % most_bits))};
  };
  for (int step = 0; step < 20'000; ++step) {
    Listed& one = all[random() % all.size()];
    if (one.pending) {
      if (random() % 2 == 0) {
        ASSERT_TRUE(wheel.cancel(one.timer));
        one.pending = false;
      }
    } else {
      one.due = now + span(45);  // up to ten hours
      one.pending = true;
      wheel.start(one.timer, one.due);
    }
    if (random() % 4 != 0) continue;
    now += span(random() % 8 == 0 ? 44 : 30);
    while (WheelTimer* const due = wheel.pop_due(now)) {
      const auto found =
          std::ranges::find_if(all, [&](const Listed& listed) { return &listed.timer == due; });
      ASSERT_TRUE(found->pending);
      ASSERT_LE(found->due, now) << "early";
      found->pending = false;
    }
    for (const Listed& listed : all) {
      if (!listed.pending) continue;
      ASSERT_GT(listed.due + TimerWheel::kTick, now) << "late";
      ASSERT_LE(wheel.next_look(), listed.due + TimerWheel::kTick);
    }
    const auto pending = static_cast<std::size_t>(
        std::ranges::count_if(all, [](const Listed& listed) { return listed.pending; }));
    ASSERT_EQ(wheel.size(), pending);
  }
  for (Listed& listed : all) wheel.cancel(listed.timer);
}

}  // namespace
}  // namespace pools
