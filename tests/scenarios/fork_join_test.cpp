// Requests that split and join, and calls that block and say so.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "pools/catalog.h"
#include "pools/make_pool.h"
#include "scenarios/catalog.h"
#include "scenarios/work/tree_task.h"

namespace scenarios {
namespace {

using std::chrono::seconds;

pools::Choice fork_join(std::int64_t depth, std::int64_t fanout, const std::string& wait) {
  pools::Choice work{"fork_join", {}};
  work.settings.set("depth", depth);
  work.settings.set("fanout", fanout);
  work.settings.set("wait", wait);
  return work;
}

TEST(ForkJoin, IsATreeThatJoins) {
  EXPECT_EQ(tree_of({"fork_join", {}}).tasks(), 21U);
  EXPECT_EQ(tree_of({"fork_join", {}}).join, Join::Help);
  EXPECT_EQ(tree_of(fork_join(2, 2, "sleep")).join, Join::Sleep);
  EXPECT_EQ(tree_of(fork_join(2, 2, "block")).join, Join::Block);
  EXPECT_EQ(tree_of({"spawn", {}}).join, Join::Never);
  EXPECT_NE(&work_of(fork_join(2, 2, "help")), &work_of(fork_join(2, 2, "block")));
  EXPECT_THROW(work_of(fork_join(14, 2, "help")), pools::ConfigError);
}

void run_requests(pools::Pool& pool, const pools::Choice& work, int requests) {
  for (int i = 0; i < requests; ++i) {
    const auto request = std::make_shared<const TreeRequest>(
        pool, work_of(work), std::chrono::microseconds(10), pools::SubmitOptions{});
    ASSERT_EQ(pool.submit(TreeTask(request), request->options), pools::SubmitStatus::Accepted);
  }
  ASSERT_TRUE(pool.wait_idle(seconds{60}));
  const pools::Ledger ledger = pool.snapshot().ledger;
  EXPECT_EQ(ledger.completed, static_cast<std::uint64_t>(requests) * tree_of(work).tasks());
  EXPECT_TRUE(ledger.closes());
}

class ForkJoinIn : public testing::TestWithParam<std::string> {};

TEST_P(ForkJoinIn, HelpingNeedsOneWorker) {
  pools::PoolConfig config;
  config.dispatch.name = GetParam();
  config.min_workers = config.max_workers = 1;
  run_requests(*pools::make_pool(config), fork_join(3, 3, "help"), 20);
}

std::vector<std::string> pool_names() {
  std::vector<std::string> names;
  for (const auto& row : pools::dispatch_catalog()) names.emplace_back(row.name);
  for (const auto& row : pools::peer_catalog()) names.emplace_back(row.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Catalogs, ForkJoinIn, testing::ValuesIn(pool_names()),
                         [](const auto& instance) { return instance.param; });

TEST(ForkJoin, SleepingNeedsAWorkerForEachThatWaits) {
  pools::PoolConfig config;
  config.min_workers = config.max_workers = 4;
  run_requests(*pools::make_pool(config), fork_join(1, 3, "sleep"), 3);
  // With one nobody is left: the shutdown gives back what it waits for.
  config.min_workers = config.max_workers = 1;
  const auto stuck = pools::make_pool(config);
  const auto request = std::make_shared<const TreeRequest>(
      *stuck, work_of(fork_join(1, 3, "sleep")), pools::Nanos{0}, pools::SubmitOptions{});
  ASSERT_EQ(stuck->submit(TreeTask(request), request->options), pools::SubmitStatus::Accepted);
  EXPECT_FALSE(stuck->wait_idle(std::chrono::milliseconds(20)));
  EXPECT_EQ(stuck->shutdown(pools::ShutdownMode::CancelQueued, seconds{60}).cancelled, 3U);
}

TEST(ForkJoin, BlockingHasWorkersBrought) {
  pools::PoolConfig config;
  config.min_workers = 1;
  config.max_workers = 8;
  run_requests(*pools::make_pool(config), fork_join(1, 3, "block"), 3);
}

TEST(BlockingSleep, TellsItsPool) {
  pools::PoolConfig config;
  config.min_workers = 1;
  config.max_workers = 4;
  const auto pool = pools::make_pool(config);
  pools::Choice work{"sleep", {}};
  work.settings.set("blocking", true);
  const Work& sleep = work_of(work);
  ASSERT_EQ(pool->submit([&sleep] { sleep.perform(std::chrono::milliseconds(1)); }),
            pools::SubmitStatus::Accepted);
  ASSERT_TRUE(pool->wait_idle(seconds{60}));
  double compensations = 0;
  for (const auto& figure : pool->snapshot().figures) {
    if (figure.name == "compensations") compensations = figure.value;
  }
  EXPECT_EQ(compensations, 1);
}

}  // namespace
}  // namespace scenarios
