// Workers with nothing to do: nobody sleeps beside a task that he could run, and a thousand
// sleepers cost no more than their number.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::ShutdownMode;
using pools::SubmitStatus;
using pools::WorkerState;

class Idle : public testing::TestWithParam<Subject> {};
class IdleSharing : public testing::TestWithParam<Subject> {};
class FewPlaces : public testing::TestWithParam<Subject> {};
class GrowingPool : public testing::TestWithParam<Subject> {};

testing::AssertionResult all_parked(const pools::Pool& pool) {
  const bool parked = eventually([&] {
    for (const auto& worker : pool.snapshot().by_worker) {
      if (worker.state != WorkerState::Parked) return false;
    }
    return true;
  });
  return parked ? testing::AssertionSuccess() : testing::AssertionFailure() << "not all parked";
}

/// Waking all used to go on for as long as somebody slept, while those woken went back to sleep:
/// 20,000 wake-ups with 32 workers, for ever with 1,000.
TEST_P(Idle, AShutdownWakesEachOfManySleepersAtMostTwice) {
  for (const ShutdownMode mode : {ShutdownMode::Drain, ShutdownMode::CancelQueued}) {
    const std::uint32_t workers = kSanitized ? 100 : 1'000;
    const auto pool = with_workers(GetParam(), workers);
    ASSERT_TRUE(all_parked(*pool));
    const std::uint64_t before = pool->snapshot().wakes_sent;
    EXPECT_TRUE(pool->shutdown(mode, kLong).complete);
    EXPECT_LE(pool->snapshot().wakes_sent - before, 2 * workers);
  }
}

TEST_P(Idle, ATaskAmongManySleepersWakesFew) {
  const auto pool = with_workers(GetParam(), kSanitized ? 50 : 300);
  ASSERT_TRUE(all_parked(*pool));
  const std::uint64_t before = pool->snapshot().wakes_sent;
  std::atomic<std::uint32_t> runs{0};
  for (std::uint32_t i = 1; i <= 20; ++i) {
    ASSERT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_release); }),
              SubmitStatus::Accepted);
    ASSERT_TRUE(eventually([&] { return runs.load(std::memory_order_acquire) == i; }));
  }
  // One wakes for the task, and at most another one because the first was not awake in time.
  EXPECT_LE(pool->snapshot().wakes_sent - before, 3 * 20U);
}

/// What a stuck worker has taken or been given beside its task is run by those who are free.
TEST_P(IdleSharing, NobodySleepsBesideWhatWaitsAtAStuckWorker) {
  for (int round = 0; round < 20; ++round) {
    const auto pool = with_workers(GetParam(), 4);
    ASSERT_TRUE(all_parked(*pool));
    Gate stuck;
    std::atomic<int> runs{0};
    for (int i = 0; i < 18; ++i) {
      if (i == 0 || i == 3) {
        ASSERT_EQ(pool->submit(stuck.blocker()), SubmitStatus::Accepted);
      }
      ASSERT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_release); }),
                SubmitStatus::Accepted);
    }
    EXPECT_TRUE(eventually([&] { return runs.load(std::memory_order_acquire) == 18; }))
        << runs.load() << " of 18 ran beside two stuck workers";
    stuck.open();
    expect_quiet(*pool);
  }
}

/// A worker that takes several tasks gives several places back, and the first of those tasks may
/// wait for the very submitter that waits for a place.
TEST_P(FewPlaces, ASubmitterIsLetInHoweverFewPlacesAreFree) {
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  config.queue_capacity = 256;
  config.on_full = pools::OnFull::Block;
  const auto pool = pools::make_pool(config);
  Gate hold;
  Gate told;
  ASSERT_EQ(pool->submit(hold.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(hold.await_arrivals(1));
  for (int i = 0; i < 256; ++i) {
    ASSERT_EQ(i == 0 ? pool->submit(told.blocker()) : pool->submit([] {}), SubmitStatus::Accepted);
  }
  std::atomic<bool> submitted{false};
  std::thread submitter([&] {
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    submitted.store(true, std::memory_order_release);
  });
  // Counted, and then it can only wait. (That it does so already is likely, and enough.)
  EXPECT_TRUE(eventually([&] { return pool->snapshot().ledger.submitted == 258; }));
  hold.open();
  EXPECT_TRUE(eventually([&] { return submitted.load(std::memory_order_acquire); }))
      << "blocked although a place is free: depth " << pool->snapshot().queue_depth;
  told.open();
  submitter.join();
  expect_quiet(*pool);
}

/// Few tasks, but long ones: their number says nothing, how long the next one waits does.
TEST_P(GrowingPool, ReachesAsManyWorkersAsThereAreStuckTasks) {
  const auto pool = pools::make_pool(GetParam().config);
  Gate gate;
  for (int i = 0; i < 8; ++i) ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  EXPECT_TRUE(gate.await_arrivals(8))
      << gate.arrived() << " of 8 tasks run, " << pool->snapshot().workers << " workers";
  gate.open();
  expect_quiet(*pool);
}

TEST_P(GrowingPool, GetsAWorkerForTheChildThatItsOnlyTaskWaitsFor) {
  const auto pool = pools::make_pool(GetParam().config);
  std::atomic<bool> child{false};
  std::atomic<bool> seen{false};
  ASSERT_EQ(pool->submit([&] {
    EXPECT_EQ(pool->submit([&] { child.store(true, std::memory_order_release); }),
              SubmitStatus::Accepted);
    seen = eventually([&] { return child.load(std::memory_order_acquire); });
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_TRUE(seen);
}

/// One to eight workers by `threshold`, whose limit by number is far away.
std::vector<Subject> growing() {
  std::vector<Subject> out = strategies();
  for (Subject& subject : out) {
    subject.config.min_workers = 1;
    subject.config.max_workers = 8;
    subject.config.sizing = {"threshold", {}};
  }
  return out;
}

std::vector<Subject> sharing() {
  std::vector<Subject> out = that_share(strategy_variants());
  for (const Subject& subject : that_steal(strategy_variants())) {
    if (subject.config.dispatch.name == "push") out.push_back(subject);
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Strategies, Idle, testing::ValuesIn(strategies()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, IdleSharing, testing::ValuesIn(sharing()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, FewPlaces, testing::ValuesIn(strategies()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, GrowingPool, testing::ValuesIn(growing()), subject_name);

}  // namespace
}  // namespace contract
