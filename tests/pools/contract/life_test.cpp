// A pool's life: pausing and clearing.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "pools/future.h"
#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::PoolState;
using pools::ShutdownMode;
using pools::ShutdownReport;
using pools::SubmitStatus;

class Life : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make(std::uint32_t workers = 2) const {
    return with_workers(GetParam(), workers);
  }
  bool foreign() const { return pools::find_peer(GetParam().config.dispatch.name) != nullptr; }
};

TEST_P(Life, APausedPoolAcceptsAndBeginsNothing) {
  const auto pool = make();
  Tally tally(200);
  ASSERT_TRUE(pool->pause());
  EXPECT_EQ(pool->snapshot().state, PoolState::Paused);
  EXPECT_FALSE(pool->pause()) << "it is";
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  EXPECT_FALSE(pool->wait_idle(std::chrono::milliseconds(20)));
  EXPECT_EQ(tally.total(), 0U);
  const pools::Ledger paused = pool->snapshot().ledger;
  EXPECT_EQ(paused.queued, tally.size());
  expect_closed(paused);
  ASSERT_TRUE(pool->resume());
  EXPECT_FALSE(pool->resume()) << "it is open";
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Life, PausingAndGoingOnUnderLoadLosesNothing) {
  const auto pool = make(3);
  Tally tally(scaled(6'000));
  std::thread submitter([&] {
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
  });
  for (int round = 0; round < 50; ++round) {
    EXPECT_TRUE(pool->pause());
    std::this_thread::yield();
    EXPECT_TRUE(pool->resume());
  }
  submitter.join();
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

/// What a worker has taken with the task that it runs waits as well.
TEST_P(Life, ATaskThatPausesItsPoolIsTheLast) {
  std::atomic<int> after{0};
  const auto pool = make(1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  std::atomic<bool> paused{false};
  ASSERT_EQ(pool->submit([&] {
    EXPECT_TRUE(pool->pause());
    paused.store(true, std::memory_order_release);
  }),
            SubmitStatus::Accepted);
  constexpr int kAfter = 100;
  for (int i = 0; i < kAfter; ++i) {
    ASSERT_EQ(pool->submit([&] {
      if (paused.load(std::memory_order_acquire)) after.fetch_add(1, std::memory_order_relaxed);
    }),
              SubmitStatus::Accepted);
  }
  gate.open();
  ASSERT_TRUE(eventually([&] { return pool->snapshot().state == PoolState::Paused; }));
  ASSERT_TRUE(eventually([&] { return pool->snapshot().ledger.running == 0; }));
  EXPECT_FALSE(pool->wait_idle(std::chrono::milliseconds(5)));
  if (!foreign()) {  // whose threads may have been on their way
    EXPECT_EQ(after.load(), 0);
  }
  expect_closed(pool->snapshot().ledger);
  EXPECT_TRUE(pool->resume());
  expect_quiet(*pool);
}

TEST_P(Life, WhatRunsMayWaitInAPausedPool) {
  const auto pool = make(1);
  Gate gate;
  auto joined = pool->submit_result([&pool = *pool, pass = gate.blocker()] {
    pools::TaskGroup group(pool);
    std::atomic<int> sum{0};
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(group.run([&sum] { sum += 1; }), SubmitStatus::Accepted);
    }
    pass();
    group.wait();
    return sum + pool.submit_result([] { return 1; }).get();
  });
  ASSERT_TRUE(gate.await_arrivals(1));
  ASSERT_TRUE(pool->pause());
  gate.open();
  EXPECT_EQ(joined.get(), 6) << "else it could never end";
  EXPECT_TRUE(pool->resume());
}

TEST_P(Life, WhoWaitsForQuietHearsItFromAPausedPool) {
  const auto pool = make(2);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  ASSERT_TRUE(pool->pause());
  auto quiet = std::async(std::launch::async, [&pool] { return pool->wait_idle(kLong); });
  gate.open();
  EXPECT_TRUE(quiet.get()) << "nothing is left, though paused";
}

TEST_P(Life, DestroyingAPausedPoolRunsWhatItAccepted) {
  Tally tally(100);
  {
    const auto pool = make();
    ASSERT_TRUE(pool->pause());
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
  }
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Life, CancellingAPausedPoolGivesAllBack) {
  Tally tally(100);
  const auto pool = make();
  ASSERT_TRUE(pool->pause());
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  const ShutdownReport report = pool->shutdown(ShutdownMode::CancelQueued, kLong);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.cancelled, tally.size());
  EXPECT_EQ(tally.total(), 0U);
  expect_closed(pool->snapshot().ledger);
}

TEST_P(Life, ClearGivesBackWhatIsQueuedAndThePoolGoesOn) {
  const auto pool = make(1);
  Tally tally(100);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  const std::uint64_t queued = pool->snapshot().ledger.queued;
  const pools::ClearReport report = pool->clear();
  EXPECT_EQ(report.cancelled + report.out_of_reach, queued);
  if (pool->capabilities().clears) {
    EXPECT_EQ(report.cancelled, tally.size());
    EXPECT_EQ(report.out_of_reach, 0U);
  }
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(tally.total() + report.cancelled, tally.size());
  EXPECT_EQ(pool->snapshot().ledger.cancelled, report.cancelled);
  EXPECT_EQ(pool->submit_result([] { return 1; }).get(), 1);
  EXPECT_EQ(pool->shutdown(ShutdownMode::CancelQueued, kLong).cancelled, 0U) << "not its doing";
}

TEST_P(Life, APausedForeignPoolIsClearedOfWhatItsThreadsCameTo) {
  const auto pool = make(1);
  std::atomic<int> ran{0};
  ASSERT_TRUE(pool->pause());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(pool->submit([&ran] { ++ran; }), SubmitStatus::Accepted);
  std::uint64_t cancelled = 0;
  ASSERT_TRUE(eventually([&] {
    cancelled += pool->clear().cancelled;
    return cancelled == 50;
  }));
  ASSERT_TRUE(pool->resume());
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(), 0);
}

INSTANTIATE_TEST_SUITE_P(EveryPool, Life, testing::ValuesIn(every_pool()), subject_name);

/// Nothing is begun, so no policy may go by the queue that grows.
TEST(PausedSizing, DoesNotGrowAndGoesOnAfterwards) {
  pools::PoolConfig config;
  config.min_workers = 1;
  config.max_workers = 4;
  config.sizing = {"threshold", {}};
  const auto pool = pools::make_pool(config);
  ASSERT_TRUE(pool->pause());
  Gate gate;
  for (int i = 0; i < 4; ++i) ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  EXPECT_FALSE(pool->wait_idle(std::chrono::milliseconds(30)));
  EXPECT_EQ(pool->snapshot().target, 1U);
  ASSERT_TRUE(pool->resume());
  EXPECT_TRUE(gate.await_arrivals(4)) << "they wait for each other";
}

/// Submitters wait for room until it goes on.
TEST(PausedFull, StaysFullUntilItGoesOn) {
  pools::PoolConfig config;
  config.min_workers = config.max_workers = 1;
  config.queue_capacity = 2;
  Tally tally(10);
  const auto pool = pools::make_pool(config);
  ASSERT_TRUE(pool->pause());
  auto submitter = std::async(std::launch::async, [&] {
    for (std::size_t i = 0; i < tally.size(); ++i) {
      EXPECT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
  });
  ASSERT_TRUE(eventually([&] { return pool->snapshot().ledger.queued == 2; }));
  EXPECT_EQ(pool->try_submit([] {}), SubmitStatus::QueueFull);
  EXPECT_EQ(submitter.wait_for(std::chrono::milliseconds(5)), std::future_status::timeout);
  ASSERT_TRUE(pool->resume());
  submitter.get();
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

}  // namespace
}  // namespace contract
