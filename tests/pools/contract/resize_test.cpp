// Changing the number of workers, and threads that cannot be started.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"
#include "tests/pools/seed.h"

namespace contract {
namespace {

using pools::SubmitStatus;

constexpr std::uint32_t kMostWorkers = 5;

class Resize : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make(std::uint32_t least = 1) const {
    pools::PoolConfig config = GetParam().config;
    config.min_workers = least;
    config.max_workers = kMostWorkers;
    return pools::make_pool(config);
  }
};

testing::AssertionResult workers_become(pools::Pool& pool, std::uint32_t workers) {
  if (eventually([&] { return pool.snapshot().workers == workers; })) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << pool.snapshot().workers << " workers, not " << workers;
}

TEST_P(Resize, IsClampedAndReached) {
  const auto pool = make();
  EXPECT_EQ(pool->resize(3), 3U);
  EXPECT_TRUE(workers_become(*pool, 3));
  EXPECT_EQ(pool->snapshot().target, 3U);
  EXPECT_EQ(pool->resize(1'000), kMostWorkers);
  EXPECT_TRUE(workers_become(*pool, kMostWorkers));
  EXPECT_EQ(pool->resize(0), 1U);
  EXPECT_TRUE(workers_become(*pool, 1));
  EXPECT_EQ(pool->snapshot().by_worker.size(), kMostWorkers) << "slots stay";
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  expect_quiet(*pool);
}

TEST_P(Resize, IsRecordedAsAScalingEvent) {
  const auto pool = make();
  const auto seen = pool->snapshot().scaling.size();
  pool->resize(4);
  pool->resize(2);
  const auto events = pool->snapshot(seen).scaling;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].from, 1U);
  EXPECT_EQ(events[0].to, 4U);
  EXPECT_EQ(events[0].policy, "resize");
  EXPECT_EQ(events[1].from, 4U);
  EXPECT_EQ(events[1].to, 2U);
  EXPECT_LE(events[0].at, events[1].at);
}

TEST_P(Resize, UnderLoadLosesNothing) {
  std::mt19937_64 random(tests::seed());
  Tally tally(scaled(40'000));
  const auto pool = make();
  std::atomic<bool> done{false};
  std::thread resizer([&] {
    std::uniform_int_distribution<std::uint32_t> workers(1, kMostWorkers);
    while (!done.load(std::memory_order_acquire)) {
      pool->resize(workers(random));
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> producers;
  const std::size_t half = tally.size() / 2;
  for (std::size_t p = 0; p < 2; ++p) {
    producers.emplace_back([&, p] {
      for (std::size_t i = p; i < half; i += 2) {
        // Half of the tasks come from inside, so that workers leave with full queues of their own.
        const auto status = pool->submit([&, i] {
          tally.mark(i);
          EXPECT_EQ(pool->submit([&, i] { tally.mark(half + i); }), SubmitStatus::Accepted);
        });
        ASSERT_EQ(status, SubmitStatus::Accepted);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  done.store(true, std::memory_order_release);
  resizer.join();
  expect_quiet(*pool);
  EXPECT_EQ(tally.total(), 2 * half);
  EXPECT_TRUE(tally.at_most_once());
  EXPECT_EQ(pool->resize(2), 2U);
  EXPECT_TRUE(workers_become(*pool, 2));
}

TEST_P(Resize, WhatWaitsAtALeavingWorkerIsRunByTheOthers) {
  Tally tally(400);
  const auto pool = make(4);
  Gate gate;
  const auto block = gate.blocker();
  // A worker that holds tasks of its own, submitted from inside, and is then asked to leave.
  ASSERT_EQ(pool->submit([&, block] {
    for (std::size_t i = 0; i < tally.size(); ++i) {
      EXPECT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
    block();
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  EXPECT_EQ(pool->resize(1), 1U);
  gate.open();
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
  EXPECT_TRUE(workers_become(*pool, 1));
}

/// Two stuck workers with tasks waiting at each; the one that stays is done with its own and sleeps
/// when the other one leaves. Only `push` leaves anything that a sleeper could not have had before.
TEST(Leaving, WakesWhoSleepsForWhatItLeaves) {
  pools::PoolConfig config;
  config.dispatch.name = "push";
  config.min_workers = config.max_workers = 2;
  const auto pool = pools::make_pool(config);
  const auto parked = [&](std::size_t id) {
    return pool->snapshot().by_worker[id].state == pools::WorkerState::Parked;
  };
  ASSERT_TRUE(eventually([&] { return parked(0) && parked(1); }));
  Gate first;  // least_loaded: at worker 0
  Gate second;
  ASSERT_EQ(pool->submit(first.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(first.await_arrivals(1));
  ASSERT_EQ(pool->submit(second.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(second.await_arrivals(1));
  std::atomic<int> runs{0};
  for (int i = 0; i < 8; ++i) {
    ASSERT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  EXPECT_EQ(pool->resize(1), 1U);  // nobody sleeps, so it is the one with the highest slot
  first.open();
  ASSERT_TRUE(eventually([&] { return parked(0); }));
  ASSERT_GT(pool->snapshot().by_worker[1].depth, 0U);
  second.open();
  EXPECT_TRUE(eventually([&] { return runs.load(std::memory_order_relaxed) == 8; }))
      << runs.load() << " of 8 ran: worker 0 sleeps beside the rest";
  expect_quiet(*pool);
}

TEST_P(Resize, MayHappenDuringShutdown) {
  const std::uint32_t rounds = scaled(16);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Tally tally(300);
    const auto pool = make();
    std::atomic<bool> done{false};
    std::thread resizer([&] {
      for (std::uint32_t n = 0; !done.load(std::memory_order_acquire); ++n) {
        pool->resize(1 + n % kMostWorkers);
      }
    });
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
    EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
    done.store(true, std::memory_order_release);
    resizer.join();
    EXPECT_TRUE(tally.exactly_once());
    EXPECT_EQ(pool->snapshot().workers, 0U);
  }
}

/// Starts real threads until it is told to fail from the k-th call on.
struct FlakyThreads {
  std::shared_ptr<std::atomic<int>> left;
  explicit FlakyThreads(int before_failing)
      : left(std::make_shared<std::atomic<int>>(before_failing)) {}
  std::thread operator()(std::function<void()> body) const {
    if (left->fetch_sub(1, std::memory_order_relaxed) <= 0) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return std::thread(std::move(body));
  }
};

class ScarceThreads : public testing::TestWithParam<Subject> {};

TEST_P(ScarceThreads, ThreadsThatCannotBeStartedAreMissedButNotFatal) {
  const std::size_t before = threads_now();
  for (int working = 0; working <= 5; ++working) {
    Tally tally(300);
    pools::PoolConfig config = GetParam().config;
    config.min_workers = config.max_workers = 4;
    config.thread_factory = FlakyThreads(working);
    std::unique_ptr<pools::Pool> pool;
    try {
      pool = pools::make_pool(config);
    } catch (const std::system_error&) {
      EXPECT_EQ(working, 0) << "one worker is enough to live";
      continue;
    }
    EXPECT_GT(working, 0);
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
    expect_quiet(*pool);
    EXPECT_TRUE(tally.exactly_once()) << working << " threads could be started";
    EXPECT_LE(pool->snapshot().workers, static_cast<std::uint32_t>(working));
  }
  EXPECT_TRUE(eventually([&] { return threads_now() <= before + 1; }));
}

TEST_P(Resize, FailingToGrowLeavesThePoolConsistentAndCanBeRepeated) {
  Tally tally(300);
  pools::PoolConfig config = GetParam().config;
  config.min_workers = 1;
  config.max_workers = 4;
  const FlakyThreads threads(1);
  config.thread_factory = threads;
  const auto pool = pools::make_pool(config);
  EXPECT_LE(pool->resize(4), 4U);
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
  EXPECT_EQ(pool->snapshot().workers, 1U);
  threads.left->store(1'000, std::memory_order_relaxed);
  pool->resize(1);
  EXPECT_EQ(pool->resize(4), 4U);
  EXPECT_TRUE(workers_become(*pool, 4));
}

INSTANTIATE_TEST_SUITE_P(Strategies, Resize,
                         testing::ValuesIn(that_can(&pools::Capabilities::resizable, strategies())),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, ScarceThreads, testing::ValuesIn(strategies()), subject_name);

class Sizing : public testing::TestWithParam<Subject> {};

TEST_P(Sizing, KeepsWithinItsLimitsAndExplainsEveryChange) {
  std::atomic<std::uint64_t> runs{0};
  const auto pool = pools::make_pool(GetParam().config);
  Gate gate;
  // As many stuck tasks as there can be workers, and a long queue behind them. One is stuck before
  // the queue comes: a strategy may serve the newest first.
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  }
  ASSERT_TRUE(gate.await_arrivals(1));
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  const pools::PoolConfig full = pools::resolved(GetParam().config);
  if (full.sizing.name == "threshold" && full.sizing.settings.real("tasks_per_worker") < 1'000) {
    EXPECT_TRUE(eventually([&] { return pool->snapshot().workers > 1; })) << "a long queue";
  }
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(runs.load(std::memory_order_relaxed), 2'000U);
  const auto end = pool->snapshot();
  std::uint32_t target = 1;
  for (const auto& event : end.scaling) {
    EXPECT_EQ(event.from, target);
    EXPECT_NE(event.to, event.from);
    EXPECT_GE(event.to, GetParam().config.min_workers);
    EXPECT_LE(event.to, GetParam().config.max_workers);
    EXPECT_EQ(event.policy, GetParam().config.sizing.name);
    EXPECT_FALSE(event.reason.empty());
    target = event.to;
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Sizing, testing::ValuesIn(sizing_products()), subject_name);

}  // namespace
}  // namespace contract
