// The queue's bound and what becomes of a submit that meets it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::OnFull;
using pools::ShutdownMode;
using pools::SubmitStatus;

class Bounds : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
  std::uint64_t capacity() const { return GetParam().config.queue_capacity; }
  OnFull rule() const { return GetParam().config.on_full; }
  /// The worker waits at the gate; the queue is empty.
  static void hold_worker(pools::Pool& pool, Gate& gate) {
    ASSERT_EQ(pool.submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
  }
  /// Takes every place there is.
  void fill(pools::Pool& pool, std::atomic<std::uint64_t>& runs) const {
    for (std::uint64_t i = 0; i < capacity(); ++i) {
      ASSERT_EQ(pool.try_submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
                SubmitStatus::Accepted)
          << "place " << i;
    }
  }
};

class BlockingBounds : public Bounds {};

TEST_P(Bounds, TrySubmitTakesExactlyTheQueuesPlaces) {
  std::atomic<std::uint64_t> runs{0};
  const auto pool = make();
  Gate gate;
  for (int round = 0; round < 3; ++round) {
    if (round == 0) hold_worker(*pool, gate);
    if (round > 0) {
      // Places come back: a second gate, so that the queue can be filled again.
      Gate again;
      hold_worker(*pool, again);
      fill(*pool, runs);
      EXPECT_EQ(pool->try_submit([] {}), SubmitStatus::QueueFull);
      EXPECT_EQ(pool->snapshot().queue_depth, capacity());
      again.open();
      expect_quiet(*pool);
      continue;
    }
    fill(*pool, runs);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(pool->try_submit([] {}), SubmitStatus::QueueFull);
    const auto full = pool->snapshot();
    EXPECT_EQ(full.queue_depth, capacity());
    EXPECT_EQ(full.queue_capacity, capacity());
    EXPECT_EQ(full.ledger.queued, capacity());
    EXPECT_EQ(full.ledger.rejected, 3U);
    expect_closed(full.ledger);
    gate.open();
    expect_quiet(*pool);
  }
  EXPECT_EQ(runs.load(std::memory_order_relaxed), 3 * capacity());
}

TEST_P(Bounds, AFullQueueMeetsTheRule) {
  std::atomic<std::uint64_t> runs{0};
  const auto pool = make();
  Gate gate;
  hold_worker(*pool, gate);
  fill(*pool, runs);
  std::thread::id ran_in{};
  const auto extra = [&runs, &ran_in] {
    ran_in = std::this_thread::get_id();
    runs.fetch_add(1, std::memory_order_relaxed);
  };
  switch (rule()) {
    case OnFull::Reject:
      EXPECT_EQ(pool->submit(extra), SubmitStatus::QueueFull);
      gate.open();
      break;
    case OnFull::CallerRuns:
      EXPECT_EQ(pool->submit(extra), SubmitStatus::Accepted);
      EXPECT_EQ(ran_in, std::this_thread::get_id());
      EXPECT_EQ(pool->submit([] { throw std::runtime_error("stays in the pool"); }),
                SubmitStatus::Accepted);
      EXPECT_EQ(pool->snapshot().ledger.failed, 1U);
      expect_closed(pool->snapshot().ledger);
      gate.open();
      break;
    case OnFull::DropNewest:
    case OnFull::DropOldest:
      EXPECT_EQ(pool->submit(extra), SubmitStatus::Accepted);
      EXPECT_EQ(pool->snapshot().ledger.evicted, 1U);
      EXPECT_EQ(pool->snapshot().ledger.queued, capacity()) << "the bound holds";
      expect_closed(pool->snapshot().ledger);
      gate.open();
      break;
    case OnFull::BlockFor:
    case OnFull::Block: {
      auto blocked = std::async(std::launch::async, [&] { return pool->submit(extra); });
      gate.open();
      EXPECT_EQ(blocked.get(), SubmitStatus::Accepted);
      break;
    }
  }
  expect_quiet(*pool);
  const bool all_ran = keeps_all(rule());
  EXPECT_EQ(runs.load(std::memory_order_relaxed), capacity() + (all_ran ? 1 : 0));
}

TEST_P(BlockingBounds, EveryBlockedSubmitterGetsItsPlace) {
  std::atomic<std::uint64_t> runs{0};
  const auto pool = make();
  Gate gate;
  hold_worker(*pool, gate);
  fill(*pool, runs);
  std::atomic<std::uint32_t> returned{0};
  std::vector<std::thread> submitters;
  for (int i = 0; i < 6; ++i) {
    submitters.emplace_back([&] {
      EXPECT_EQ(pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); }),
                SubmitStatus::Accepted);
      returned.fetch_add(1, std::memory_order_relaxed);
    });
  }
  EXPECT_EQ(returned.load(std::memory_order_relaxed), 0U) << "there was no place";
  EXPECT_LE(pool->snapshot().queue_depth, capacity());
  gate.open();
  for (auto& submitter : submitters) submitter.join();
  expect_quiet(*pool);
  EXPECT_EQ(runs.load(std::memory_order_relaxed), capacity() + 6);
}

TEST_P(BlockingBounds, BlockedSubmittersAreRefusedAtShutdown) {
  for (const auto mode : {ShutdownMode::Drain, ShutdownMode::CancelQueued}) {
    std::atomic<std::uint64_t> runs{0};
    const auto pool = make();
    Gate gate;
    hold_worker(*pool, gate);
    fill(*pool, runs);
    std::vector<std::future<SubmitStatus>> blocked;
    for (int i = 0; i < 3; ++i) {
      blocked.push_back(std::async(std::launch::async, [&] { return pool->submit([] {}); }));
    }
    auto shutdown = std::async(std::launch::async, [&] { return pool->shutdown(mode, kLong); });
    // The gate is still closed: no place becomes free, only the shutdown can release them.
    for (auto& submitter : blocked) {
      ASSERT_EQ(submitter.wait_for(kPatience), std::future_status::ready);
      EXPECT_EQ(submitter.get(), SubmitStatus::ShuttingDown);
    }
    gate.open();
    const auto report = shutdown.get();
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(runs.load(std::memory_order_relaxed) + report.cancelled, capacity());
    expect_closed(pool->snapshot().ledger);
  }
}

TEST_P(Bounds, AreNeverExceededByOutsideSubmitters) {
  Tally tally(scaled(6'000));
  std::atomic<std::uint64_t> refused{0};
  const auto pool = make();
  std::atomic<bool> done{false};
  std::uint64_t highest = 0;
  std::thread sampler([&] {
    while (!done.load(std::memory_order_acquire)) {
      highest = std::max(highest, pool->snapshot().queue_depth);
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> producers;
  for (std::size_t p = 0; p < 3; ++p) {
    producers.emplace_back([&, p] {
      for (std::size_t i = p; i < tally.size(); i += 3) {
        const auto status = pool->submit([&tally, i] { tally.mark(i); });
        if (status != SubmitStatus::Accepted) refused.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  done.store(true, std::memory_order_release);
  sampler.join();
  expect_quiet(*pool);
  // An estimate while tasks move: one on its way from queue to queue may be seen in both.
  EXPECT_LE(highest, 2 * capacity());
  EXPECT_TRUE(tally.at_most_once());
  const pools::Ledger ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.evicted == 0, !gives_up(rule()) || tally.total() == tally.size());
  EXPECT_EQ(tally.total() + ledger.evicted + refused.load(std::memory_order_relaxed), tally.size());
  EXPECT_EQ(ledger.rejected, refused.load(std::memory_order_relaxed));
}

TEST_P(Bounds, ATaskThatSubmitsIntoItsFullPoolIsNeverBlocked) {
  std::atomic<std::uint64_t> runs{0};
  std::uint64_t accepted = 0;
  const auto pool = make();
  Gate gate;
  const auto block = gate.blocker();
  // Only written before the task ends and read after the pool is quiet.
  ASSERT_EQ(pool->submit([&, block] {
    block();
    for (std::uint64_t i = 0; i < 4 * capacity(); ++i) {
      const auto status = pool->submit([&runs] { runs.fetch_add(1, std::memory_order_relaxed); });
      accepted += status == SubmitStatus::Accepted ? 1 : 0;
    }
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  fill(*pool, runs);
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(runs.load(std::memory_order_relaxed) + pool->snapshot().ledger.evicted,
            capacity() + accepted);
  if (rule() != OnFull::Reject) {
    EXPECT_EQ(accepted, 4 * capacity());
  }
}

TEST_P(Bounds, ALongChainThroughAFullPoolDoesNotExhaustTheStack) {
  // Run in the caller without limit, each link would be one level deeper.
  constexpr std::uint32_t kChain = kSanitized ? 20'000 : 200'000;
  std::atomic<std::uint32_t> links{0};
  std::atomic<bool> broken{false};
  const auto pool = make();
  struct Link {
    pools::Pool& pool;
    std::atomic<std::uint32_t>& links;
    std::atomic<bool>& broken;
    void operator()() const {
      if (links.fetch_add(1, std::memory_order_relaxed) + 1 >= kChain) return;
      if (pool.submit(*this) != SubmitStatus::Accepted) {
        broken.store(true, std::memory_order_relaxed);
      }
    }
  };
  Gate gate;
  const Link link{*pool, links, broken};
  const auto block = gate.blocker();
  ASSERT_EQ(pool->submit([link, block] {
    block();
    link();
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  // Enough others to keep the queue full while the first links are made.
  std::atomic<std::uint64_t> runs{0};
  fill(*pool, runs);
  gate.open();
  expect_quiet(*pool);
  if (gives_up(rule())) return;  // the next link may be the one that goes
  EXPECT_EQ(runs.load(std::memory_order_relaxed), capacity());
  if (!broken.load(std::memory_order_relaxed)) {
    EXPECT_EQ(links.load(std::memory_order_relaxed), kChain);
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Bounds, testing::ValuesIn(bounded_strategies()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, BlockingBounds,
                         testing::ValuesIn(that_block(bounded_strategies())), subject_name);

/// Bounds around the point where waiters are woken in groups.
TEST(BlockedSubmitters, AllGetThroughWhateverTheCapacity) {
  for (const std::uint64_t capacity : {1U, 2U, 15U, 16U, 64U, 300U}) {
    Tally tally(scaled(4'000));
    pools::PoolConfig config;
    config.min_workers = 2;
    config.queue_capacity = capacity;
    const auto pool = pools::make_pool(config);
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
    EXPECT_TRUE(tally.exactly_once()) << "capacity " << capacity;
  }
}

}  // namespace
}  // namespace contract
