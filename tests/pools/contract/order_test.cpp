// In which order tasks start, where a strategy promises one, and that none waits for ever.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::Capabilities;
using pools::SubmitOptions;
using pools::SubmitStatus;

SubmitOptions at_level(std::uint8_t level) {
  return SubmitOptions{.due = {}, .series = 0, .level = level};
}

class Order : public testing::TestWithParam<Subject> {};
class FifoOrder : public Order {};
class LevelOrder : public Order {};
class SharedOrder : public Order {};

TEST_P(FifoOrder, OneWorkerStartsEachProducersTasksAsSubmitted) {
  constexpr std::uint32_t kProducers = 3;
  const std::uint32_t each = scaled(3'000);
  // Written by the one worker only, read when the pool is quiet.
  std::vector<std::vector<std::uint32_t>> started(kProducers);
  const auto pool = with_workers(GetParam(), 1);
  std::vector<std::thread> producers;
  for (std::uint32_t p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (std::uint32_t i = 0; i < each; ++i) {
        ASSERT_EQ(pool->submit([&started, p, i] { started[p].push_back(i); }),
                  SubmitStatus::Accepted);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  expect_quiet(*pool);
  for (const auto& order : started) {
    EXPECT_EQ(order.size(), each);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  }
}

/// Where the strategy has levels that age.
void set_ageing(pools::PoolConfig& config, double ms) {
  pools::Settings& settings = config.dispatch.settings;
  const auto levels = settings.given().find("levels");
  const bool one =
      levels != settings.given().end() && levels->second == pools::KnobValue(std::int64_t{1});
  if (config.dispatch.name == "priority" && !one) settings.set("ageing_ms", ms);
}

TEST_P(LevelOrder, UrgentLevelsStartFirst) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> started;
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  set_ageing(config, 0);  // strict
  const auto pool = pools::make_pool(config);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::uint8_t level = static_cast<std::uint8_t>(2 - i % 3);
    ASSERT_EQ(
        pool->submit([&started, level, i] { started.emplace_back(level, i); }, at_level(level)),
        SubmitStatus::Accepted);
  }
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(started.size(), 300U);
  const auto& settings = pool->config().dispatch.settings;
  if (settings.given().contains("levels") && settings.integer("levels") < 3) {
    return;  // the last levels are one: no order between them
  }
  EXPECT_TRUE(std::is_sorted(started.begin(), started.end())) << "by level, then first in first";
}

struct Ranked {
  const char* order;
  SubmitOptions (*wish)(std::int64_t rank);
};

class RankedOrder : public testing::TestWithParam<Ranked> {};

TEST_P(RankedOrder, TheSmallestRankOfALevelStartsFirstAndUnrankedOnesLast) {
  std::vector<std::int64_t> started;
  pools::PoolConfig config;
  config.dispatch.name = "priority";
  config.dispatch.settings.set("ageing_ms", 0.0);
  config.dispatch.settings.set("order", std::string(GetParam().order));
  config.min_workers = config.max_workers = 1;
  const auto pool = pools::make_pool(config);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  constexpr std::int64_t kTasks = 5'000;  // more than the heap keeps memory for
  const auto submit = [&](std::int64_t name, const SubmitOptions& wish) {
    ASSERT_EQ(pool->submit([&started, name] { started.push_back(name); }, wish),
              SubmitStatus::Accepted);
  };
  submit(kTasks, {});
  submit(kTasks + 1, {});
  // 7 and 5,000 have no common divisor: each rank once, none where it was submitted.
  for (std::int64_t i = 0; i < kTasks; ++i) {
    const std::int64_t rank = i * 7 % kTasks;
    submit(rank, GetParam().wish(1 + rank / 2));  // two of each: in the order of submission
  }
  gate.open();
  expect_quiet(*pool);
  ASSERT_EQ(started.size(), static_cast<std::size_t>(kTasks) + 2);
  std::vector<std::int64_t> pairs;
  for (const std::int64_t name : started) pairs.push_back(name / 2);
  EXPECT_TRUE(std::is_sorted(pairs.begin(), pairs.end()));
  EXPECT_EQ(started[started.size() - 2], kTasks);
  EXPECT_EQ(started.back(), kTasks + 1);
}

INSTANTIATE_TEST_SUITE_P(Priority, RankedOrder,
                         testing::Values(Ranked{"edf",
                                                [](std::int64_t rank) {
                                                  return SubmitOptions{.deadline = pools::Instant{
                                                                           pools::Nanos{rank}}};
                                                }},
                                         Ranked{"sjf",
                                                [](std::int64_t rank) {
                                                  return SubmitOptions{.expected =
                                                                           pools::Nanos{rank}};
                                                }}),
                         [](const auto& test) { return std::string(test.param.order); });

/// Keeps the queue busy with urgent tasks until it is told to stop.
struct UrgentStream {
  pools::Pool& pool;
  const std::atomic<bool>& stop;
  void operator()() const {
    if (stop.load(std::memory_order_relaxed)) return;
    EXPECT_EQ(pool.submit(*this, at_level(0)), SubmitStatus::Accepted);
  }
};

TEST_P(Order, NoTaskStarvesBehindAnEndlessStreamOfUrgentOnes) {
  std::atomic<bool> ran{false};
  pools::PoolConfig config = GetParam().config;
  config.min_workers = config.max_workers = 1;
  set_ageing(config, 1);
  const auto pool = pools::make_pool(config);
  // Several, so that one is always waiting while another runs.
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(pool->submit(UrgentStream{*pool, ran}, at_level(0)), SubmitStatus::Accepted);
  }
  const auto status =
      pool->submit([&ran] { ran.store(true, std::memory_order_relaxed); }, at_level(2));
  ASSERT_EQ(status, SubmitStatus::Accepted);
  const bool in_time = eventually([&] { return ran.load(std::memory_order_relaxed); });
  ran.store(true, std::memory_order_relaxed);
  EXPECT_TRUE(in_time) << "the urgent stream starves it";
  expect_quiet(*pool);
}

TEST_P(Order, NoOutsideTaskStarvesBehindTasksThatSubmitTheirSuccessors) {
  // One self-renewing chain per worker and more: strategies with queues of their own (deques, LIFO
  // slots) must look at what comes from outside now and then.
  std::atomic<bool> ran{false};
  const auto pool = with_workers(GetParam(), 2);
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(pool->submit(UrgentStream{*pool, ran}), SubmitStatus::Accepted);
  }
  ASSERT_EQ(pool->submit([&ran] { ran.store(true, std::memory_order_relaxed); }),
            SubmitStatus::Accepted);
  const bool in_time = eventually([&] { return ran.load(std::memory_order_relaxed); });
  ran.store(true, std::memory_order_relaxed);
  EXPECT_TRUE(in_time) << "chains inside the pool starve it";
  expect_quiet(*pool);
}

TEST_P(Order, ALonelyTaskIsRunWithoutMoreArriving) {
  // A batch that never fills must be handed over by its timer or to an idle worker.
  const auto pool = pools::make_pool(GetParam().config);
  for (int round = 0; round < 5; ++round) {
    std::atomic<bool> ran{false};
    ASSERT_EQ(pool->submit([&ran] { ran.store(true, std::memory_order_release); }),
              SubmitStatus::Accepted);
    EXPECT_TRUE(eventually([&] { return ran.load(std::memory_order_acquire); }));
    expect_quiet(*pool);
  }
}

TEST_P(Order, ShutdownDoesNotWaitForATimer) {
  std::atomic<bool> ran{false};
  pools::PoolConfig config = GetParam().config;
  if (config.dispatch.name == "batch") {
    config.dispatch.settings.set("size", std::int64_t{16});
    config.dispatch.settings.set("early_flush", false);
    config.dispatch.settings.set("flush_us", 60e6);
  }
  const auto pool = pools::make_pool(config);
  ASSERT_EQ(pool->submit([&ran] { ran.store(true, std::memory_order_relaxed); }),
            SubmitStatus::Accepted);
  EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
  EXPECT_TRUE(ran.load(std::memory_order_relaxed));
}

/// As many tasks as workers, each waiting for all the others: a worker that keeps a second one in
/// back while another worker is idle hangs here.
TEST_P(SharedOrder, AsManyTasksAsWorkersCanWaitForEachOther) {
  constexpr std::uint32_t kWorkers = 3;
  const auto pool = with_workers(GetParam(), kWorkers);
  for (std::uint32_t round = 0; round < scaled(40); ++round) {
    // Tiny tasks first: a worker that learns from them to take many at once must still leave the
    // others theirs.
    for (int i = 0; i < 300; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    ASSERT_TRUE(pool->wait_idle(kLong));
    Gate gate;
    for (std::uint32_t i = 0; i < kWorkers; ++i) {
      ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    }
    ASSERT_TRUE(gate.await_arrivals(kWorkers))
        << "only " << gate.arrived() << " of " << kWorkers << " run, round " << round;
    gate.open();
    expect_quiet(*pool);
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Order, testing::ValuesIn(strategy_variants()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, FifoOrder,
                         testing::ValuesIn(that_can(&Capabilities::fifo, strategy_variants())),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, LevelOrder,
                         testing::ValuesIn(that_can(&Capabilities::priorities,
                                                    strategy_variants())),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, SharedOrder,
                         testing::ValuesIn(that_share(strategy_variants())), subject_name);

}  // namespace
}  // namespace contract
