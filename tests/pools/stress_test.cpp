// Long soaks (label `long`): everything at once, seeded, until a number of tasks or lives is
// reached.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"
#include "tests/pools/seed.h"

namespace contract {
namespace {

using pools::ShutdownMode;
using pools::SubmitStatus;

class Stress : public testing::TestWithParam<Subject> {};

/// A configuration drawn at random around the subject's strategy.
pools::PoolConfig drawn(const Subject& subject, std::mt19937_64& random) {
  const auto below = [&](std::uint32_t n) {
    return std::uniform_int_distribution<std::uint32_t>(0, n - 1)(random);
  };
  pools::PoolConfig config = subject.config;
  config.min_workers = 1 + below(3);
  config.max_workers = config.min_workers + below(4);
  config.seed = random();
  config.queue_capacity = below(2) == 0 ? 0 : 1 + below(100);
  if (config.dispatch.name == "batch" && config.queue_capacity != 0) {
    config.queue_capacity += 15;  // a batch that waits to be full has to fit
  }
  const std::array<pools::OnFull, 6> rules = {pools::OnFull::Block,      pools::OnFull::BlockFor,
                                              pools::OnFull::Reject,     pools::OnFull::CallerRuns,
                                              pools::OnFull::DropNewest, pools::OnFull::DropOldest};
  const pools::OnFull rule = rules[below(6)];
  if (config.queue_capacity != 0) config.on_full = rule;
  const auto& given = config.dispatch.settings.given();
  if (config.on_full == pools::OnFull::DropOldest && given.contains("order") &&
      config.dispatch.name == "priority") {
    config.on_full = pools::OnFull::DropNewest;  // by deadline or length nothing is the oldest
  }
  if (config.on_full == pools::OnFull::BlockFor)
    config.full_timeout = std::chrono::microseconds(50);
  config.metrics = below(2) == 0 ? pools::MetricsLevel::Full : pools::MetricsLevel::Off;
  if (config.min_workers < config.max_workers && below(2) == 0) config.sizing.name = "threshold";
  return config;
}

/// One pool's life: producers, tasks that throw, submit and join, a resizer, a watcher, and an end
/// that comes while all of that goes on or after it.
void live_once(const pools::PoolConfig& config, std::uint64_t seed, std::uint32_t tasks) {
  std::atomic<std::uint64_t> ran{0}, threw{0}, accepted{0};
  std::atomic<bool> done{false};
  std::atomic<std::uint32_t> producing{3};
  const auto pool = pools::make_pool(config);
  const auto leaf = [&ran] { ran.fetch_add(1, std::memory_order_relaxed); };
  const auto count = [&accepted](SubmitStatus status) {
    if (status == SubmitStatus::Accepted) accepted.fetch_add(1, std::memory_order_relaxed);
    return status;
  };
  const auto body = [&](std::uint32_t kind) {
    ran.fetch_add(1, std::memory_order_relaxed);
    if (kind == 0) {
      threw.fetch_add(1, std::memory_order_relaxed);
      throw std::runtime_error("asked to");
    }
    if (kind == 1) {
      for (int i = 0; i < 3; ++i) count(pool->submit(leaf));
    }
    if (kind == 2) {
      pools::TaskGroup group(*pool);
      for (int i = 0; i < 2; ++i) count(group.run(leaf));
      group.wait();
    }
  };
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < 3; ++p) {
    threads.emplace_back([&, p] {
      std::mt19937_64 random(seed + p);
      for (std::uint32_t i = 0; i < tasks; ++i) {
        const auto kind = static_cast<std::uint32_t>(random() % 16);
        const auto options = pools::SubmitOptions{
            .due = {}, .series = 0, .level = static_cast<std::uint8_t>(kind % 3)};
        const auto task = [&body, kind] { body(kind); };
        const auto status =
            random() % 4 == 0 ? pool->try_submit(task, options) : pool->submit(task, options);
        if (count(status) == SubmitStatus::ShuttingDown) break;
      }
      producing.fetch_sub(1, std::memory_order_relaxed);
    });
  }
  threads.emplace_back([&] {
    std::mt19937_64 random(seed + 10);
    std::uint64_t settled = 0;
    while (!done.load(std::memory_order_acquire)) {
      const auto now = pool->snapshot();
      EXPECT_GE(now.ledger.settled(), settled);
      settled = now.ledger.settled();
      if (random() % 2 == 0) pool->resize(1 + static_cast<std::uint32_t>(random() % 6));
      if (random() % 8 == 0) pool->wait_idle(std::chrono::microseconds(50));
      std::this_thread::yield();
    }
  });
  // The end: at once, after some tasks, or after all producers.
  std::mt19937_64 random(seed + 20);
  if (random() % 2 == 0) {
    const std::uint64_t some = random() % (tasks * 2);
    EXPECT_TRUE(eventually([&] {
      return ran.load(std::memory_order_relaxed) >= some / 4 ||
             producing.load(std::memory_order_relaxed) == 0;
    }));
  } else {
    for (std::size_t p = 0; p < 3; ++p) threads[p].join();
  }
  const auto mode = random() % 2 == 0 ? ShutdownMode::Drain : ShutdownMode::CancelQueued;
  const auto report = pool->shutdown(mode, kLong);
  done.store(true, std::memory_order_release);
  for (auto& thread : threads) {
    if (thread.joinable()) thread.join();
  }
  EXPECT_TRUE(report.complete);
  const auto ledger = pool->snapshot().ledger;
  expect_closed(ledger);
  EXPECT_EQ(ran.load() + report.cancelled + ledger.evicted, accepted.load());
  EXPECT_EQ(ledger.failed, threw.load());
  EXPECT_EQ(ledger.completed + ledger.failed, ran.load());
  EXPECT_EQ(pool->snapshot().workers, 0U);
}

TEST_P(Stress, ManyRandomLivesLoseNothing) {
  std::mt19937_64 random(tests::seed());
  const std::uint32_t lives = scaled(600);
  for (std::uint32_t life = 0; life < lives; ++life) {
    const pools::PoolConfig config = drawn(GetParam(), random);
    SCOPED_TRACE("life " + std::to_string(life) + ", workers " +
                 std::to_string(config.min_workers) + " to " + std::to_string(config.max_workers) +
                 ", capacity " + std::to_string(config.queue_capacity));
    live_once(config, random(), kSanitized ? 200 : 1'000);
    if (testing::Test::HasFailure()) return;
  }
}

TEST_P(Stress, MillionsOfTasksRunExactlyOnce) {
  const std::uint32_t rounds = kSanitized ? 10 : 40;
  const auto pool = pools::make_pool(GetParam().config);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Tally tally(kSanitized ? 20'000 : 200'000);
    std::vector<std::thread> producers;
    for (std::size_t p = 0; p < 4; ++p) {
      producers.emplace_back([&, p] {
        for (std::size_t i = p; i < tally.size(); i += 4) {
          ASSERT_EQ(pool->submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
        }
      });
    }
    for (auto& producer : producers) producer.join();
    expect_quiet(*pool);
    ASSERT_TRUE(tally.exactly_once()) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Stress, testing::ValuesIn(strategy_variants()), subject_name);

}  // namespace
}  // namespace contract
