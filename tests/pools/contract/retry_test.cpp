// Tasks that fail and are tried again, on every strategy.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <stdexcept>
#include <stop_token>

#include "pools/metrics/ledger.h"
#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Choice;
using pools::Nanos;
using pools::Outcome;
using pools::ShutdownMode;
using pools::SubmitStatus;
using pools::TaskContext;
using std::chrono::hours;
using std::chrono::milliseconds;

/// So often, after pauses that are over at once, and no budget.
Choice backoff(std::int64_t attempts, double base_ms = 0.1) {
  Choice retry{"backoff", {}};
  retry.settings.set("max_attempts", attempts);
  retry.settings.set("base_ms", base_ms);
  retry.settings.set("max_ms", base_ms);
  retry.settings.set("budget_share", 100.0);
  return retry;
}
/// Nobody waits for the end of that pause.
Choice far_backoff() { return backoff(3, 3'600'000); }

double figure(const pools::Pool& pool, std::string_view name) {
  for (const pools::StrategyFigure& one : pool.snapshot().figures) {
    if (one.name == name) return one.value;
  }
  return -1;
}

/// What a callable was told, and how often.
struct Told {
  std::atomic<int> times{0};
  std::atomic<Outcome> last{Outcome::Refused};
  std::atomic<int> runs{0};
};

/// Fails in its first `failures` runs.
class Flaky {
 public:
  Flaky(Told& told, int failures) : told_(&told), failures_(failures) {}
  void operator()() const {
    if (told_->runs.fetch_add(1, std::memory_order_relaxed) < failures_) {
      throw std::runtime_error("asked to");
    }
  }
  void ended(Outcome outcome) const noexcept {
    told_->times.fetch_add(1, std::memory_order_relaxed);
    told_->last.store(outcome, std::memory_order_relaxed);
  }

 private:
  Told* told_;
  int failures_;
};

class Retry : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make(Choice retry) const {
    pools::PoolConfig config = GetParam().config;
    config.retry = std::move(retry);
    return pools::make_pool(config);
  }
};

TEST_P(Retry, ATaskIsTriedUntilItSucceeds) {
  Told told;
  const auto pool = make(backoff(4));
  ASSERT_EQ(pool->submit(Flaky(told, 3)), SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(told.runs.load(std::memory_order_seq_cst), 4);
  EXPECT_EQ(told.times.load(std::memory_order_seq_cst), 1) << "it ended once";
  EXPECT_EQ(told.last.load(std::memory_order_seq_cst), Outcome::Completed);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.completed, 1U);
  EXPECT_EQ(ledger.failed, 0U);
  EXPECT_EQ(ledger.backing_off, 0U);
  const pools::SeriesReport series = pool->report().by_series.at(0);
  EXPECT_EQ(series.retries, 3U);
  EXPECT_EQ(series.recovered, 1U);
}

TEST_P(Retry, AndFailsOnceWhenItNeverDoes) {
  Told told;
  const auto pool = make(backoff(3));
  ASSERT_EQ(pool->submit(Flaky(told, 1000)), SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(told.runs.load(std::memory_order_seq_cst), 3);
  EXPECT_EQ(told.times.load(std::memory_order_seq_cst), 1);
  EXPECT_EQ(told.last.load(std::memory_order_seq_cst), Outcome::Failed);
  EXPECT_EQ(pool->snapshot().ledger.failed, 1U);
  EXPECT_EQ(pool->report().by_series.at(0).recovered, 0U);
}

TEST_P(Retry, ManyTasksAreEachSettledOnce) {
  constexpr int kTasks = 400;
  std::vector<Told> told(kTasks);
  const auto pool = make(backoff(3));
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_EQ(pool->submit(Flaky(told[static_cast<std::size_t>(i)], i % 5)),
              SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  for (int i = 0; i < kTasks; ++i) {
    const Told& one = told[static_cast<std::size_t>(i)];
    EXPECT_EQ(one.times.load(std::memory_order_seq_cst), 1) << i;
    EXPECT_EQ(one.runs.load(std::memory_order_seq_cst), std::min(3, i % 5 + 1)) << i;
  }
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.completed, kTasks * 3U / 5);
  EXPECT_EQ(ledger.failed, kTasks * 2U / 5);
  EXPECT_EQ(pool->report().by_series.at(0).recovered, kTasks * 2U / 5);
}

TEST_P(Retry, ATaskThatBacksOffHoldsNoWorkerAndNoPlace) {
  Told told;
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  config.queue_capacity = 64;
  config.retry = far_backoff();
  const auto pool = pools::make_pool(config);
  ASSERT_EQ(pool->submit(Flaky(told, 1000)), SubmitStatus::Accepted);
  ASSERT_TRUE(eventually([&] { return pool->snapshot().ledger.backing_off == 1; }));
  std::atomic<int> ran{0};
  for (int i = 0; i < 64; ++i) {
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  EXPECT_TRUE(eventually([&] { return ran.load(std::memory_order_relaxed) == 64; }));
  ASSERT_TRUE(eventually([&] { return pool->snapshot().ledger.completed == 64; }));
  EXPECT_TRUE(eventually([&] {
    const auto ledger = pool->snapshot().ledger;
    return ledger.closes() && ledger.queued == 0 && ledger.running == 0;
  }));
  EXPECT_FALSE(pool->wait_idle(Nanos{1})) << "it is not settled";
}

TEST_P(Retry, DrainingGivesWhatBacksOffItsNextAttemptAtOnceAndItsLast) {
  Told recovers;
  Told fails;
  const auto pool = make(far_backoff());
  ASSERT_EQ(pool->submit(Flaky(recovers, 1)), SubmitStatus::Accepted);
  ASSERT_EQ(pool->submit(Flaky(fails, 1000)), SubmitStatus::Accepted);
  ASSERT_TRUE(eventually([&] { return pool->snapshot().ledger.backing_off == 2; }));
  ASSERT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  EXPECT_EQ(recovers.last.load(std::memory_order_seq_cst), Outcome::Completed);
  EXPECT_EQ(fails.last.load(std::memory_order_seq_cst), Outcome::Failed);
  EXPECT_EQ(fails.runs.load(std::memory_order_seq_cst), 2) << "though it may have three attempts";
  expect_closed(pool->snapshot().ledger);
}

TEST_P(Retry, CancellingGivesWhatBacksOffBack) {
  Told told;
  const auto pool = make(far_backoff());
  ASSERT_EQ(pool->submit(Flaky(told, 1000)), SubmitStatus::Accepted);
  ASSERT_TRUE(eventually([&] { return pool->snapshot().ledger.backing_off == 1; }));
  const auto report = pool->shutdown(ShutdownMode::CancelQueued, kLong);
  ASSERT_TRUE(report.complete);
  EXPECT_EQ(report.cancelled, 1U);
  EXPECT_EQ(told.last.load(std::memory_order_seq_cst), Outcome::Cancelled);
  EXPECT_EQ(told.times.load(std::memory_order_seq_cst), 1);
  EXPECT_EQ(told.runs.load(std::memory_order_seq_cst), 1);
  expect_closed(pool->snapshot().ledger);
}

TEST_P(Retry, ShuttingDownWhileTasksFailLosesNone) {
  for (int round = 0; round < 40; ++round) {
    std::vector<Told> told(60);
    {
      const auto pool = make(backoff(3));
      for (std::size_t i = 0; i < told.size(); ++i) {
        ASSERT_EQ(pool->submit(Flaky(told[i], static_cast<int>(i % 4))), SubmitStatus::Accepted);
      }
      const auto mode = round % 2 == 0 ? ShutdownMode::Drain : ShutdownMode::CancelQueued;
      ASSERT_TRUE(pool->shutdown(mode, kLong).complete);
      expect_closed(pool->snapshot().ledger);
    }
    for (const Told& one : told) ASSERT_EQ(one.times.load(std::memory_order_seq_cst), 1);
  }
}

TEST_P(Retry, TheBudgetBoundsWhatManyFailuresCost) {
  Choice retry = backoff(3);
  retry.settings.set("budget_share", 0.1);
  constexpr int kTasks = 2000;
  std::vector<Told> told(kTasks);
  const auto pool = make(retry);
  for (Told& one : told) ASSERT_EQ(pool->submit(Flaky(one, 1000)), SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.failed, static_cast<std::uint64_t>(kTasks));
  const std::uint64_t retries = pool->report().by_series.at(0).retries;
  EXPECT_GE(retries, 10U);
  EXPECT_LE(retries, kTasks / 10 + 10U);
  EXPECT_GE(figure(*pool, "retries_denied"), kTasks - static_cast<double>(retries));
}

TEST_P(Retry, AGroupHearsOfTheLastAttemptAlone) {
  const auto pool = make(backoff(3));
  Told recovers;
  pools::TaskGroup good(*pool);
  ASSERT_EQ(good.run(Flaky(recovers, 2)), SubmitStatus::Accepted);
  EXPECT_NO_THROW(EXPECT_EQ(good.wait(), Outcome::Completed));
  Told fails;
  pools::TaskGroup bad(*pool);
  ASSERT_EQ(bad.run(Flaky(fails, 1000)), SubmitStatus::Accepted);
  EXPECT_THROW(bad.wait(), std::runtime_error);
}

TEST_P(Retry, TheContextCountsAttempts) {
  const auto pool = make(backoff(3));
  std::atomic<std::uint32_t> seen{0};
  ASSERT_EQ(pool->submit([&](const TaskContext& self) {
    seen.fetch_add(std::uint32_t{1} << (8 * (self.attempt - 1)), std::memory_order_relaxed);
    if (self.attempt < 3) throw std::runtime_error("asked to");
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(seen.load(std::memory_order_seq_cst), 0x010101U) << "one, two and three";
}

TEST_P(Retry, WhoIsAskedToStopWhileItBacksOffIsNotTriedAgain) {
  std::stop_source source;
  const TaskContext context{.stop = source.get_token()};
  Told told;
  const auto pool = make(backoff(3, 20));
  ASSERT_EQ(pool->submit(
                [&](const TaskContext&) {
                  told.runs.fetch_add(1, std::memory_order_seq_cst);
                  source.request_stop();
                  throw std::runtime_error("asked to");
                },
                {.context = &context}),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(told.runs.load(std::memory_order_seq_cst), 1);
  EXPECT_EQ(pool->snapshot().ledger.cancelled, 1U);
}

TEST_P(Retry, AClassHasItsOwnPolicy) {
  pools::PoolConfig config = GetParam().config;
  config.series = 4;
  config.retry = backoff(3);
  config.classes = {{"patient", {}, {}}, {"once", Choice{"discard", {}}, {}}};
  const auto pool = pools::make_pool(config);
  std::vector<Told> told(4);
  for (std::uint16_t series = 0; series < 4; ++series) {
    ASSERT_EQ(pool->submit(Flaky(told[series], 1000), {.series = series}), SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(told[0].runs.load(std::memory_order_seq_cst), 3);
  EXPECT_EQ(told[1].runs.load(std::memory_order_seq_cst), 1);
  EXPECT_EQ(told[2].runs.load(std::memory_order_seq_cst), 3);
  EXPECT_EQ(told[3].runs.load(std::memory_order_seq_cst), 1);
  EXPECT_EQ(pool->report().by_series.at(2).retries, 2U);
  EXPECT_EQ(pool->report().by_series.at(3).retries, 0U);
}

TEST_P(Retry, ASubmitterThatRunsItsTaskItselfLeavesItToThePool) {
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  config.queue_capacity = 4;
  config.on_full = pools::OnFull::CallerRuns;
  config.retry = backoff(3);
  std::vector<Told> told(50);
  const auto pool = pools::make_pool(config);
  {
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    for (Told& one : told) ASSERT_EQ(pool->submit(Flaky(one, 2)), SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  for (const Told& one : told) {
    EXPECT_EQ(one.runs.load(std::memory_order_seq_cst), 3);
    EXPECT_EQ(one.times.load(std::memory_order_seq_cst), 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Retry, testing::ValuesIn(strategies()), subject_name);

}  // namespace
}  // namespace contract
