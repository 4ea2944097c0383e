// What a pool's own tasks may do to it: wait for it, shut it down, drop its last owner, leave the
// process. Nobody can wait for his own end, so none of that waits, and all of it is done in the
// end.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Pool;
using pools::ShutdownMode;
using pools::ShutdownReport;
using pools::SubmitStatus;

class OwnTasks : public testing::TestWithParam<Subject> {
 protected:
  OwnTasks() {
    std::thread([] {}).join();  // a sanitizer starts a thread of its own with the first
    threads_before_ = threads_now();
  }
  std::unique_ptr<Pool> make() const {
    pools::PoolConfig config = GetParam().config;
    config.thread_factory = factory();
    return pools::make_pool(config);
  }
  std::unique_ptr<Pool> make_full_after(std::uint64_t queued, pools::OnFull rule) const {
    pools::PoolConfig config = GetParam().config;
    config.min_workers = config.max_workers = 1;
    for (const pools::Knob& knob : knobs()) {
      if (knob.name == "max_threads") config.dispatch.settings.set("max_threads", std::int64_t{1});
    }
    config.queue_capacity = queued;
    config.on_full = rule;
    config.thread_factory = factory();
    return pools::make_pool(config);
  }
  const std::vector<pools::Knob>& knobs() const {
    const auto* row = pools::find_dispatch(GetParam().config.dispatch.name);
    return row != nullptr ? row->knobs : pools::find_peer(GetParam().config.dispatch.name)->knobs;
  }

  /// Runs `body` as a task and hands out what it returned.
  template <typename F>
  static auto in_task(Pool& pool, F body) {
    std::promise<decltype(body())> result;
    auto future = result.get_future();
    EXPECT_EQ(pool.submit([&] { result.set_value(body()); }), SubmitStatus::Accepted);
    return future.get();
  }

  /// No pool is left, though nobody has it any more, nor a thread of ours. (oneTBB keeps some.)
  bool all_ended() const {
    const bool ours = pools::find_dispatch(GetParam().config.dispatch.name) != nullptr;
    return eventually(
        [&] { return alive_.use_count() == 1 && (!ours || threads_now() <= threads_before_); });
  }

 private:
  /// A pool keeps it as long as it lives.
  pools::ThreadFactory factory() const {
    return [alive = alive_](std::function<void()> body) { return std::thread(std::move(body)); };
  }
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  std::size_t threads_before_ = 0;
};

TEST_P(OwnTasks, AreToldThatWaitingForIdleIsInVain) {
  const auto pool = make();
  EXPECT_FALSE(in_task(*pool, [&] { return pool->wait_idle(pools::Nanos::max()); }));
  EXPECT_FALSE(in_task(*pool, [&] { return pool->wait_idle(kLong); }));
  EXPECT_TRUE(pool->wait_idle(kLong));
}

TEST_P(OwnTasks, BeginAShutdownWithoutWaitingForIt) {
  const auto pool = make();
  std::atomic<int> ran{0};
  const ShutdownReport inside = in_task(*pool, [&] {
    const auto report = pool->shutdown(ShutdownMode::Drain, pools::Nanos::max());
    EXPECT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted)
        << "a task may go on submitting";
    return report;
  });
  EXPECT_TRUE(inside.from_inside);
  EXPECT_FALSE(inside.complete);
  EXPECT_GE(inside.still_running, 1U);
  EXPECT_EQ(pool->submit([] {}), SubmitStatus::ShuttingDown);
  const ShutdownReport outside = pool->shutdown(ShutdownMode::Drain, kLong);
  EXPECT_TRUE(outside.complete);
  EXPECT_FALSE(outside.from_inside);
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 1);
  expect_closed(pool->snapshot().ledger);
}

TEST_P(OwnTasks, CancelWhatIsQueuedWhileAnotherThreadDrains) {
  const auto pool = make_full_after(0, pools::OnFull::Block);
  Gate gate;
  std::atomic<int> ran{0};
  std::promise<ShutdownReport> inside;
  const auto block = gate.blocker();
  ASSERT_EQ(pool->submit([&, block] {
    block();
    inside.set_value(pool->shutdown(ShutdownMode::CancelQueued, pools::Nanos::max()));
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  auto drain = std::async(std::launch::async,
                          [&] { return pool->shutdown(ShutdownMode::Drain, pools::Nanos::max()); });
  ASSERT_TRUE(eventually([&] { return pool->submit([] {}) == SubmitStatus::ShuttingDown; }));
  gate.open();
  const ShutdownReport outside = drain.get();
  EXPECT_TRUE(outside.complete);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(inside.get_future().get().cancelled + outside.cancelled, ledger.cancelled);
  EXPECT_GE(ledger.cancelled, 20U) << "and the probes that were accepted in between";
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 0);
  expect_closed(ledger);
}

TEST_P(OwnTasks, MayHoldTheLastOwner) {
  std::atomic<int> ran{0};
  {
    std::shared_ptr<Pool> pool = make();
    Gate gate;
    const auto block = gate.blocker();
    ASSERT_EQ(pool->submit([&ran, block, owner = pool]() mutable {
      block();
      Pool& same = *owner;
      owner.reset();
      for (int i = 0; i < 10; ++i) {  // until this task's end it is there, and drains
        EXPECT_EQ(same.submit([&ran] { ran.fetch_add(1, std::memory_order_relaxed); }),
                  SubmitStatus::Accepted);
      }
    }),
              SubmitStatus::Accepted);
    pool.reset();
  }
  EXPECT_TRUE(all_ended());
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 10);
}

TEST_P(OwnTasks, MayHoldTheLastOwnerInWhatTheyCapture) {
  std::atomic<int> ran{0};
  for (int i = 0; i < 20; ++i) {
    std::shared_ptr<Pool> pool = make();
    Pool& same = *pool;
    ASSERT_EQ(same.submit(
                  [&ran, owner = std::move(pool)] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  EXPECT_TRUE(all_ended());
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 20);
}

TEST_P(OwnTasks, MayHoldTheLastOwnerWhenTheirSubmitterRunsThem) {
  {
    std::shared_ptr<Pool> pool = make_full_after(1, pools::OnFull::CallerRuns);
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    Pool& same = *pool;
    bool ran = false;
    EXPECT_EQ(same.submit([&ran, owner = std::move(pool)]() mutable {
      EXPECT_FALSE(owner->wait_idle(pools::Nanos::max())) << "inside, though no worker";
      EXPECT_TRUE(owner->shutdown(ShutdownMode::Drain, pools::Nanos::max()).from_inside);
      EXPECT_EQ(owner->submit([] {}), SubmitStatus::Accepted) << "it runs, so it may submit";
      owner.reset();
      ran = true;
    }),
              SubmitStatus::Accepted);
    EXPECT_TRUE(ran);
  }
  EXPECT_TRUE(all_ended());
}

TEST_P(OwnTasks, MayHoldTheLastOwnerThoughRefused) {
  {
    std::shared_ptr<Pool> pool = make_full_after(1, pools::OnFull::Reject);
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    Pool& same = *pool;
    EXPECT_EQ(same.submit([owner = std::move(pool)] {}), SubmitStatus::QueueFull);
  }
  EXPECT_TRUE(all_ended());
}

TEST_P(OwnTasks, MayHoldTheLastOwnerThoughCancelled) {
  {
    std::shared_ptr<Pool> pool = make_full_after(0, pools::OnFull::Block);
    Gate gate;
    Pool& same = *pool;
    const auto block = gate.blocker();
    ASSERT_EQ(same.submit([&same, block] {
      block();
      // Gives the task below back, and with it the pool.
      static_cast<void>(same.shutdown(ShutdownMode::CancelQueued, pools::Nanos::max()));
    }),
              SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    ASSERT_EQ(same.submit([owner = std::move(pool)] {}), SubmitStatus::Accepted);
  }
  EXPECT_TRUE(all_ended());
}

TEST_P(OwnTasks, MaySubmitUnderDrainWhenTheirSubmitterRunsThem) {
  const auto pool = make_full_after(1, pools::OnFull::CallerRuns);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  std::future<ShutdownReport> drain;
  std::atomic<bool> successor_ran{false};
  ASSERT_EQ(pool->submit([&] {
    drain =
        std::async(std::launch::async, [&] { return pool->shutdown(ShutdownMode::Drain, kLong); });
    std::thread([&] {  // no task of the pool: refused once the shutdown has begun
      EXPECT_TRUE(
          eventually([&] { return pool->try_submit([] {}) == SubmitStatus::ShuttingDown; }));
    })
        .join();
    EXPECT_EQ(pool->submit([&] { successor_ran.store(true, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }),
            SubmitStatus::Accepted);
  gate.open();
  EXPECT_TRUE(drain.get().complete);
  EXPECT_TRUE(successor_ran.load(std::memory_order_relaxed));
  expect_closed(pool->snapshot().ledger);
}

TEST_P(OwnTasks, RunByTheirSubmitterDoNotRecurseWithoutEnd) {
  // Each submits its successor into a queue that stays full: run in place, one inside the other.
  const std::uint32_t links = kSanitized ? 20'000 : 300'000;
  const auto pool = make_full_after(1, pools::OnFull::CallerRuns);
  std::atomic<std::uint32_t> ran{0};
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  struct Link {
    Pool& pool;
    std::atomic<std::uint32_t>& ran;
    std::uint32_t links;
    void operator()() const {
      if (ran.fetch_add(1, std::memory_order_relaxed) + 1 >= links) return;
      EXPECT_EQ(pool.submit(*this), SubmitStatus::Accepted);
    }
  };
  ASSERT_EQ(pool->submit(Link{*pool, ran, links}), SubmitStatus::Accepted);
  gate.open();
  EXPECT_TRUE(eventually([&] { return ran.load(std::memory_order_relaxed) == links; }));
  expect_quiet(*pool);
}

INSTANTIATE_TEST_SUITE_P(EveryPool, OwnTasks, testing::ValuesIn(every_pool()), subject_name);

/// In a process of their own, which ends: the pool is a static object by then.
class OwnTasksDeathTest : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  static std::unique_ptr<Pool>& static_pool() {
    static std::unique_ptr<Pool> pool;
    return pool;
  }
};

TEST_P(OwnTasksDeathTest, MayCallExit) {
  EXPECT_EXIT(
      {
        static_pool() = pools::make_pool(GetParam().config);
        static_cast<void>(static_pool()->submit([] { std::exit(3); }));
        std::promise<void>().get_future().wait();  // never
      },
      testing::ExitedWithCode(3), "");
}

/// oneTBB itself does not survive an exit() in one of its tasks.
std::vector<Subject> that_survive_exit(std::vector<Subject> subjects) {
  std::erase_if(subjects, [](const Subject& subject) {
    return subject.config.dispatch.name.starts_with("tbb_");
  });
  return subjects;
}

INSTANTIATE_TEST_SUITE_P(EveryPool, OwnTasksDeathTest,
                         testing::ValuesIn(that_survive_exit(every_pool())), subject_name);

}  // namespace
}  // namespace contract
