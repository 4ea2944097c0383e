#include "pools/clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace pools {
namespace {

using std::chrono::milliseconds;

Nanos steady_now() {
  return std::chrono::duration_cast<Nanos>(std::chrono::steady_clock::now().time_since_epoch());
}

TEST(Clock, NeverGoesBackWithinAThread) {
  const auto watch = [] {
    Instant last = Clock::now();
    for (int i = 0; i < 200'000; ++i) {
      const Instant now = Clock::now();
      ASSERT_GE(now, last);
      last = now;
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 0; i < 3; ++i) threads.emplace_back(watch);
  for (auto& thread : threads) thread.join();
}

TEST(Clock, AgreesWithSteadyClockOverASpan) {
  // Loose on purpose: a few parts per million are promised, a millisecond is asked for. A thread
  // that is preempted between the readings widens the bracket and so cannot fail the test.
  constexpr Nanos kTolerance = milliseconds(1);
  static_cast<void>(Clock::now());
  const Nanos end = steady_now() + milliseconds(60);
  Nanos before{};
  do {
    before = steady_now();
    const Nanos between = Clock::now().time_since_epoch();
    const Nanos after = steady_now();
    ASSERT_GE(between, before - kTolerance);
    ASSERT_LE(between, after + kTolerance);
  } while (before < end);
}

TEST(Clock, SaysWhereItReadsTheTime) {
  const std::string source = Clock::source();
  EXPECT_TRUE(source == "tsc" || source == "steady_clock") << source;
}

}  // namespace
}  // namespace pools
