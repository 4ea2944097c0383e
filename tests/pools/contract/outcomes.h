// What every pool, ours or foreign, must say about the outcomes of its series.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>

#include "pools/make_pool.h"
#include "pools/pool.h"
#include "tests/pools/contract/gate.h"

namespace contract {

inline constexpr pools::Nanos kUntilSettled = std::chrono::duration_cast<pools::Nanos>(kPatience);

/// Every third task throws, every fifth submits another one: each is counted once, under its
/// series, whatever the metrics level.
inline void expect_exact_outcomes(pools::PoolConfig config, pools::MetricsLevel level) {
  constexpr std::uint16_t kSeries = 3;
  config.metrics = level;
  config.series = kSeries;
  const auto pool = pools::make_pool(config);
  std::uint64_t completed[kSeries] = {};
  std::uint64_t failed[kSeries] = {};
  for (std::uint32_t i = 0; i < 300; ++i) {
    pools::SubmitOptions options;
    options.series = static_cast<std::uint16_t>(i % 7 % kSeries);
    const bool throws = i % 3 == 0;
    const bool spawns = i % 5 == 0;
    ++(throws ? failed : completed)[options.series];
    completed[options.series] += spawns ? 1U : 0U;
    const auto body = [own = pool.get(), series = options.series, throws, spawns] {
      pools::SubmitOptions again;
      again.series = series;
      if (spawns) {
        EXPECT_EQ(own->submit([] {}, again), pools::SubmitStatus::Accepted);
      }
      if (throws) throw std::runtime_error("asked to");
    };
    ASSERT_EQ(pool->submit(body, options), pools::SubmitStatus::Accepted);
  }
  ASSERT_TRUE(pool->wait_idle(kUntilSettled));
  pool->shutdown(pools::ShutdownMode::Drain, kUntilSettled);
  pools::SubmitOptions late;
  late.series = 2;
  EXPECT_EQ(pool->submit([] {}, late), pools::SubmitStatus::ShuttingDown);
  const auto report = pool->report();
  ASSERT_EQ(report.by_series.size(), kSeries);
  for (std::size_t s = 0; s < kSeries; ++s) {
    EXPECT_EQ(report.by_series[s].completed, completed[s]) << "series " << s;
    EXPECT_EQ(report.by_series[s].failed, failed[s]) << "series " << s;
    EXPECT_EQ(report.by_series[s].cancelled, 0U) << "series " << s;
    EXPECT_EQ(report.by_series[s].rejected, s == 2 ? 1U : 0U) << "series " << s;
  }
}

/// Tasks that were due 100 s ago and are given back unrun: counted under their series, with the age
/// they had reached. Requires: the number of workers is fixed.
inline void expect_cancelled_with_their_age(pools::PoolConfig config, pools::MetricsLevel level) {
  config.metrics = level;
  config.series = 2;
  const auto pool = pools::make_pool(config);
  Gate gate;
  for (std::uint32_t i = 1; i <= pool->config().max_workers; ++i) {
    ASSERT_EQ(pool->submit(gate.blocker()), pools::SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(i));
  }
  const std::uint64_t expected[] = {60, 30};
  pools::SubmitOptions options;
  options.due = pools::Clock::now() - std::chrono::seconds(100);
  for (int i = 0; i < 90; ++i) {
    options.series = i % 3 == 0 ? 1 : 0;
    ASSERT_EQ(pool->submit([] {}, options), pools::SubmitStatus::Accepted);
  }
  // Told to cancel while all workers are held.
  const auto cancel = pools::ShutdownMode::CancelQueued;
  EXPECT_FALSE(pool->shutdown(cancel, pools::Nanos{0}).complete);
  gate.open();
  ASSERT_TRUE(pool->shutdown(cancel, kUntilSettled).complete);
  EXPECT_EQ(pool->snapshot().ledger.cancelled, 90U);
  const auto report = pool->report();
  for (std::size_t s = 0; s < 2; ++s) {
    const pools::SeriesReport& one = report.by_series.at(s);
    EXPECT_EQ(one.cancelled, expected[s]);
    if (level != pools::MetricsLevel::Full) continue;
    EXPECT_EQ(one.unserved_wait.count(), expected[s]);
    EXPECT_EQ(one.unserved_response.count(), expected[s]);
    EXPECT_GE(one.unserved_response.min(), std::chrono::seconds(99));
    EXPECT_LT(one.unserved_wait.min(), std::chrono::seconds(99)) << "counts from the submit";
  }
}

}  // namespace contract
