// What a pool says about itself agrees with what it did.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/pools/contract/outcomes.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::PoolConfig;
using pools::PoolSnapshot;
using pools::SubmitOptions;
using pools::SubmitStatus;

class Metrics : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
};

class StealMetrics : public Metrics {};

TEST_P(Metrics, TheLedgerClosesWheneverThePoolIsQuiet) {
  const auto pool = make();
  std::uint64_t submitted = 0;
  for (std::uint32_t round = 1; round <= scaled(50); ++round) {
    for (std::uint32_t i = 0; i < round * 3; ++i) {
      const auto status = pool->submit([i] {
        if (i % 5 == 0) throw std::runtime_error("asked to");
      });
      ASSERT_EQ(status, SubmitStatus::Accepted);
      ++submitted;
    }
    expect_quiet(*pool);
    const auto ledger = pool->snapshot().ledger;
    ASSERT_EQ(ledger.submitted, submitted);
    ASSERT_EQ(ledger.completed + ledger.failed, submitted);
  }
}

TEST_P(Metrics, TheLedgerClosesWhileTasksWaitAndRun) {
  const auto pool = with_workers(GetParam(), 1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (int i = 0; i < 70; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  const PoolSnapshot now = pool->snapshot();
  EXPECT_EQ(now.ledger.running, 1U);
  EXPECT_EQ(now.ledger.queued, 70U);
  EXPECT_EQ(now.queue_depth, 70U);
  EXPECT_EQ(now.workers, 1U);
  expect_closed(now.ledger);
}

TEST_P(Metrics, TheWorkersFiguresAddUpToTheLedger) {
  const std::uint32_t tasks = scaled(8'000);
  const auto pool = make();
  for (std::uint32_t i = 0; i < tasks; ++i) {
    const auto status = pool->submit([i] {
      if (i % 7 == 0) throw std::runtime_error("asked to");
    });
    ASSERT_EQ(status, SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  const PoolSnapshot now = pool->snapshot();
  ASSERT_EQ(now.by_worker.size(), GetParam().config.max_workers);
  std::uint64_t completed = 0, failed = 0;
  for (const auto& worker : now.by_worker) {
    completed += worker.completed;
    failed += worker.failed;
    EXPECT_GE(worker.busy.count(), 0);
    EXPECT_GE(worker.parked.count(), 0);
    EXPECT_EQ(worker.depth, 0U);
    EXPECT_NE(worker.state, pools::WorkerState::Absent);
    EXPECT_NE(worker.state, pools::WorkerState::Busy);
  }
  EXPECT_EQ(completed, now.ledger.completed);
  EXPECT_EQ(failed, now.ledger.failed);
}

TEST_P(Metrics, NeverRunBackwardsUnderLoad) {
  Tally tally(scaled(20'000));
  const auto pool = make();
  std::atomic<bool> done{false};
  std::thread sampler([&] {
    PoolSnapshot last = pool->snapshot();
    while (!done.load(std::memory_order_acquire)) {
      const PoolSnapshot now = pool->snapshot();
      EXPECT_GE(now.at, last.at);
      EXPECT_GE(now.ledger.submitted, last.ledger.submitted);
      EXPECT_GE(now.ledger.completed, last.ledger.completed);
      EXPECT_LE(now.ledger.settled(), now.ledger.submitted) << "settled before it was submitted";
      // An estimate while tasks move: one on its way from queue to queue may be seen in both.
      EXPECT_LE(now.queue_depth, 2 * tally.size());
      EXPECT_LE(now.ledger.running, GetParam().config.max_workers);
      EXPECT_GE(now.response.count(), last.response.count());
      EXPECT_LE(now.workers, GetParam().config.max_workers);
      last = now;
    }
  });
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  done.store(true, std::memory_order_release);
  sampler.join();
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Metrics, LatenciesAreKeptPerSeriesAndCountEveryTask) {
  constexpr std::uint64_t kTasks[] = {100, 250, 40};
  PoolConfig config = GetParam().config;
  config.series = 3;
  const auto pool = pools::make_pool(config);
  for (std::uint16_t series = 0; series < 3; ++series) {
    for (std::uint64_t i = 0; i < kTasks[series]; ++i) {
      const auto status = pool->submit(
          [series, i] {
            if (series == 1 && i % 5 == 0) throw std::runtime_error("asked to");
          },
          SubmitOptions{.due = {}, .series = series, .level = 0});
      ASSERT_EQ(status, SubmitStatus::Accepted);
    }
  }
  expect_quiet(*pool);
  const auto report = pool->report();
  ASSERT_EQ(report.by_series.size(), 3U);
  for (std::size_t series = 0; series < 3; ++series) {
    const auto& one = report.by_series[series];
    EXPECT_EQ(one.completed + one.failed, kTasks[series]);
    EXPECT_EQ(one.failed, series == 1 ? kTasks[1] / 5 : 0);
    EXPECT_EQ(one.queue_wait.count(), kTasks[series]);
    EXPECT_EQ(one.service.count(), kTasks[series]);
    EXPECT_EQ(one.response.count(), kTasks[series]);
    EXPECT_GE(one.response.max(), one.service.quantile(0));
  }
  const PoolSnapshot now = pool->snapshot();
  EXPECT_EQ(now.response.count(), 390U);
  EXPECT_EQ(now.queue_wait.count(), 390U);
}

TEST_P(Metrics, ResponseCountsFromWhenTheTaskWasDue) {
  const auto pool = make();
  const pools::Nanos late = std::chrono::seconds(1);
  for (int i = 0; i < 20; ++i) {
    const auto status = pool->submit(
        [] {}, SubmitOptions{.due = pools::Clock::now() - late, .series = 0, .level = 0});
    ASSERT_EQ(status, SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  const auto report = pool->report();
  ASSERT_EQ(report.by_series.size(), 1U);
  EXPECT_EQ(report.by_series[0].response.count(), 20U);
  // The lag is kept as a float and the histogram rounds: one part in a thousand.
  EXPECT_GE(report.by_series[0].response.min(), late - late / 1000);
  // Beside it, the same without what the late submit added.
  const pools::SeriesReport& series = report.by_series[0];
  EXPECT_EQ(series.since_send().count(), 20U);
  const auto late_ns = static_cast<double>(late.count());
  EXPECT_NEAR(series.response.sum_ns() - series.since_send().sum_ns(), 20 * late_ns,
              20 * late_ns / 1000);
}

TEST_P(Metrics, WhatAnotherTaskSubmitsIsNotSentLate) {
  const auto pool = make();
  const pools::Instant due = pools::Clock::now() - std::chrono::milliseconds(10);
  const SubmitOptions options{.due = due, .series = 0, .level = 0};
  ASSERT_EQ(pool->submit(
                [&pool, options] {
                  for (int i = 0; i < 30; ++i) {
                    EXPECT_EQ(pool->submit([] {}, options), SubmitStatus::Accepted);
                  }
                },
                options),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  const pools::SeriesReport series = pool->report().by_series.at(0);
  EXPECT_EQ(series.response.count(), 31U);
  EXPECT_EQ(series.late_response.count(), 1U) << "the first, which came from outside";
  EXPECT_EQ(series.late_since_send.count(), 1U);
  std::size_t spawned = 0;
  for (const pools::SlowTask& one : series.slowest) spawned += one.spawned;
  EXPECT_GE(spawned, pools::SlowTask::kKept - 1);
}

TEST_P(Metrics, WhoIsOnTimeHasOneResponse) {
  const auto pool = make();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  expect_quiet(*pool);
  const pools::SeriesReport series = pool->report().by_series.at(0);
  EXPECT_EQ(series.since_send().count(), 20U);
  EXPECT_EQ(series.since_send().sum_ns(), series.response.sum_ns());
}

TEST_P(Metrics, TheSlowestTasksAreKeptWithTheirTimesAndTheirWorker) {
  const auto pool = with_workers(GetParam(), 1);
  const pools::Instant before = pools::Clock::now();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  expect_quiet(*pool);
  const pools::Instant after = pools::Clock::now();
  const pools::SeriesReport series = pool->report().by_series.at(0);
  ASSERT_EQ(series.slowest.size(), pools::SlowTask::kKept);
  for (const pools::SlowTask& one : series.slowest) {
    EXPECT_LE(before, one.due);
    EXPECT_LE(one.due, one.accepted);
    EXPECT_LE(one.accepted, one.start);
    EXPECT_LE(one.start, one.finish);
    EXPECT_LE(one.finish, after);
    EXPECT_LE(one.before_start, one.before_finish);
    EXPECT_LE(one.before_finish, one.start) << "its worker ran it after the one before";
    EXPECT_EQ(one.worker, 0U);
    EXPECT_GE(one.response(), series.slowest.back().response());
  }
  EXPECT_EQ(series.response.max(), series.slowest.front().response());
}

TEST_P(Metrics, SwitchedOffStillCountButReadNoClock) {
  PoolConfig config = GetParam().config;
  config.metrics = pools::MetricsLevel::Off;
  const auto pool = pools::make_pool(config);
  for (int i = 0; i < 300; ++i) {
    const auto status = pool->submit([i] {
      if (i % 3 == 0) throw std::runtime_error("asked to");
    });
    ASSERT_EQ(status, SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  const PoolSnapshot now = pool->snapshot();
  EXPECT_EQ(now.ledger.completed, 200U);
  EXPECT_EQ(now.ledger.failed, 100U);
  EXPECT_TRUE(now.response.empty());
  for (const auto& series : pool->report().by_series) {
    EXPECT_TRUE(series.response.empty());
    EXPECT_TRUE(series.slowest.empty());
  }
}

TEST_P(Metrics, OutcomesOfEachSeriesAreExactAtEveryMetricsLevel) {
  for (const auto level :
       {pools::MetricsLevel::Full, pools::MetricsLevel::Sampled, pools::MetricsLevel::Off}) {
    expect_exact_outcomes(GetParam().config, level);
  }
}

TEST_P(Metrics, CancelledTasksAreCountedPerSeriesWithTheirAge) {
  PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  config.sizing = {"fixed", {}};
  for (const auto level :
       {pools::MetricsLevel::Full, pools::MetricsLevel::Sampled, pools::MetricsLevel::Off}) {
    expect_cancelled_with_their_age(config, level);
  }
}

TEST_P(StealMetrics, StealsOfWorkersAndMatrixAgree) {
  const std::uint32_t tasks = scaled(4'000);
  std::atomic<std::uint64_t> runs{0};
  const auto pool = make();
  // The work comes from one worker that is stuck, beside two others. Once it is placed, one of
  // those is free again: what waits at the other two (push puts nothing at the first) it gets by
  // stealing or not at all.
  Gate free;
  Gate stuck;
  ASSERT_EQ(pool->submit(free.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(free.await_arrivals(1));
  const auto block = stuck.blocker();
  ASSERT_EQ(pool->submit(block), SubmitStatus::Accepted);
  ASSERT_TRUE(stuck.await_arrivals(1));
  ASSERT_EQ(pool->submit([&, block] {
    for (std::uint32_t i = 0; i < tasks; ++i) {
      EXPECT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
                SubmitStatus::Accepted);
    }
    block();
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(stuck.await_arrivals(2));
  free.open();
  EXPECT_TRUE(eventually([&] { return runs.load(std::memory_order_relaxed) == tasks; }))
      << "only " << runs.load() << " of " << tasks << " were reached by thieves";
  stuck.open();
  expect_quiet(*pool);
  std::uint64_t attempts = 0, hits = 0, items = 0, claims = 0;
  const auto now = pool->snapshot();
  for (const auto& worker : now.by_worker) {
    attempts += worker.steal_attempts;
    hits += worker.steal_hits;
    items += worker.steal_items;
    claims += worker.claims;
    EXPECT_LE(worker.steal_hits, worker.steal_attempts);
    EXPECT_LE(worker.steal_hits, worker.steal_items);
  }
  EXPECT_GT(hits, 0U);
  const auto report = pool->report();
  ASSERT_EQ(report.slots, now.by_worker.size());
  ASSERT_EQ(report.steal_matrix.size(), std::size_t{report.slots} * report.slots);
  EXPECT_EQ(
      std::accumulate(report.steal_matrix.begin(), report.steal_matrix.end(), std::uint64_t{0}),
      items + claims);
  for (std::uint32_t thief = 0; thief < report.slots; ++thief) {
    const std::uint64_t* row = report.steal_matrix.data() + std::size_t{thief} * report.slots;
    EXPECT_EQ(row[thief], 0U) << "worker " << thief << " stole from itself";
    EXPECT_EQ(std::accumulate(row, row + report.slots, std::uint64_t{0}),
              now.by_worker[thief].steal_items + now.by_worker[thief].claims);
  }
}

/// Of tiny tasks a worker takes many at once; what it has not begun others may have, or may not.
TEST_P(Metrics, WhatOthersClaimIsCountedAndOnlyWhereItMayBeClaimed) {
  const auto pool = make();
  const pools::Choice& choice = pool->config().dispatch;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    }
    ASSERT_TRUE(pool->wait_idle(pools::Nanos::max()));
  }
  std::uint64_t had = 0;
  for (const auto& worker : pool->snapshot().by_worker) had += worker.steal_items + worker.claims;
  const auto report = pool->report();
  EXPECT_EQ(
      std::accumulate(report.steal_matrix.begin(), report.steal_matrix.end(), std::uint64_t{0}),
      had);
  const bool may = choice.name != "push" || choice.settings.flag("steal");
  if (!may) {
    EXPECT_EQ(had, 0U) << "it runs where it was put";
    EXPECT_TRUE(report.steal_matrix.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Metrics, testing::ValuesIn(strategy_variants()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, StealMetrics,
                         testing::ValuesIn(that_steal(strategy_variants())), subject_name);

}  // namespace
}  // namespace contract
