#include <gtest/gtest.h>

#include <ctime>

#include "scenarios/catalog.h"
#include "scenarios/work/cpu.h"

namespace scenarios {
namespace {

using std::chrono::milliseconds;

pools::Nanos thread_cpu_time() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds{spent.tv_sec} + pools::Nanos{spent.tv_nsec};
}

TEST(Spin, DoesEveryRound) {
  // The chain's value after n rounds, computed one round at a time.
  EXPECT_EQ(spin(0), 1U);
  std::uint64_t x = 3;
  for (int i = 0; i < 3; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
  EXPECT_EQ(spin(3), x);
}

TEST(Spin, IsCalibratedOnce) {
  const SpinSpeed& speed = spin_speed();
  EXPECT_GT(speed.rounds_per_us, 1);
  EXPECT_GE(speed.spread, 0);
  EXPECT_EQ(&speed, &spin_speed());
}

TEST(CpuWork, BurnsTheCoreWhateverTheClockSays) {
  // Far wider limits than any calibration error: this tells burning from waiting, no more.
  const pools::Nanos before = thread_cpu_time();
  work_of({"cpu", {}}).perform(milliseconds{40});
  EXPECT_GT(thread_cpu_time() - before, milliseconds{8});
}

TEST(SleepWork, TakesAtLeastItsTimeAndHardlyAnyCpu) {
  const pools::Nanos before = thread_cpu_time();
  const pools::Instant begin = pools::Clock::now();
  work_of({"sleep", {}}).perform(milliseconds{40});
  EXPECT_GE(pools::Clock::now() - begin, milliseconds{39});
  EXPECT_LT(thread_cpu_time() - before, milliseconds{20});
}

TEST(Work, OfNoTimeReturns) {
  for (const WorkRow& row : work_catalog()) {
    work_of({std::string(row.name), {}}).perform(pools::Nanos{0});
  }
  EXPECT_THROW(work_of({"gpu", {}}), pools::ConfigError);
}

}  // namespace
}  // namespace scenarios
