// Blocking: who blocks is stood in for, within the maximum, and no longer than needed.
#include "pools/blocking.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "pools/future.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Blocking;
using pools::SubmitStatus;

std::unique_ptr<pools::Pool> between(const Subject& subject, std::uint32_t least,
                                     std::uint32_t most) {
  pools::PoolConfig config = subject.config;
  config.min_workers = least;
  config.max_workers = most;
  return pools::make_pool(config);
}

class BlockingScope : public testing::TestWithParam<Subject> {};
/// Where those who come can take what waits.
class SharedBlocking : public BlockingScope {};

/// Tasks that each block until the last of them has come: with one worker they wait for ever.
TEST_P(SharedBlocking, BringsOneMoreWorkerForEachWithinTheMaximum) {
  const auto pool = between(GetParam(), 1, 4);
  Gate gate;
  std::atomic<int> compensated{0};
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(pool->submit([&, pass = gate.blocker()] {
      const Blocking scope;
      if (scope.compensated()) compensated.fetch_add(1, std::memory_order_relaxed);
      pass();
    }),
              SubmitStatus::Accepted);
  }
  ASSERT_TRUE(gate.await_arrivals(4));
  EXPECT_TRUE(eventually([&] { return pool->snapshot().blocked == 4; }));
  EXPECT_EQ(compensated.load(std::memory_order_relaxed), 3) << "the fourth met the maximum";
  EXPECT_EQ(pool->snapshot().target, 1U) << "the policy's number is another thing";
  EXPECT_LE(pool->snapshot().workers, 4U);
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().blocked, 0U);
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 1; }))
      << "nobody blocks any more";
}

TEST_P(SharedBlocking, WorkersThatAreNotNeededTakeNoTasks) {
  const auto pool = between(GetParam(), 1, 3);
  for (int round = 0; round < 30; ++round) {
    Gate gate;
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(pool->submit([pass = gate.blocker()] {
        const Blocking scope;
        pass();
      }),
                SubmitStatus::Accepted);
    }
    ASSERT_TRUE(gate.await_arrivals(3));
    gate.open();
    expect_quiet(*pool);
    ASSERT_TRUE(eventually([&] { return pool->snapshot().workers == 1; }));
    std::atomic<int> at_once{0};
    std::atomic<int> most{0};
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(pool->submit([&] {
        const int now = at_once.fetch_add(1) + 1;
        if (now > most) most = now;
        std::this_thread::yield();
        at_once.fetch_sub(1);
      }),
                SubmitStatus::Accepted);
    }
    expect_quiet(*pool);
    EXPECT_EQ(most.load(), 1);
  }
}

TEST_P(BlockingScope, NestedCountsOnce) {
  const auto pool = between(GetParam(), 1, 3);
  pool->submit_result([&pool = *pool] {
        const Blocking outer;
        const Blocking inner;
        EXPECT_TRUE(outer.compensated());
        EXPECT_FALSE(inner.compensated());
        EXPECT_EQ(pool.snapshot().blocked, 1U);
      })
      .get();
  EXPECT_EQ(pool->snapshot().blocked, 0U);
}

TEST_P(BlockingScope, WithoutAFreePlaceOrAThreadStillCounts) {
  {
    const auto pool = between(GetParam(), 2, 2);
    pool->submit_result([&pool = *pool] {
          const Blocking scope;
          EXPECT_FALSE(scope.compensated());
          EXPECT_EQ(pool.snapshot().blocked, 1U);
        })
        .get();
    expect_quiet(*pool);
  }
  std::atomic<bool> refuses{false};
  Subject subject = GetParam();
  subject.config.thread_factory = [&refuses](std::function<void()> body) {
    if (refuses) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return std::thread(std::move(body));
  };
  const auto pool = between(subject, 1, 3);
  refuses = true;
  pool->submit_result([] { EXPECT_FALSE(Blocking().compensated()); }).get();
  refuses = false;
  pool->submit_result([] { EXPECT_TRUE(Blocking().compensated()); }).get();
  expect_quiet(*pool);
}

TEST_P(SharedBlocking, GoesWithResizeAndShutdown) {
  const auto pool = between(GetParam(), 1, 4);
  Gate gate;
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(pool->submit([pass = gate.blocker()] {
      const Blocking scope;
      pass();
    }),
              SubmitStatus::Accepted);
  }
  ASSERT_TRUE(gate.await_arrivals(2));
  EXPECT_EQ(pool->resize(2), 2U);
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 4; })) << "2, and 2 stand in";
  EXPECT_EQ(pool->resize(1), 1U);
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 3; }));
  const auto report = pool->shutdown(pools::ShutdownMode::CancelQueued, pools::Nanos{0});
  EXPECT_EQ(report.still_running, 2U);
  gate.open();
  EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
  expect_closed(pool->snapshot().ledger);
}

class BlockingAnywhere : public testing::TestWithParam<Subject> {};

TEST_P(BlockingAnywhere, SaysWhetherAnybodyStandsIn) {
  EXPECT_FALSE(Blocking().compensated()) << "no worker";
  const auto pool = with_workers(GetParam(), 1);
  const bool foreign = !pool->capabilities().compensates;
  EXPECT_EQ(foreign, pools::find_peer(GetParam().config.dispatch.name) != nullptr);
  EXPECT_FALSE(pool->submit_result([] { return Blocking().compensated(); }).get());
  EXPECT_EQ(pool->snapshot().blocked, 0U);
}

INSTANTIATE_TEST_SUITE_P(Strategies, BlockingScope, testing::ValuesIn(strategies()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, SharedBlocking, testing::ValuesIn(that_share(strategies())),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(EveryPool, BlockingAnywhere, testing::ValuesIn(every_pool()),
                         subject_name);

}  // namespace
}  // namespace contract
