// Fork and join, and bulk submits, over every strategy.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::SubmitStatus;
using pools::TaskGroup;

class Group : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
};

/// fib(n) with a group in every call: joins nested to depth n.
std::uint64_t fib(pools::Pool& pool, int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  std::uint64_t left = 0;
  TaskGroup group(pool);
  EXPECT_EQ(group.run([&pool, &left, n] { left = fib(pool, n - 1); }), SubmitStatus::Accepted);
  const std::uint64_t right = fib(pool, n - 2);
  group.wait();
  return left + right;
}

TEST_P(Group, JoinsNestedToAnyDepthOnAnyNumberOfWorkers) {
  for (const std::uint32_t workers : {1U, 3U}) {
    std::atomic<std::uint64_t> result{0};
    const auto pool = with_workers(GetParam(), workers);
    const int n = kSanitized ? 8 : 12;
    ASSERT_EQ(pool->submit([&, n] { result.store(fib(*pool, n), std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
    expect_quiet(*pool);
    EXPECT_EQ(result.load(std::memory_order_relaxed), n == 8 ? 21U : 144U);
  }
}

TEST_P(Group, CanBeWaitedForFromOutside) {
  Tally tally(scaled(2'000));
  const auto pool = make();
  TaskGroup group(*pool);
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(group.run([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  group.wait();
  EXPECT_TRUE(tally.exactly_once());
  // And used again.
  ASSERT_EQ(group.run([&tally] { tally.mark(0); }), SubmitStatus::Accepted);
  group.wait();
  EXPECT_EQ(tally.runs(0), 2U);
}

TEST_P(Group, HandsTheFirstExceptionToTheWaiter) {
  std::atomic<std::uint32_t> runs{0};
  const auto pool = make();
  TaskGroup group(*pool);
  for (int i = 0; i < 100; ++i) {
    const auto status = group.run([i, &runs] {
      runs.fetch_add(1, std::memory_order_relaxed);
      if (i % 10 == 0) throw std::runtime_error("asked to");
    });
    ASSERT_EQ(status, SubmitStatus::Accepted);
  }
  EXPECT_THROW(group.wait(), std::runtime_error);
  EXPECT_EQ(runs.load(std::memory_order_relaxed), 100U) << "one failure stops nothing";
  EXPECT_NO_THROW(group.wait()) << "thrown once";
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.failed, 10U);
}

TEST_P(Group, DoesNotWaitForTasksThatAreRefusedOrCancelled) {
  const auto pool = with_workers(GetParam(), 1);
  std::atomic<bool> ran{false};
  TaskGroup group(*pool);
  {
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(group.run([&ran] { ran.store(true, std::memory_order_relaxed); }),
                SubmitStatus::Accepted);
    }
    EXPECT_FALSE(
        pool->shutdown(pools::ShutdownMode::CancelQueued, std::chrono::milliseconds(1)).complete);
    EXPECT_EQ(group.run([&ran] { ran.store(true, std::memory_order_relaxed); }),
              SubmitStatus::ShuttingDown);
    group.wait();
  }
  EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::CancelQueued, kLong).complete);
  EXPECT_FALSE(ran.load(std::memory_order_relaxed));
}

TEST_P(Group, JoinsOfManyQueuedTasksDoNotExhaustTheStack) {
  // A worker that waits runs other waiting tasks; those wait as well. First in, first out, each
  // would nest in the one before.
  const std::uint32_t tasks = kSanitized ? 4'000 : 60'000;
  std::atomic<std::uint32_t> children{0};
  const auto pool = with_workers(GetParam(), 1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (std::uint32_t i = 0; i < tasks; ++i) {
    const auto status = pool->submit([&pool = *pool, &children] {
      TaskGroup group(pool);
      EXPECT_EQ(group.run([&children] { children.fetch_add(1, std::memory_order_relaxed); }),
                SubmitStatus::Accepted);
      group.wait();
    });
    ASSERT_EQ(status, SubmitStatus::Accepted);
  }
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(children.load(std::memory_order_relaxed), tasks);
}

TEST_P(Group, BulkRunsEveryItemOnce) {
  const auto pool = make();
  for (const std::size_t count : {0U, 1U, 5U, 12U, 1'000U, 12'345U}) {
    Tally tally(count);
    EXPECT_EQ(pool->submit_bulk(count, [&tally](std::size_t i) { tally.mark(i); }), count);
    expect_quiet(*pool);
    EXPECT_TRUE(tally.exactly_once()) << count;
  }
}

TEST_P(Group, BulkRunsEveryItemAlsoWhenSomeThrow) {
  Tally tally(3'000);
  const auto pool = make();
  EXPECT_EQ(pool->submit_bulk(tally.size(),
                              [&tally](std::size_t i) {
                                tally.mark(i);
                                if (i % 100 == 0) throw std::runtime_error("asked to");
                              }),
            tally.size());
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
  const auto ledger = pool->snapshot().ledger;
  EXPECT_GT(ledger.failed, 0U);
  expect_closed(ledger);
}

INSTANTIATE_TEST_SUITE_P(Strategies, Group, testing::ValuesIn(strategy_variants()), subject_name);

TEST(HelpOne, OutsideThePoolFindsNothingToHelpWith) {
  pools::PoolConfig config;
  config.min_workers = 1;
  const auto pool = pools::make_pool(config);
  EXPECT_FALSE(pool->help_one());
}

}  // namespace
}  // namespace contract
