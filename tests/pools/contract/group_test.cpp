// Fork and join, and bulk submits, over every strategy.
#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
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
    ASSERT_EQ(pool->submit([&] { result.store(fib(*pool, n), std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
    expect_quiet(*pool);
    EXPECT_EQ(result.load(std::memory_order_relaxed), n == 8 ? 21U : 144U);
  }
}

/// Foreign pools cannot be asked for tasks, yet no join may find all their threads asleep.
class GroupAnywhere : public Group {};

TEST_P(GroupAnywhere, JoinsNestedToAnyDepthOnAnyNumberOfThreads) {
  for (const std::uint32_t workers : {1U, 2U, 3U}) {
    const auto pool = with_workers(GetParam(), workers);
    std::atomic<std::uint64_t> sum{0};
    const int n = kSanitized ? 6 : 9;
    // As many at once as there are threads, and some more.
    for (int i = 0; i < 6; ++i) {
      const auto status = pool->submit(
          [&pool = *pool, &sum] { sum.fetch_add(fib(pool, n), std::memory_order_relaxed); });
      ASSERT_EQ(status, SubmitStatus::Accepted);
    }
    expect_quiet(*pool);
    EXPECT_EQ(sum.load(std::memory_order_relaxed), n == 6 ? 48U : 204U);
  }
}

TEST_P(GroupAnywhere, GrowsFromItsOwnTasksAndFromOutside) {
  const auto pool = with_workers(GetParam(), 1);
  std::atomic<std::uint32_t> runs{0};
  const auto count = [&runs] { runs.fetch_add(1, std::memory_order_relaxed); };
  const auto status = pool->submit([&pool = *pool, &count] {
    TaskGroup group(pool);
    const auto grow = [&group, &count] {
      count();
      EXPECT_EQ(group.run(count), SubmitStatus::Accepted);
    };
    EXPECT_EQ(group.run(grow), SubmitStatus::Accepted);
    std::thread outside([&] { EXPECT_EQ(group.run(grow), SubmitStatus::Accepted); });
    outside.join();
    group.wait();
  });
  ASSERT_EQ(status, SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(runs.load(std::memory_order_relaxed), 4U);
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
    EXPECT_EQ(group.wait(), pools::Outcome::Cancelled) << "and says that not all is done";
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

/// A task that waits for the next, `depth` times.
void chain(pools::Pool& pool, std::uint32_t depth, std::atomic<std::uint32_t>& ends) {
  if (depth == 0) {
    ends.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  TaskGroup group(pool);
  EXPECT_EQ(group.run([&pool, depth, &ends] { chain(pool, depth - 1, ends); }),
            SubmitStatus::Accepted);
  group.wait();
}

/// Threads that start while it lives have stacks of so many bytes.
class StackSize {
 public:
  explicit StackSize(std::size_t bytes) {
    pthread_getattr_default_np(&before_);
    pthread_attr_t small;
    pthread_getattr_default_np(&small);
    pthread_attr_setstacksize(&small, bytes);
    pthread_setattr_default_np(&small);
    pthread_attr_destroy(&small);
  }
  ~StackSize() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  StackSize(const StackSize&) = delete;
  StackSize& operator=(const StackSize&) = delete;

 private:
  pthread_attr_t before_{};
};
#ifdef __SANITIZE_THREAD__
constexpr std::size_t kSmallStack = 8 * 1024 * 1024;  // a thread's shadow state takes 1 MB of it
#else
constexpr std::size_t kSmallStack = kSanitized ? 1024 * 1024 : 128 * 1024;
#endif

TEST_P(Group, JoinsNestDeeperThanAStackReaches) {
  const StackSize small(kSmallStack);
  for (const std::uint32_t workers : {1U, 2U}) {
    const std::uint32_t depth = 2'000;
    std::atomic<std::uint32_t> ends{0};
    const auto pool = with_workers(GetParam(), workers);
    ASSERT_EQ(pool->submit([&] { chain(*pool, depth, ends); }), SubmitStatus::Accepted);
    expect_quiet(*pool);
    EXPECT_EQ(ends.load(std::memory_order_relaxed), 1U);
    EXPECT_EQ(pool->snapshot().ledger.completed, depth + 1);
  }
}

TEST_P(Group, ManyQueuedChainsOfJoinsDoNotExhaustTheStack) {
  const StackSize small(kSmallStack);
  const std::uint32_t roots = kSanitized ? 100 : 400;
  constexpr std::uint32_t kDepth = 100;
  std::atomic<std::uint32_t> ends{0};
  const auto pool = with_workers(GetParam(), 1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (std::uint32_t i = 0; i < roots; ++i) {
    ASSERT_EQ(pool->submit([&] { chain(*pool, kDepth, ends); }), SubmitStatus::Accepted);
  }
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(ends.load(std::memory_order_relaxed), roots);
}

TEST_P(Group, BulkSaysWhichItemsWereRefused) {
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  config.queue_capacity = 2;
  config.on_full = pools::OnFull::Reject;
  // A larger batch than the queue holds would be refused.
  if (config.dispatch.name == "batch") config.dispatch.settings.set("size", std::int64_t{2});
  Tally tally(1'000);
  const auto pool = pools::make_pool(config);
  std::size_t accepted = 0;
  {
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    accepted = pool->submit_bulk(tally.size(), [&](std::size_t i) { tally.mark(i); });
    EXPECT_EQ(accepted, 500U) << "two of four ranges";
  }
  expect_quiet(*pool);
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(tally.runs(i), i < accepted ? 1U : 0U) << i;
  }
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
INSTANTIATE_TEST_SUITE_P(Pools, GroupAnywhere, testing::ValuesIn(every_pool()), subject_name);

TEST(Bulk, CutsTheLargestCountIntoRangesThatFollowEachOther) {
  // Too many items to run: each range runs the next inside its first item, and when all have shown
  // where they begin the process ends.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        pools::PoolConfig config;
        config.min_workers = 1;
        const auto pool = pools::make_pool(config);
        constexpr std::size_t kRanges = 4;
        constexpr std::size_t kCount = ~std::size_t{0};
        std::vector<std::size_t> begins;
        static_cast<void>(pool->submit_bulk(kCount, [&](std::size_t i) {
          begins.push_back(i);
          while (begins.size() < kRanges) pool->help_one();
          std::vector<std::size_t> wanted;
          for (std::size_t r = 0; r < kRanges; ++r) {
            wanted.push_back(kCount / kRanges * r + std::min(r, kCount % kRanges));
          }
          std::_Exit(begins == wanted ? 5 : 6);
        }));
        std::promise<void>().get_future().wait();  // never
      },
      testing::ExitedWithCode(5), "");
}

TEST(HelpOne, OutsideThePoolFindsNothingToHelpWith) {
  pools::PoolConfig config;
  config.min_workers = 1;
  const auto pool = pools::make_pool(config);
  EXPECT_FALSE(pool->help_one());
}

}  // namespace
}  // namespace contract
