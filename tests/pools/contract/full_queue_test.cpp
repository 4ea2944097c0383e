// What becomes of a submit that finds the queue full, rule by rule, and who is told.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::OnFull;
using pools::Outcome;
using pools::SubmitStatus;

constexpr std::uint64_t kPlaces = 4;

/// Notes how its task ended.
struct Told {
  std::atomic<int>* ran;
  std::atomic<int>* evicted;
  void operator()() const { ran->fetch_add(1, std::memory_order_relaxed); }
  void ended(Outcome outcome) const noexcept {
    if (outcome == Outcome::Evicted) evicted->fetch_add(1, std::memory_order_relaxed);
  }
};

class FullQueue : public testing::TestWithParam<Subject> {
 protected:
  /// One worker, held at the gate; nullptr where the pool does not offer the rule.
  std::unique_ptr<pools::Pool> held(OnFull rule, Gate& gate,
                                    std::chrono::nanoseconds timeout = {}) const {
    Subject subject = GetParam();
    subject.config.queue_capacity = kPlaces;
    subject.config.on_full = rule;
    subject.config.full_timeout = timeout;
    auto pool = with_workers(subject, 1);
    EXPECT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    EXPECT_TRUE(gate.await_arrivals(1));
    return pool;
  }
  static bool evicts(const Subject& subject) {
    const auto* row = pools::find_dispatch(subject.config.dispatch.name);
    return row != nullptr && row->capabilities.evicts;
  }
};

TEST_P(FullQueue, DropOldestGivesUpTheTasksInTheOrderOfTheirArrival) {
  if (!evicts(GetParam())) {
    Gate gate;
    EXPECT_THROW(held(OnFull::DropOldest, gate), pools::ConfigError);
    return;
  }
  Tally tally(3 * kPlaces);
  std::vector<std::size_t> evicted;
  struct Numbered {
    Tally* tally;
    std::vector<std::size_t>* evicted;  // by the submitting thread only
    std::size_t number;
    void operator()() const { tally->mark(number); }
    void ended(Outcome outcome) const noexcept {
      if (outcome == Outcome::Evicted) evicted->push_back(number);
    }
  };
  Gate gate;
  const auto pool = held(OnFull::DropOldest, gate);
  for (std::size_t i = 0; i < tally.size(); ++i) {
    EXPECT_EQ(pool->submit(Numbered{&tally, &evicted, i}), SubmitStatus::Accepted);
  }
  EXPECT_EQ(pool->snapshot().queue_depth, kPlaces);
  gate.open();
  expect_quiet(*pool);
  ASSERT_EQ(evicted.size(), 2 * kPlaces);
  for (std::size_t i = 0; i < evicted.size(); ++i) EXPECT_EQ(evicted[i], i);
  for (std::size_t i = 0; i < tally.size(); ++i) {
    EXPECT_EQ(tally.runs(i), i < 2 * kPlaces ? 0U : 1U) << i;
  }
  EXPECT_EQ(pool->report().by_series.at(0).evicted, 2 * kPlaces);
}

TEST_P(FullQueue, DropNewestGivesUpTheNewTaskAndSaysSoToWhoWaits) {
  std::atomic<int> ran{0}, evicted{0};
  Gate gate;
  const auto pool = held(OnFull::DropNewest, gate);
  for (std::uint64_t i = 0; i < kPlaces + 3; ++i) {
    EXPECT_EQ(pool->submit(Told{&ran, &evicted}), SubmitStatus::Accepted);
    EXPECT_EQ(evicted.load(std::memory_order_relaxed),
              i < kPlaces ? 0 : static_cast<int>(i - kPlaces) + 1)
        << "told at once";
  }
  pools::TaskGroup group(*pool);
  EXPECT_EQ(group.run([] {}), SubmitStatus::Accepted);
  EXPECT_EQ(group.wait(), Outcome::Evicted);
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(std::memory_order_relaxed), static_cast<int>(kPlaces));
  EXPECT_EQ(pool->snapshot().ledger.evicted, 4U);
}

TEST_P(FullQueue, AGroupThatLosesATaskToANewerOneIsTold) {
  if (!evicts(GetParam())) return;
  Gate gate;
  const auto pool = held(OnFull::DropOldest, gate);
  pools::TaskGroup group(*pool);
  EXPECT_EQ(group.run([] {}), SubmitStatus::Accepted);
  for (std::uint64_t i = 0; i < kPlaces; ++i) {
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  }
  EXPECT_EQ(group.wait(), Outcome::Evicted) << "while the worker is still held";
  gate.open();
  expect_quiet(*pool);
}

TEST_P(FullQueue, BlockForRefusesWhenItsTimeIsUpAndNotBefore) {
  Gate gate;
  const auto pool = held(OnFull::BlockFor, gate, std::chrono::milliseconds(2));
  for (std::uint64_t i = 0; i < kPlaces; ++i) {
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  }
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(pool->submit([] {}), SubmitStatus::QueueFull);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::microseconds(1900));
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.rejected, 1U);
}

TEST_P(FullQueue, BlockForGetsThePlaceThatComesInTime) {
  Gate gate;
  const auto pool = held(OnFull::BlockFor, gate, pools::kLongestFullTimeout);
  for (std::uint64_t i = 0; i < kPlaces; ++i) {
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  }
  auto waiting = std::async(std::launch::async, [&] { return pool->submit([] {}); });
  gate.open();
  EXPECT_EQ(waiting.get(), SubmitStatus::Accepted);
  expect_quiet(*pool);
}

TEST_P(FullQueue, SubmitForWaitsWhateverTheRuleAndNeverRunsTheTaskHere) {
  for (const OnFull rule : {OnFull::Reject, OnFull::CallerRuns, OnFull::DropNewest}) {
    Gate gate;
    const auto pool = held(rule, gate);
    std::atomic<int> ran{0};
    const auto task = [&ran] { ran.fetch_add(1, std::memory_order_relaxed); };
    for (std::uint64_t i = 0; i < kPlaces; ++i) {
      EXPECT_EQ(pool->submit_for(kLong, task), SubmitStatus::Accepted) << "there is room";
    }
    EXPECT_EQ(pool->submit_for(pools::Nanos{0}, task), SubmitStatus::QueueFull);
    EXPECT_EQ(pool->submit_for(pools::Nanos{-1}, task), SubmitStatus::QueueFull);
    EXPECT_EQ(pool->submit_for(std::chrono::microseconds(300), task), SubmitStatus::QueueFull);
    EXPECT_EQ(ran.load(std::memory_order_relaxed), 0);
    auto waiting = std::async(std::launch::async, [&] { return pool->submit_for(kLong, task); });
    gate.open();
    EXPECT_EQ(waiting.get(), SubmitStatus::Accepted);
    expect_quiet(*pool);
    EXPECT_EQ(ran.load(std::memory_order_relaxed), static_cast<int>(kPlaces) + 1);
    EXPECT_EQ(pool->snapshot().ledger.evicted, 0U);
  }
}

TEST_P(FullQueue, SubmitForInsideATaskOfThePoolNeverWaits) {
  Subject subject = GetParam();
  subject.config.queue_capacity = 1;
  const auto pool = with_workers(subject, 1);
  std::vector<SubmitStatus> said;
  Gate gate;
  const auto block = gate.blocker();
  ASSERT_EQ(pool->submit([&, block] {
    block();
    said.push_back(pool->submit_for(kLong, [] {}));
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(said, std::vector<SubmitStatus>{SubmitStatus::QueueFull});
}

TEST_P(FullQueue, ShutdownEndsAWaitForRoomAtOnce) {
  Gate gate;
  const auto pool = held(OnFull::Reject, gate);
  for (std::uint64_t i = 0; i < kPlaces; ++i) {
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  }
  auto waiting = std::async(std::launch::async, [&] { return pool->submit_for(kLong, [] {}); });
  EXPECT_FALSE(pool->shutdown(pools::ShutdownMode::Drain, pools::Nanos{0}).complete);
  EXPECT_EQ(waiting.get(), SubmitStatus::ShuttingDown);
  gate.open();
  EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
}

/// Each pool's caller runs the other's tasks, which submit back: bounded, and all are run.
TEST_P(FullQueue, CallersThatAreWorkersOfAnotherPoolRunTasksToABoundedDepth) {
  Subject subject = GetParam();
  subject.config.queue_capacity = 1;
  subject.config.on_full = OnFull::CallerRuns;
  const auto left = with_workers(subject, 1);
  const auto right = with_workers(subject, 1);
  constexpr int kHops = kSanitized ? 2'000 : 20'000;
  std::atomic<int> hops{0};
  thread_local int depth = 0;
  std::atomic<int> deepest{0};
  struct Hop {
    pools::Pool* here;
    pools::Pool* there;
    std::atomic<int>* hops;
    std::atomic<int>* deepest;
    void operator()() const {
      ++depth;
      int seen = deepest->load(std::memory_order_relaxed);
      while (seen < depth && !deepest->compare_exchange_weak(seen, depth)) {
      }
      if (hops->fetch_add(1, std::memory_order_relaxed) < kHops) {
        for (int i = 0; i < 2; ++i)
          EXPECT_EQ(there->submit(Hop{there, here, hops, deepest}), SubmitStatus::Accepted);
      }
      --depth;
    }
  };
  EXPECT_EQ(left->submit(Hop{left.get(), right.get(), &hops, &deepest}), SubmitStatus::Accepted);
  EXPECT_TRUE(eventually([&] {
    return left->wait_idle(kLong) && right->wait_idle(kLong) && left->wait_idle(pools::Nanos{0});
  }));
  EXPECT_GE(hops.load(std::memory_order_relaxed), kHops);
  EXPECT_LE(deepest.load(std::memory_order_relaxed), 20) << "at most 8 and 2 more of each pool";
}

INSTANTIATE_TEST_SUITE_P(Pools, FullQueue, testing::ValuesIn(every_pool()), subject_name);

TEST(DropOldest, GivesUpTheLeastUrgentFirstAndNothingMoreUrgentThanTheNewTask) {
  pools::PoolConfig config;
  config.dispatch.name = "priority";
  config.min_workers = 1;
  config.queue_capacity = 3;
  config.on_full = OnFull::DropOldest;
  config.series = 8;
  const auto pool = pools::make_pool(config);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  const auto submit = [&](std::uint8_t level, std::uint16_t series) {
    EXPECT_EQ(pool->submit([] {}, {.due = {}, .series = series, .level = level}),
              SubmitStatus::Accepted);
  };
  const auto evicted = [&](std::size_t series) { return pool->report().by_series[series].evicted; };
  submit(2, 1);
  submit(1, 2);
  submit(2, 3);
  submit(0, 4);  // the first of the last level goes
  EXPECT_EQ(evicted(1), 1U);
  submit(2, 5);  // as urgent as the one it pushes out
  EXPECT_EQ(evicted(3), 1U);
  submit(0, 6);
  EXPECT_EQ(evicted(5), 1U);
  submit(2, 7);  // all that waits is more urgent: the new one gives way
  EXPECT_EQ(evicted(7), 1U);
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.evicted, 4U);
  for (const std::size_t series : {2U, 4U, 6U}) {
    EXPECT_EQ(pool->report().by_series[series].completed, 1U) << series;
  }
}

TEST(DropOldest, NeedsAnOrderThatKnowsTheOldest) {
  for (const char* const order : {"edf", "sjf"}) {
    pools::PoolConfig config;
    config.dispatch.name = "priority";
    config.dispatch.settings.set("order", std::string(order));
    config.queue_capacity = 3;
    config.on_full = OnFull::DropOldest;
    EXPECT_THROW(static_cast<void>(pools::resolved(config)), pools::ConfigError);
  }
}

/// Tasks whose end submits another one would evict each other without end.
TEST(DropOldest, EndsWhereAnEvictedCallableSubmitsAgain) {
  pools::PoolConfig config;
  config.min_workers = 1;
  config.queue_capacity = 2;
  config.on_full = OnFull::DropOldest;
  struct Undying {
    explicit Undying(pools::Pool& own) : pool(&own) {}
    Undying(Undying&& other) noexcept : pool(std::exchange(other.pool, nullptr)) {}
    ~Undying() {
      if (pool == nullptr) return;
      EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    }
    void operator()() const {}
    pools::Pool* pool;
  };
  const auto pool = pools::make_pool(config);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(pool->submit(Undying(*pool)), SubmitStatus::Accepted);
  gate.open();
  expect_quiet(*pool);
}

}  // namespace
}  // namespace contract
