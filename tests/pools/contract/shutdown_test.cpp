// The end of a pool: what was accepted is run or given back, what comes later is refused, nothing
// hangs and no thread is left.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::ShutdownMode;
using pools::ShutdownReport;
using pools::SubmitStatus;

class Shutdown : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
};

class CancellingShutdown : public Shutdown {};

std::future<ShutdownReport> shutdown_elsewhere(pools::Pool& pool, ShutdownMode mode) {
  return std::async(std::launch::async, [&pool, mode] { return pool.shutdown(mode, kLong); });
}

/// Polls try_submit until the pool refuses; returns how many probes it accepted before.
std::uint64_t accepted_until_shut(pools::Pool& pool) {
  std::uint64_t accepted = 0;
  EXPECT_TRUE(eventually([&] {
    const auto status = pool.try_submit([] {});
    accepted += status == SubmitStatus::Accepted ? 1 : 0;
    return status == SubmitStatus::ShuttingDown;
  }));
  return accepted;
}

TEST_P(Shutdown, DrainRunsAllThatWasAccepted) {
  Tally tally(scaled(8'000));
  const auto pool = make();
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  const auto report = pool->shutdown(ShutdownMode::Drain, kLong);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.cancelled, 0U);
  EXPECT_EQ(report.still_running, 0U);
  EXPECT_TRUE(tally.exactly_once());
  expect_closed(pool->snapshot().ledger);
}

TEST_P(Shutdown, DrainRunsWhatRunningTasksSubmit) {
  // Each task submits the next one: at any instant there is nothing to do but what a task that
  // runs is about to submit.
  constexpr std::size_t kChain = 200;
  Tally tally(kChain);
  const auto pool = make();
  Gate gate;
  struct Link {
    pools::Pool& pool;
    Tally& tally;
    void operator()(std::size_t i) const {
      tally.mark(i);
      if (i + 1 == tally.size()) return;
      const auto status = pool.submit([*this, i] { (*this)(i + 1); });
      EXPECT_EQ(status, SubmitStatus::Accepted);
    }
  };
  const Link link{*pool, tally};
  const auto block = gate.blocker();
  ASSERT_EQ(pool->submit([link, block] {
    block();
    link(0);
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  auto shutdown = shutdown_elsewhere(*pool, ShutdownMode::Drain);
  accepted_until_shut(*pool);
  gate.open();
  EXPECT_TRUE(shutdown.get().complete);
  EXPECT_TRUE(tally.exactly_once());
  expect_closed(pool->snapshot().ledger);
}

TEST_P(CancellingShutdown, CancelGivesBackExactlyWhatWasQueued) {
  Tally tally(500);
  const auto pool = with_workers(GetParam(), 1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  auto shutdown = shutdown_elsewhere(*pool, ShutdownMode::CancelQueued);
  const std::uint64_t probes = accepted_until_shut(*pool);
  gate.open();
  const ShutdownReport report = shutdown.get();
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.cancelled, tally.size() + probes);
  EXPECT_EQ(tally.total(), 0U);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.cancelled, tally.size() + probes);
  EXPECT_EQ(ledger.completed, 1U);
  expect_closed(ledger);
}

TEST_P(CancellingShutdown, CancelUnderLoadLosesNothing) {
  Tally tally(scaled(16'000));
  const auto pool = make();
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  const ShutdownReport report = pool->shutdown(ShutdownMode::CancelQueued, kLong);
  EXPECT_TRUE(report.complete);
  EXPECT_TRUE(tally.at_most_once());
  EXPECT_EQ(tally.total() + report.cancelled, tally.size());
  expect_closed(pool->snapshot().ledger);
}

TEST_P(CancellingShutdown, CancelRefusesWhatRunningTasksSubmit) {
  std::atomic<bool> refused{false};
  const auto pool = make();
  Gate gate;
  const auto block = gate.blocker();
  ASSERT_EQ(pool->submit([&refused, block, &pool = *pool] {
    block();
    refused.store(pool.submit([] {}) == SubmitStatus::ShuttingDown, std::memory_order_relaxed);
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  auto shutdown = shutdown_elsewhere(*pool, ShutdownMode::CancelQueued);
  accepted_until_shut(*pool);
  gate.open();
  EXPECT_TRUE(shutdown.get().complete);
  EXPECT_TRUE(refused.load(std::memory_order_relaxed));
  expect_closed(pool->snapshot().ledger);
}

TEST_P(CancellingShutdown, HonoursItsLimitWhenATaskIsStuckAndCanBeResumed) {
  for (const auto mode : {ShutdownMode::Drain, ShutdownMode::CancelQueued}) {
    Tally tally(100);
    const auto pool = with_workers(GetParam(), 1);
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
    const auto first = pool->shutdown(mode, std::chrono::milliseconds(5));
    EXPECT_FALSE(first.complete);
    EXPECT_EQ(first.still_running, 1U);
    EXPECT_EQ(first.cancelled, tally.size());
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::ShuttingDown);
    const auto stuck = pool->snapshot().ledger;
    EXPECT_EQ(stuck.running, 1U);
    EXPECT_EQ(stuck.cancelled, tally.size());
    expect_closed(stuck);
    gate.open();
    const auto second = pool->shutdown(mode, kLong);
    EXPECT_TRUE(second.complete);
    EXPECT_EQ(second.still_running, 0U);
    EXPECT_EQ(second.cancelled, 0U) << "only what this call gave back";
    EXPECT_EQ(tally.total(), 0U);
    expect_closed(pool->snapshot().ledger);
  }
}

/// With `batch` a worker takes all that waits at once, so it is known what it has taken.
TEST(CancelledClaims, IsGivenBackWhileItsWorkerIsStuck) {
  pools::PoolConfig config;
  config.dispatch.name = "batch";
  config.min_workers = config.max_workers = 1;
  Tally tally(10);
  const auto pool = pools::make_pool(config);
  Gate before;
  Gate stuck;
  ASSERT_EQ(pool->submit(before.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(before.await_arrivals(1));
  ASSERT_EQ(pool->submit(stuck.blocker()), SubmitStatus::Accepted);
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  before.open();
  ASSERT_TRUE(stuck.await_arrivals(1));
  ASSERT_EQ(pool->snapshot().queue_depth, 0U) << "the worker has taken all";
  const auto first = pool->shutdown(ShutdownMode::CancelQueued, std::chrono::milliseconds(1));
  EXPECT_EQ(first.still_running, 1U);
  EXPECT_EQ(first.cancelled, tally.size());
  stuck.open();
  EXPECT_TRUE(pool->shutdown(ShutdownMode::CancelQueued, kLong).complete);
  EXPECT_EQ(tally.total(), 0U);
}

TEST_P(CancellingShutdown, CountsWhatAWorkerHadInHandOnce) {
  // After many tiny tasks a worker takes several at once; one of those is stuck.
  std::atomic<std::uint64_t> ran{0};
  const auto pool = with_workers(GetParam(), 1);
  Gate first_gate, second_gate;
  std::uint64_t accepted = 0;
  const auto submit = [&](auto task) {
    ASSERT_EQ(pool->submit(task), SubmitStatus::Accepted);
    ++accepted;
  };
  const auto tiny = [&ran] { ran.fetch_add(1, std::memory_order_relaxed); };
  submit(first_gate.blocker());
  ASSERT_TRUE(first_gate.await_arrivals(1));
  for (int i = 0; i < 1'000; ++i) submit(tiny);
  submit(second_gate.blocker());
  for (int i = 0; i < 200; ++i) submit(tiny);
  first_gate.open();
  ASSERT_TRUE(second_gate.await_arrivals(1));
  const auto first = pool->shutdown(ShutdownMode::CancelQueued, std::chrono::milliseconds(1));
  EXPECT_FALSE(first.complete);
  EXPECT_EQ(first.still_running, 1U);
  expect_closed(pool->snapshot().ledger);
  second_gate.open();
  const auto second = pool->shutdown(ShutdownMode::CancelQueued, kLong);
  EXPECT_TRUE(second.complete);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(first.cancelled + second.cancelled, ledger.cancelled);
  EXPECT_EQ(ledger.completed + ledger.cancelled, accepted);
  EXPECT_EQ(ledger.completed, ran.load(std::memory_order_relaxed) + 2);
  expect_closed(ledger);
  const auto third = pool->shutdown(ShutdownMode::CancelQueued, kLong);
  EXPECT_TRUE(third.complete);
  EXPECT_EQ(third.cancelled, 0U) << "given back by earlier calls";
}

TEST_P(Shutdown, RefusesEverySubmitAfterwardsAndCountsIt) {
  const auto pool = make();
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  ASSERT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  bool ran = false;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(pool->submit([&ran] { ran = true; }), SubmitStatus::ShuttingDown);
    EXPECT_EQ(pool->try_submit([&ran] { ran = true; }), SubmitStatus::ShuttingDown);
  }
  EXPECT_TRUE(pool->shutdown(ShutdownMode::CancelQueued, kLong).complete) << "again: no harm";
  EXPECT_FALSE(ran);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.submitted, 11U);
  EXPECT_EQ(ledger.rejected, 10U);
  EXPECT_EQ(ledger.completed, 1U);
  EXPECT_TRUE(pool->wait_idle(kLong));
  EXPECT_EQ(pool->snapshot().workers, 0U);
}

TEST_P(Shutdown, AgainstSubmittersNothingIsLostNorRunTwice) {
  const std::uint32_t rounds = kSanitized ? 6 : 12;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const auto mode = round % 2 == 0 ? ShutdownMode::Drain : ShutdownMode::CancelQueued;
    std::atomic<std::uint64_t> ran{0}, accepted{0}, refused{0};
    const auto pool = make();
    if (mode == ShutdownMode::CancelQueued && !pool->capabilities().cancels) continue;
    std::vector<std::thread> producers;
    for (int p = 0; p < 3; ++p) {
      producers.emplace_back([&] {
        // Some refusals each, so that submits during the shutdown and after it both occur.
        for (int refusals = 0; refusals < 10;) {
          const auto status = pool->submit([&ran] { ran.fetch_add(1, std::memory_order_relaxed); });
          if (status == SubmitStatus::Accepted) {
            accepted.fetch_add(1, std::memory_order_relaxed);
          } else {
            ASSERT_EQ(status, SubmitStatus::ShuttingDown);
            refused.fetch_add(1, std::memory_order_relaxed);
            ++refusals;
          }
        }
      });
    }
    EXPECT_TRUE(eventually([&] { return ran.load(std::memory_order_relaxed) > round * 20; }));
    const auto report = pool->shutdown(mode, kLong);
    for (auto& producer : producers) producer.join();
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(ran.load() + report.cancelled, accepted.load());
    const auto ledger = pool->snapshot().ledger;
    EXPECT_EQ(ledger.submitted, accepted.load() + refused.load());
    EXPECT_EQ(ledger.rejected, refused.load());
    expect_closed(ledger);
  }
}

TEST_P(Shutdown, MayBeCalledBySeveralThreadsAtOnce) {
  Tally tally(1'000);
  const auto pool = make();
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  auto first = shutdown_elsewhere(*pool, ShutdownMode::Drain);
  auto second = shutdown_elsewhere(*pool, ShutdownMode::Drain);
  EXPECT_TRUE(first.get().complete);
  EXPECT_TRUE(second.get().complete);
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Shutdown, TheDestructorDrainsABusyPoolAndLeavesNoThread) {
  { const auto warm_up = make(); }  // threads that a sanitizer starts once are not the pool's
  const std::size_t before = threads_now();
  Tally tally(2'000);
  for (int round = 0; round < 3; ++round) {
    Tally rounds_tally(tally.size());
    {
      const auto pool = make();
      EXPECT_LE(threads_now(), before + GetParam().config.max_workers + 1) << "one supervisor";
      for (std::size_t i = 0; i < tally.size(); ++i) {
        ASSERT_EQ(pool->submit([&rounds_tally, i] { rounds_tally.mark(i); }),
                  SubmitStatus::Accepted);
      }
    }
    EXPECT_TRUE(rounds_tally.exactly_once());
  }
  // A joined thread may linger in /proc for an instant.
  EXPECT_TRUE(eventually([&] { return threads_now() <= before; })) << threads_now() << " threads";
}

INSTANTIATE_TEST_SUITE_P(Strategies, Shutdown, testing::ValuesIn(strategy_variants()),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, CancellingShutdown,
                         testing::ValuesIn(that_can(&pools::Capabilities::cancels,
                                                    strategy_variants())),
                         subject_name);

}  // namespace
}  // namespace contract
