#include "pools/metrics/slowest_tasks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include "tests/pools/seed.h"

namespace pools {
namespace {

SlowTask task(std::int64_t due_ns, std::int64_t response_ns) {
  SlowTask one;
  one.due = Instant{Nanos{due_ns}};
  one.finish = one.due + Nanos{response_ns};
  return one;
}

void offer(SlowestTasks& to, const SlowTask& one) {
  if (to.wants(one.response())) to.keep(one);
}

std::vector<std::int64_t> responses(const std::vector<SlowTask>& tasks) {
  std::vector<std::int64_t> all;
  for (const SlowTask& one : tasks) all.push_back(one.response().count());
  return all;
}

TEST(SlowestTasks, KeepsTheSlowestOfAnyOrder) {
  std::mt19937_64 random(tests::seed());
  for (int round = 0; round < 200; ++round) {
    SlowestTasks kept;
    std::vector<std::int64_t> all;
    const std::size_t tasks = random() % 300;
    for (std::size_t i = 0; i < tasks; ++i) {
      all.push_back(static_cast<std::int64_t>(random() % 100));  // many are equal
      offer(kept, task(static_cast<std::int64_t>(i), all.back()));
    }
    std::ranges::sort(all, std::greater<>());
    all.resize(std::min(all.size(), SlowestTasks::kKept));
    std::vector<SlowTask> out;
    kept.add_to(out, 3);
    leave_slowest(out);
    ASSERT_EQ(responses(out), all);
    for (const SlowTask& one : out) EXPECT_EQ(one.worker, 3U);
  }
}

TEST(SlowestTasks, OfTasksThatWaitEverLongerTheLastAreKept) {
  SlowestTasks kept;
  for (std::int64_t i = 0; i < 1000; ++i) offer(kept, task(i, i));
  std::vector<SlowTask> out;
  kept.add_to(out, 0);
  leave_slowest(out);
  ASSERT_EQ(out.size(), 20U);
  EXPECT_EQ(out.front().response().count(), 999);
  EXPECT_EQ(out.back().response().count(), 980);
}

TEST(SlowestTasks, WantsOnlyWhatIsSlowerThanOneOfThem) {
  SlowestTasks kept;
  for (std::int64_t i = 0; i < 20; ++i) {
    EXPECT_TRUE(kept.wants(Nanos{0})) << "there is room";
    offer(kept, task(i, 100 + i));
  }
  EXPECT_FALSE(kept.wants(Nanos{100}));
  EXPECT_TRUE(kept.wants(Nanos{101}));
}

TEST(SlowestTasks, OfSeveralThreadsTheSlowestAreLeft) {
  SlowestTasks first;
  SlowestTasks second;
  for (std::int64_t i = 0; i < 40; ++i) offer(i % 2 == 0 ? first : second, task(40 - i, 7 * i));
  std::vector<SlowTask> out;
  first.add_to(out, 0);
  second.add_to(out, SlowTask::kNoWorker);
  leave_slowest(out);
  ASSERT_EQ(out.size(), 20U);
  EXPECT_EQ(out[0].response().count(), 7 * 39);
  EXPECT_EQ(out[0].worker, SlowTask::kNoWorker);
  EXPECT_EQ(out[19].response().count(), 7 * 20);
  EXPECT_EQ(out[19].worker, 0U);
}

/// A hung pool is read while its threads run on.
TEST(SlowestTasks, MayBeReadWhileTheyAreWritten) {
  SlowestTasks kept;
  std::thread writer([&] {
    for (std::int64_t i = 0; i < 20'000; ++i) offer(kept, task(i, i));
  });
  std::vector<SlowTask> out;
  while (out.size() < SlowestTasks::kKept || out.front().response().count() < 19'999) {
    out.clear();
    kept.add_to(out, 0);
    leave_slowest(out);
    for (const SlowTask& one : out) {
      ASSERT_EQ(one.due.time_since_epoch(), one.response()) << "half of one task, half of another";
    }
  }
  writer.join();
}

}  // namespace
}  // namespace pools
