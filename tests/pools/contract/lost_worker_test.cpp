// Workers whose task does not come back, on every strategy.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "pools/task_group.h"
#include "pools/this_worker.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::ShutdownMode;
using pools::SubmitStatus;
using pools::WorkerState;
using std::chrono::hours;
using std::chrono::milliseconds;

class LostWorker : public testing::TestWithParam<Subject> {
 protected:
  static pools::PoolConfig watched(std::uint32_t workers, std::uint32_t spares,
                                   pools::Nanos after = milliseconds{5}) {
    pools::PoolConfig config = GetParam().config;
    config.min_workers = config.max_workers = workers;
    config.spares = spares;
    config.stuck_after = after;
    config.classes = {{"slow", {}, {}}};
    return config;
  }
  static std::uint32_t count(const pools::Pool& pool, WorkerState state) {
    std::uint32_t n = 0;
    for (const auto& worker : pool.snapshot().by_worker) n += worker.state == state ? 1U : 0U;
    return n;
  }
  static double lost(const pools::Pool& pool) {
    for (const auto& figure : pool.snapshot().figures) {
      if (figure.name == "lost_workers") return figure.value;
    }
    return -1;
  }
};

TEST_P(LostWorker, IsReplacedAndLeavesWhenItComesBack) {
  const auto pool = pools::make_pool(watched(1, 1));
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  std::atomic<int> ran{0};
  for (int i = 0; i < 50; ++i) {  // also those that wait where the stuck one alone would look
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  EXPECT_TRUE(eventually([&] { return ran.load(std::memory_order_relaxed) == 50; }));
  auto seen = pool->snapshot();
  EXPECT_EQ(count(*pool, WorkerState::Lost), 1U);
  EXPECT_EQ(seen.workers, 2U);
  EXPECT_EQ(seen.target, 1U) << "nobody asked for more";
  EXPECT_EQ(seen.ledger.running, 1U) << "it is not settled";
  EXPECT_EQ(lost(*pool), 1);
  ASSERT_EQ(seen.scaling.size(), 1U);
  EXPECT_EQ(seen.scaling[0].policy, "lost_worker");
  EXPECT_NE(seen.scaling[0].reason.find("of class slow"), std::string::npos)
      << seen.scaling[0].reason;
  EXPECT_EQ(seen.notices, 1U);
  gate.open();
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 1; })) << "it leaves";
  expect_quiet(*pool);
  seen = pool->snapshot();
  EXPECT_EQ(seen.scaling.size(), 2U);
  EXPECT_EQ(count(*pool, WorkerState::Lost), 0U);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(std::memory_order_seq_cst), 100);
}

TEST_P(LostWorker, ThereAreNeverMoreThanTheWorkersAndTheSpares) {
  const auto pool = pools::make_pool(watched(2, 1));
  Gate gate;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  }
  ASSERT_TRUE(gate.await_arrivals(3));
  EXPECT_TRUE(eventually([&] { return count(*pool, WorkerState::Lost) == 3; }));
  EXPECT_EQ(pool->snapshot().workers, 3U);
  gate.open();
  expect_quiet(*pool);
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 2; }));
}

TEST_P(LostWorker, OneThatCannotBeReplacedStaysWhenItComesBack) {
  const auto pool = pools::make_pool(watched(1, 0));
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  EXPECT_TRUE(eventually([&] { return count(*pool, WorkerState::Lost) == 1; }));
  gate.open();
  std::atomic<int> ran{0};
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(std::memory_order_seq_cst), 20);
  EXPECT_EQ(pool->snapshot().workers, 1U);
  EXPECT_TRUE(eventually([&] { return count(*pool, WorkerState::Lost) == 0; }));
}

TEST_P(LostWorker, OneThatRunsOthersMeanwhileIsNotLost) {
  const auto pool = pools::make_pool(watched(1, 1, milliseconds{200}));
  ASSERT_EQ(pool->submit([own = pool.get()] {
    pools::TaskGroup group(*own);
    for (int i = 0; i < 60; ++i) {
      ASSERT_EQ(group.run([] { std::this_thread::sleep_for(milliseconds{5}); }),
                SubmitStatus::Accepted);
    }
    group.wait();  // longer than it may take to come back
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(lost(*pool), 0);
}

TEST_P(LostWorker, TasksThatComeBackInTimeDisturbNobody) {
  const auto pool = pools::make_pool(watched(2, 2, hours{1}));
  for (int i = 0; i < 500; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(lost(*pool), 0);
  EXPECT_TRUE(pool->snapshot().scaling.empty());
}

TEST_P(LostWorker, ItsSlotIsUsedAgain) {
  const auto pool = pools::make_pool(watched(1, 1));
  for (int round = 1; round <= 3; ++round) {
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(eventually([&] { return lost(*pool) == round; }));
    std::atomic<bool> ran{false};
    ASSERT_EQ(pool->submit([&] {
      EXPECT_LT(pools::this_worker().id, 2U);
      ran.store(true, std::memory_order_seq_cst);
    }),
              SubmitStatus::Accepted);
    ASSERT_TRUE(eventually([&] { return ran.load(std::memory_order_seq_cst); }));
    gate.open();
    ASSERT_TRUE(eventually([&] { return pool->snapshot().workers == 1; }));
  }
}

TEST_P(LostWorker, AShutdownThatGivesUpReportsIt) {
  const auto pool = pools::make_pool(watched(1, 1));
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(eventually([&] { return lost(*pool) == 1; }));
  const auto report = pool->shutdown(ShutdownMode::Drain, milliseconds{1});
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.still_running, 1U);
  gate.open();
  EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  expect_closed(pool->snapshot().ledger);
}

TEST_P(LostWorker, ResizingGoesOnAroundIt) {
  pools::PoolConfig config = watched(1, 1);
  config.max_workers = 4;
  const auto pool = pools::make_pool(config);
  pool->resize(3);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(eventually([&] { return lost(*pool) == 1; }));
  EXPECT_EQ(pool->resize(1), 1U);
  std::atomic<int> ran{0};
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  EXPECT_TRUE(eventually([&] { return ran.load(std::memory_order_relaxed) == 50; }));
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 2; })) << "it and another one";
  EXPECT_EQ(pool->resize(4), 4U);
  gate.open();
  expect_quiet(*pool);
  EXPECT_TRUE(eventually([&] { return pool->snapshot().workers == 4; }));
}

INSTANTIATE_TEST_SUITE_P(Strategies, LostWorker, testing::ValuesIn(strategies()), subject_name);

}  // namespace
}  // namespace contract
