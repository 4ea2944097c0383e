// What becomes of tasks while the pool lives: each runs exactly once, whoever submitted it and
// whatever the others do.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::SubmitStatus;

class Execution : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
};

/// Submits tasks 0 .. tally.size() from several threads that start together.
void submit_from(pools::Pool& pool, Tally& tally, std::uint32_t producers) {
  std::atomic<std::uint32_t> waiting{producers};
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      waiting.fetch_sub(1, std::memory_order_acq_rel);
      while (waiting.load(std::memory_order_acquire) != 0) std::this_thread::yield();
      for (std::size_t i = p; i < tally.size(); i += producers) {
        ASSERT_EQ(pool.submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_P(Execution, RunsEveryTaskOfOneProducerExactlyOnce) {
  Tally tally(scaled(20'000));
  const auto pool = make();
  submit_from(*pool, tally, 1);
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
  EXPECT_EQ(pool->snapshot().ledger.completed, tally.size());
}

TEST_P(Execution, RunsEveryTaskOfFourProducersExactlyOnce) {
  Tally tally(scaled(20'000));
  const auto pool = make();
  submit_from(*pool, tally, 4);
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Execution, RunsEveryTaskWhenTheWorkersFallAsleepInBetween) {
  // One task at a time, so that nearly each has to wake a worker: a lost wake-up hangs here.
  const std::uint32_t tasks = scaled(400);
  std::atomic<std::uint32_t> runs{0};
  const auto pool = make();
  for (std::uint32_t i = 0; i < tasks; ++i) {
    ASSERT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
    ASSERT_TRUE(pool->wait_idle(kLong)) << "task " << i << " was not run";
    ASSERT_EQ(runs.load(std::memory_order_relaxed), i + 1);
  }
}

/// A binary tree of tasks, each submitted by its parent from inside the pool.
struct Tree {
  pools::Pool& pool;
  Tally& tally;
  void operator()(std::size_t node) const {
    tally.mark(node);
    for (const std::size_t child : {2 * node + 1, 2 * node + 2}) {
      if (child >= tally.size()) break;
      const auto status = pool.submit([*this, child] { (*this)(child); });
      EXPECT_EQ(status, SubmitStatus::Accepted);
    }
  }
};

TEST_P(Execution, RunsTreesOfTasksThatSubmitTasks) {
  Tally tally(scaled(20'000));
  const auto pool = make();
  const Tree tree{*pool, tally};
  ASSERT_EQ(pool->submit([tree] { tree(0); }), SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Execution, IsNotHarmedByTasksThatThrow) {
  Tally tally(scaled(6'000));
  const auto pool = make();
  std::uint64_t throwing = 0;
  for (std::size_t i = 0; i < tally.size(); ++i) {
    throwing += i % 3 == 0 ? 1 : 0;
    const auto status = pool->submit([&tally, i] {
      tally.mark(i);
      if (i % 6 == 0) throw std::runtime_error("asked to");
      if (i % 3 == 0) throw 42;  // no std::exception: must not matter
    });
    ASSERT_EQ(status, SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
  const auto now = pool->snapshot();
  EXPECT_EQ(now.ledger.failed, throwing);
  EXPECT_EQ(now.ledger.completed, tally.size() - throwing);
  EXPECT_EQ(now.workers, 3U) << "a throwing task must not cost a worker";
}

/// Counts its living copies; larger than a task holds inline when padded.
template <std::size_t Bytes>
class Token {
 public:
  explicit Token(std::atomic<std::int64_t>& alive) : alive_(&alive) { count(1); }
  Token(const Token& other) : alive_(other.alive_) { count(1); }
  Token(Token&& other) noexcept : alive_(other.alive_) { count(1); }
  Token& operator=(const Token&) = delete;
  ~Token() { count(-1); }

 private:
  void count(std::int64_t by) { alive_->fetch_add(by, std::memory_order_relaxed); }
  std::atomic<std::int64_t>* alive_;
  std::array<char, Bytes> padding_{};
};

TEST_P(Execution, DestroysEveryCallableOnceRunThrownCancelledOrRefused) {
  std::atomic<std::int64_t> alive{0};
  std::atomic<std::uint32_t> runs{0};
  {
    const auto pool = make();
    const auto submit = [&](auto token, std::uint32_t i) {
      return pool->submit([token, i, &runs] {
        runs.fetch_add(1, std::memory_order_relaxed);
        if (i % 3 == 0) throw std::runtime_error("asked to");
      });
    };
    std::uint32_t accepted = 0;
    for (std::uint32_t i = 0; i < 300; ++i) {
      const auto status = i % 2 == 0 ? submit(Token<1>(alive), i) : submit(Token<400>(alive), i);
      accepted += status == SubmitStatus::Accepted ? 1 : 0;
    }
    const auto report = pool->shutdown(pools::ShutdownMode::CancelQueued, kLong);
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(runs.load(std::memory_order_relaxed) + report.cancelled, accepted);
    EXPECT_EQ(alive.load(std::memory_order_relaxed), 0) << "after shutdown";
    EXPECT_EQ(submit(Token<1>(alive), 1), SubmitStatus::ShuttingDown);
    EXPECT_EQ(submit(Token<400>(alive), 1), SubmitStatus::ShuttingDown);
    EXPECT_EQ(alive.load(std::memory_order_relaxed), 0) << "after refusal";
  }
  EXPECT_EQ(alive.load(std::memory_order_relaxed), 0);
}

TEST_P(Execution, RunsLargeAndMoveOnlyCallables) {
  std::atomic<std::uint64_t> sum{0};
  const auto pool = make();
  for (std::uint64_t i = 1; i <= 200; ++i) {
    std::array<std::uint64_t, 64> large{};
    large[63] = i;
    auto owned = std::make_unique<std::uint64_t>(i);
    const auto first =
        pool->submit([large, &sum] { sum.fetch_add(large[63], std::memory_order_relaxed); });
    const auto second = pool->submit(
        [owned = std::move(owned), &sum] { sum.fetch_add(*owned, std::memory_order_relaxed); });
    ASSERT_EQ(first, SubmitStatus::Accepted);
    ASSERT_EQ(second, SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(sum.load(std::memory_order_relaxed), 200U * 201U);
}

TEST_P(Execution, TrySubmitIsAcceptedWhereThereIsRoom) {
  Tally tally(500);
  const auto pool = make();
  for (std::size_t i = 0; i < tally.size(); ++i) {
    ASSERT_EQ(pool->try_submit([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Execution, WaitIdleComesBackAtOnceWhenThereWasNeverWork) {
  const auto pool = make();
  EXPECT_TRUE(pool->wait_idle(pools::Nanos{0}));
  expect_quiet(*pool);
}

TEST_P(Execution, WaitIdleGivesUpAtItsLimitWhileATaskIsStuck) {
  const auto pool = make();
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  EXPECT_FALSE(pool->wait_idle(std::chrono::milliseconds(1)));
  gate.open();
  EXPECT_TRUE(pool->wait_idle(kLong));
}

TEST_P(Execution, WaitIdleCanBeCalledByManyWhileOthersSubmit) {
  Tally tally(scaled(4'000));
  const auto pool = make();
  std::atomic<bool> done{false};
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] {
      while (!done.load(std::memory_order_acquire)) {
        EXPECT_TRUE(pool->wait_idle(kLong));
        std::this_thread::yield();
      }
    });
  }
  submit_from(*pool, tally, 2);
  done.store(true, std::memory_order_release);
  for (auto& waiter : waiters) waiter.join();
  expect_quiet(*pool);
  EXPECT_TRUE(tally.exactly_once());
}

TEST_P(Execution, CanBeCreatedAndDestroyedManyTimes) {
  const std::uint32_t rounds = scaled(40);
  std::atomic<std::uint64_t> runs{0};
  std::uint64_t submitted = 0;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const auto pool = make();
    for (std::uint32_t i = 0; i < round % 8; ++i) {  // also none: destroyed idle
      ASSERT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
                SubmitStatus::Accepted);
      ++submitted;
    }
  }
  EXPECT_EQ(runs.load(std::memory_order_relaxed), submitted) << "the destructor drains";
}

INSTANTIATE_TEST_SUITE_P(Strategies, Execution, testing::ValuesIn(strategy_variants()),
                         subject_name);

/// Products of policies: only the law that holds everywhere.
class EveryPolicy : public testing::TestWithParam<Subject> {};

TEST_P(EveryPolicy, SettlesEveryTaskExactlyOnce) {
  Tally tally(scaled(4'000));
  std::atomic<std::uint64_t> refused{0};
  const auto pool = pools::make_pool(GetParam().config);
  std::vector<std::thread> producers;
  for (std::size_t p = 0; p < 2; ++p) {
    producers.emplace_back([&, p] {
      for (std::size_t i = p; i < tally.size() / 2; i += 2) {
        const std::size_t child = tally.size() / 2 + i;
        const auto status = pool->submit([&, i, child] {
          tally.mark(i);
          if (pool->submit([&, child] { tally.mark(child); }) != SubmitStatus::Accepted) {
            refused.fetch_add(1, std::memory_order_relaxed);
          }
        });
        // A task that is refused takes its child along.
        if (status != SubmitStatus::Accepted) refused.fetch_add(2, std::memory_order_relaxed);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  expect_quiet(*pool);
  EXPECT_TRUE(tally.at_most_once());
  if (gives_up(GetParam().config.on_full)) return;  // one evicted takes its child along, or not
  EXPECT_EQ(tally.total() + refused.load(std::memory_order_relaxed), tally.size() / 2 * 2);
  if (GetParam().config.on_full != pools::OnFull::Reject) {
    EXPECT_EQ(refused.load(std::memory_order_relaxed), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizing, EveryPolicy, testing::ValuesIn(sizing_products()), subject_name);
INSTANTIATE_TEST_SUITE_P(Bounded, EveryPolicy, testing::ValuesIn(bounded_products()), subject_name);

}  // namespace
}  // namespace contract
