// Tasks that overrun their time limit, on every strategy.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Nanos;
using pools::Outcome;
using pools::ShutdownMode;
using pools::SubmitStatus;
using pools::TaskContext;
using pools::WorkerState;
using std::chrono::hours;
using std::chrono::milliseconds;

class TimeLimit : public testing::TestWithParam<Subject> {
 protected:
  static pools::PoolConfig with_limit(Nanos limit) {
    pools::PoolConfig config = GetParam().config;
    config.classes = {{"limited", {}, limit}};
    return config;
  }
  static bool one_is(const pools::Pool& pool, WorkerState state) {
    for (const auto& worker : pool.snapshot().by_worker) {
      if (worker.state == state) return true;
    }
    return false;
  }
};

/// Runs until it is asked to stop.
void heed(const TaskContext& self) {
  while (!self.stop.stop_requested()) std::this_thread::yield();
}

TEST_P(TimeLimit, ATaskThatHeedsItIsTimedOut) {
  const auto pool = pools::make_pool(with_limit(milliseconds{2}));
  ASSERT_EQ(pool->submit(heed), SubmitStatus::Accepted);
  expect_quiet(*pool);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.timed_out, 1U);
  EXPECT_EQ(ledger.completed, 0U);
  const pools::SeriesReport series = pool->report().by_series.at(0);
  EXPECT_EQ(series.timed_out, 1U);
  EXPECT_EQ(series.queue_wait.count(), 1U) << "how long it waited is known";
  EXPECT_EQ(series.unserved_response.count(), 1U) << "its answer is missing, not omitted";
  EXPECT_GE(series.unserved_response.min(), milliseconds{2});
  EXPECT_EQ(series.response.count(), 0U);
}

TEST_P(TimeLimit, OneThatDoesNotIsSettledWhileItRunsAndItsLateResultDropped) {
  struct Deaf {
    Gate* gate;
    std::atomic<int>* told;
    std::atomic<Outcome>* last;
    void operator()() const {
      gate->blocker()();
      throw std::runtime_error("too late to matter");
    }
    void ended(Outcome outcome) const noexcept {
      last->store(outcome);
      told->fetch_add(1, std::memory_order_seq_cst);
    }
  };
  std::atomic<int> told{0};
  std::atomic<Outcome> last{Outcome::Refused};
  const auto pool = pools::make_pool(with_limit(milliseconds{2}));
  Gate gate;
  ASSERT_EQ(pool->submit(Deaf{&gate, &told, &last}), SubmitStatus::Accepted);
  ASSERT_TRUE(pool->wait_idle(kLong)) << "it is settled";
  EXPECT_EQ(gate.arrived(), 1U);
  EXPECT_EQ(last.load(std::memory_order_seq_cst), Outcome::TimedOut);
  EXPECT_TRUE(one_is(*pool, WorkerState::Overrun));
  auto ledger = pool->snapshot().ledger;
  expect_closed(ledger);
  EXPECT_EQ(ledger.timed_out, 1U);
  EXPECT_EQ(ledger.running, 0U);
  EXPECT_FALSE(pool->shutdown(ShutdownMode::Drain, milliseconds{1}).complete)
      << "its worker has not left";
  gate.open();
  EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  EXPECT_EQ(told.load(std::memory_order_seq_cst), 1);
  ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.failed, 0U);
  EXPECT_EQ(ledger.timed_out, 1U);
  expect_closed(ledger);
}

TEST_P(TimeLimit, TheWorkerGoesOnWhenItHasReturned) {
  pools::PoolConfig config = with_limit(milliseconds{2});
  config.min_workers = config.max_workers = 1;
  const auto pool = pools::make_pool(config);
  ASSERT_EQ(pool->submit(heed), SubmitStatus::Accepted);
  std::atomic<int> ran{0};
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(std::memory_order_seq_cst), 10);
  EXPECT_FALSE(one_is(*pool, WorkerState::Overrun));
}

TEST_P(TimeLimit, TasksWithinItAreNotTouched) {
  const auto pool = pools::make_pool(with_limit(hours{1}));
  std::atomic<int> ran{0};
  constexpr int kTasks = 1000;
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_EQ(pool->submit([&](const TaskContext& self) {
      EXPECT_FALSE(self.stop.stop_requested());
      ran.fetch_add(1, std::memory_order_relaxed);
    }),
              SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(std::memory_order_seq_cst), kTasks);
  EXPECT_EQ(pool->snapshot().ledger.timed_out, 0U);
}

TEST_P(TimeLimit, ManyThatEndAtTheirLimitAreEachSettledOnce) {
  struct AtTheLimit {
    std::atomic<int>* told;
    Nanos takes;
    void operator()() const {
      const pools::Instant end = pools::deadline_after(takes);
      while (pools::Clock::now() < end) {
      }
    }
    void ended(Outcome) const noexcept { told->fetch_add(1, std::memory_order_seq_cst); }
  };
  constexpr int kTasks = 200;
  std::vector<std::atomic<int>> told(kTasks);
  const auto pool = pools::make_pool(with_limit(std::chrono::microseconds{200}));
  for (int i = 0; i < kTasks; ++i) {
    // Around the limit and the tick after it.
    const Nanos takes = std::chrono::microseconds{150 + i};
    ASSERT_EQ(pool->submit(AtTheLimit{&told[static_cast<std::size_t>(i)], takes}),
              SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  ASSERT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  for (const auto& one : told) EXPECT_EQ(one.load(std::memory_order_seq_cst), 1);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.completed + ledger.timed_out, static_cast<std::uint64_t>(kTasks));
  expect_closed(ledger);
}

TEST_P(TimeLimit, TheSubmittersOwnStopStillReachesTheTask) {
  std::stop_source source;
  const TaskContext context{.stop = source.get_token()};
  const auto pool = pools::make_pool(with_limit(hours{1}));
  std::atomic<bool> began{false};
  ASSERT_EQ(pool->submit(
                [&](const TaskContext& self) {
                  began.store(true, std::memory_order_seq_cst);
                  heed(self);
                },
                {.context = &context}),
            SubmitStatus::Accepted);
  ASSERT_TRUE(eventually([&] { return began.load(std::memory_order_seq_cst); }));
  source.request_stop();
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.completed, 1U);
}

TEST_P(TimeLimit, ItIsForEachAttemptAndNoneIsTriedAgain) {
  pools::PoolConfig config = with_limit(milliseconds{2});
  config.retry = {"backoff", {}};
  config.retry.settings.set("base_ms", 0.1);
  const auto pool = pools::make_pool(config);
  std::atomic<int> runs{0};
  ASSERT_EQ(pool->submit([&](const TaskContext& self) {
    if (runs.fetch_add(1, std::memory_order_seq_cst) == 0) throw std::runtime_error("asked to");
    heed(self);
    throw std::runtime_error("stopped");
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  ASSERT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  EXPECT_EQ(runs.load(std::memory_order_seq_cst), 2);
  EXPECT_EQ(pool->snapshot().ledger.timed_out, 1U);
  EXPECT_EQ(pool->snapshot().ledger.failed, 0U);
}

TEST_P(TimeLimit, AGroupSaysThatNotAllWasDone) {
  const auto pool = pools::make_pool(with_limit(milliseconds{2}));
  pools::TaskGroup group(*pool);
  bool used = false;  // the task's until wait() returns
  ASSERT_EQ(group.run([&used](const TaskContext& self) {
    heed(self);
    used = true;
    throw std::runtime_error("stopped");
  }),
            SubmitStatus::Accepted);
  EXPECT_EQ(group.wait(), Outcome::TimedOut) << "and its late exception is dropped";
  EXPECT_TRUE(used) << "it is waited for until it returns";
}

TEST_P(TimeLimit, ATaskInsideAnotherHasItsOwn) {
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  config.series = 2;
  config.classes = {{"free", {}, {}}, {"limited", {}, milliseconds{2}}};
  const auto pool = pools::make_pool(config);
  std::atomic<bool> outer{false};
  ASSERT_EQ(pool->submit([&, own = pool.get()] {
    pools::TaskGroup group(*own);
    ASSERT_EQ(group.run(heed, {.series = 1}), SubmitStatus::Accepted);
    EXPECT_EQ(group.wait(), Outcome::TimedOut);
    outer.store(true, std::memory_order_seq_cst);
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_TRUE(outer.load(std::memory_order_seq_cst));
  EXPECT_EQ(pool->snapshot().ledger.completed, 1U);
  EXPECT_EQ(pool->snapshot().ledger.timed_out, 1U);
}

TEST_P(TimeLimit, ASubmitterThatRunsItsTaskItselfOverrunsAsWell) {
  pools::PoolConfig config = with_limit(milliseconds{2});
  config.min_workers = config.max_workers = 1;
  config.queue_capacity = 1;
  config.on_full = pools::OnFull::CallerRuns;
  const auto pool = pools::make_pool(config);
  {
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    for (int i = 0; i < 4; ++i) ASSERT_EQ(pool->submit(heed), SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  ASSERT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_GE(ledger.timed_out, 4U);
  expect_closed(ledger);
}

TEST_P(TimeLimit, WhoIsToldMayDropThePool) {
  struct LastOwner {
    std::shared_ptr<pools::Pool> own;
    std::shared_ptr<std::atomic<bool>> gone;
    void operator()(const TaskContext& self) const { heed(self); }
    void ended(Outcome) noexcept {
      own.reset();
      gone->store(true);
    }
  };
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<pools::Pool> pool = pools::make_pool(with_limit(milliseconds{2}));
  pools::Pool& raw = *pool;
  ASSERT_EQ(raw.submit(LastOwner{std::move(pool), gone}), SubmitStatus::Accepted);
  EXPECT_TRUE(eventually([&] { return gone->load(); }));
}

INSTANTIATE_TEST_SUITE_P(Strategies, TimeLimit, testing::ValuesIn(strategies()), subject_name);

}  // namespace
}  // namespace contract
