// Futures over every pool: value, exception or outcome; what follows; waiting inside tasks.
#include "pools/future.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Future;
using pools::Outcome;
using pools::ShutdownMode;
using pools::SubmitStatus;
using pools::TaskContext;
using pools::TaskNotRun;

class Futures : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make(std::uint32_t workers = 2) const {
    return with_workers(GetParam(), workers);
  }
};

template <typename T>
Outcome why_not(Future<T> future) {
  try {
    (void)future.get();
  } catch (const TaskNotRun& error) {
    return error.outcome;
  }
  ADD_FAILURE() << "it has a value";
  return Outcome::Completed;
}

TEST_P(Futures, HoldWhatTheTaskReturned) {
  const auto pool = make();
  EXPECT_EQ(pool->submit_result([] { return 42; }).get(), 42);
  EXPECT_EQ(*pool->submit_result([] { return std::make_unique<int>(7); }).get(), 7);
  int there = 1;
  EXPECT_EQ(&pool->submit_result([&there]() -> int& { return there; }).get(), &there);
  std::atomic<bool> ran{false};
  auto nothing = pool->submit_result([&ran] { ran = true; });
  static_assert(std::is_same_v<decltype(nothing), Future<void>>);
  nothing.get();
  EXPECT_TRUE(ran);
  EXPECT_FALSE(nothing.valid()) << "handed over";
  EXPECT_EQ(pool->submit_result([](const TaskContext& self) { return self.attempt; }).get(), 1U);
  const TaskContext context{.trace_id = 9};
  EXPECT_EQ(pool->submit_result([](const TaskContext& self) { return self.trace_id; },
                                {.context = &context})
                .get(),
            9U);
}

TEST_P(Futures, HoldWhatTheTaskThrew) {
  const auto pool = make();
  auto broken = pool->submit_result([]() -> int { throw std::out_of_range("asked to"); });
  EXPECT_EQ(broken.outcome(), Outcome::Failed);
  EXPECT_THROW(broken.get(), std::out_of_range);
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.failed, 1U) << "the ledger counts it as any";
}

TEST_P(Futures, SayWhyThereIsNoValue) {
  const auto pool = make();
  std::stop_source stop;
  stop.request_stop();
  const TaskContext context{.stop = stop.get_token()};
  EXPECT_EQ(why_not(pool->submit_result([] { return 1; }, {.context = &context})),
            Outcome::Cancelled);
  ASSERT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
  auto late = pool->submit_result([] { return 1; });
  EXPECT_EQ(late.status(), SubmitStatus::ShuttingDown);
  EXPECT_TRUE(late.ready());
  EXPECT_EQ(why_not(std::move(late)), Outcome::Refused);
}

TEST_P(Futures, OutliveTheirPool) {
  Future<int> kept;
  EXPECT_FALSE(kept.valid());
  {
    const auto pool = make();
    kept = pool->submit_result([] { return 3; });
  }
  EXPECT_TRUE(kept.ready()) << "the pool has drained";
  EXPECT_EQ(kept.get(), 3);
}

TEST_P(Futures, AreDroppedWithoutWaiting) {
  std::atomic<int> ran{0};
  const auto pool = make(1);
  Gate gate;
  (void)pool->submit_result([&, pass = gate.blocker()] {
    pass();
    return ran.fetch_add(1);
  });
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(), 1);
}

TEST_P(Futures, SayWhenTheLimitHasPassed) {
  const auto pool = make(1);
  Gate gate;
  auto held = pool->submit_result([pass = gate.blocker()] {
    pass();
    return 1;
  });
  EXPECT_FALSE(held.wait_for(std::chrono::milliseconds(1)));
  EXPECT_FALSE(held.ready());
  gate.open();
  EXPECT_TRUE(held.wait_for(kLong));
  EXPECT_EQ(held.get(), 1);
}

TEST_P(Futures, AreFollowedByTasksOfTheSamePool) {
  const auto pool = make();
  const auto here = [own = pool.get()] { return pools::this_worker().pool == own; };
  auto text = pool->submit_result([] { return 20; })
                  .then([&](int n) {
                    EXPECT_TRUE(here());
                    return n + 1;
                  })
                  .then([](Future<int> ready) {
                    EXPECT_TRUE(ready.ready());
                    return std::to_string(2 * ready.get());
                  });
  EXPECT_EQ(text.get(), "42");
  std::atomic<int> steps{0};
  auto done = pool->submit_result([&steps] { ++steps; }).then([&steps] { ++steps; });
  done.get();
  EXPECT_EQ(steps.load(), 2);
  auto ready = pool->submit_result([] { return 5; });
  ready.wait();
  EXPECT_EQ(std::move(ready).then([](int n) { return n * n; }).get(), 25) << "attached afterwards";
}

TEST_P(Futures, WithoutAValueHaveNoSuccessorButOneThatTakesThemWhole) {
  const auto pool = make();
  std::atomic<int> ran{0};
  const auto broken = [&] {
    return pool->submit_result([]() -> int { throw std::out_of_range("asked to"); });
  };
  auto skipped =
      broken().then([&ran](int n) { return ran += n; }).then([&ran](int n) { return ran += n; });
  EXPECT_EQ(skipped.outcome(), Outcome::Failed);
  EXPECT_THROW(skipped.get(), std::out_of_range);
  EXPECT_EQ(ran.load(), 0);
  auto mended = broken().then([](Future<int> failed) {
    EXPECT_EQ(failed.outcome(), Outcome::Failed);
    return 8;
  });
  EXPECT_EQ(mended.get(), 8);
  expect_quiet(*pool);
}

TEST_P(Futures, GoOnInChainsOfAnyLength) {
  const auto pool = make(1);
  const int length = kSanitized ? 20'000 : 100'000;
  for (const bool fails : {false, true}) {
    Gate gate;
    auto chain = pool->submit_result([fails, pass = gate.blocker()] {
      pass();
      if (fails) throw std::out_of_range("asked to");
      return 0;
    });
    for (int i = 0; i < length; ++i) chain = std::move(chain).then([](int n) { return n + 1; });
    gate.open();
    if (fails) {
      EXPECT_THROW(chain.get(), std::out_of_range);
    } else {
      EXPECT_EQ(chain.get(), length);
    }
  }
  expect_quiet(*pool);
}

TEST_P(Futures, AreAwaitedTogether) {
  const auto pool = make();
  std::vector<Future<int>> several;
  for (int i = 0; i < 50; ++i) several.push_back(pool->submit_result([i] { return i; }));
  several.push_back(pool->submit_result([]() -> int { throw std::out_of_range("one fails"); }));
  auto all = pools::when_all(*pool, std::move(several)).get();
  ASSERT_EQ(all.size(), 51U);
  int sum = 0;
  for (int i = 0; i < 50; ++i) sum += all[static_cast<std::size_t>(i)].get();
  EXPECT_EQ(sum, 50 * 49 / 2);
  EXPECT_THROW(all.back().get(), std::out_of_range);
  EXPECT_TRUE(pools::when_all(*pool, std::vector<Future<int>>{}).ready()) << "of none";
  std::vector<Future<void>> nothing(3);
  for (auto& one : nothing) one = pool->submit_result([] {});
  auto count = pools::when_all(*pool, std::move(nothing)).then([](std::vector<Future<void>> done) {
    return done.size();
  });
  EXPECT_EQ(count.get(), 3U);
}

TEST_P(Futures, OfSeveralAreCancelledTogether) {
  const auto pool = make(1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  std::atomic<int> ran{0};
  std::vector<Future<int>> several;
  for (int i = 0; i < 10; ++i) several.push_back(pool->submit_result([&ran] { return ++ran; }));
  auto all = pools::when_all(*pool, std::move(several));
  if (all.cancel()) {
    EXPECT_EQ(all.outcome(), Outcome::Cancelled);
  } else {
    EXPECT_EQ(all.get().size(), 10U);  // a pool with a thread for each task has run them
  }
  gate.open();
  expect_quiet(*pool);
  const pools::Ledger ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.cancelled + static_cast<std::uint64_t>(ran.load()), 10U);
  if (pools::find_peer(GetParam().config.dispatch.name) == nullptr) {
    EXPECT_EQ(ran.load(), 0);
  }
}

std::uint64_t fib(pools::Pool& pool, int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  auto left = pool.submit_result([&pool, n] { return fib(pool, n - 1); });
  const std::uint64_t right = fib(pool, n - 2);
  return left.get() + right;
}

TEST_P(Futures, CanBeAwaitedInTasksToAnyDepth) {
  for (const std::uint32_t workers : {1U, 2U, 3U}) {
    const auto pool = make(workers);
    std::vector<Future<std::uint64_t>> several;
    const int n = kSanitized ? 6 : 10;
    for (int i = 0; i < 5; ++i) {
      several.push_back(pool->submit_result([&pool = *pool, n] { return fib(pool, n); }));
    }
    for (auto& one : several) EXPECT_EQ(one.get(), n == 6 ? 8U : 55U);
    expect_quiet(*pool);
  }
}

TEST_P(Futures, CanBeFollowedAndAwaitedInTasks) {
  for (const std::uint32_t workers : {1U, 2U}) {
    const auto pool = make(workers);
    auto outer = pool->submit_result([&pool = *pool] {
      std::vector<Future<int>> several;
      for (int i = 0; i < 8; ++i) {
        several.push_back(
            pool.submit_result([i] { return i; }).then([](int part) { return 10 * part; }));
      }
      auto sum = pools::when_all(pool, std::move(several)).then([](std::vector<Future<int>> all) {
        int whole = 0;
        for (auto& one : all) whole += one.get();
        return whole;
      });
      return sum.get();
    });
    EXPECT_EQ(outer.get(), 280);
    expect_quiet(*pool);
  }
}

/// Groups and futures wait in each other, over as many tasks as there are threads and more.
TEST_P(Futures, MixWithGroups) {
  const auto pool = make(2);
  std::vector<Future<int>> several;
  for (int i = 0; i < 6; ++i) {
    several.push_back(pool->submit_result([&pool = *pool] {
      std::atomic<int> sum{0};
      pools::TaskGroup group(pool);
      for (int k = 0; k < 3; ++k) {
        EXPECT_EQ(group.run([&pool, &sum] { sum += pool.submit_result([] { return 1; }).get(); }),
                  SubmitStatus::Accepted);
      }
      group.wait();
      return sum.load();
    }));
  }
  for (auto& one : several) EXPECT_EQ(one.get(), 3);
}

/// One that came from elsewhere: our pools help; a foreign one says that it cannot, or has a thread
/// left, or has begun the task already.
TEST_P(Futures, FromElsewhereAreAwaitedOrRefused) {
  const auto pool = make(1);
  Gate gate;
  auto waits = pool->submit_result([&, pass = gate.blocker()]() -> int {
    pass();
    return 0;
  });
  ASSERT_TRUE(gate.await_arrivals(1));
  auto behind = pool->submit_result([] { return 1; });
  auto first = std::move(waits).then([behind = std::move(behind)](int) mutable {
    try {
      return behind.get();
    } catch (const pools::WouldDeadlock&) {
      return -1;
    }
  });
  gate.open();
  const int got = first.get();
  const bool foreign = pools::find_peer(GetParam().config.dispatch.name) != nullptr;
  EXPECT_TRUE(got == 1 || (foreign && got == -1)) << got;
}

TEST_P(Futures, AreSettledByACancellingShutdown) {
  const auto pool = make(1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  std::vector<Future<int>> several;
  for (int i = 0; i < 10; ++i) several.push_back(pool->submit_result([i] { return i; }));
  auto follows = std::move(several.back()).then([](int n) { return n; });
  auto whole = pool->submit_result([] { return 1; }).then([](Future<int> ended) {
    return ended.outcome() == Outcome::Completed ? 1 : 2;
  });
  several.pop_back();
  (void)pool->shutdown(ShutdownMode::CancelQueued, pools::Nanos{0});
  gate.open();
  ASSERT_TRUE(pool->shutdown(ShutdownMode::CancelQueued, kLong).complete);
  for (auto& one : several) {
    const Outcome outcome = one.outcome();
    EXPECT_TRUE(outcome == Outcome::Cancelled || outcome == Outcome::Completed);
  }
  EXPECT_TRUE(follows.ready());
  EXPECT_TRUE(whole.ready()) << "its own submit was refused";
  expect_closed(pool->snapshot().ledger);
}

INSTANTIATE_TEST_SUITE_P(EveryPool, Futures, testing::ValuesIn(every_pool()), subject_name);

}  // namespace
}  // namespace contract
