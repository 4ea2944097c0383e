// Cancelling a group and a single task's future, on every pool: a task either runs or is given
// back, never both, and who cancels is told which.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "pools/future.h"
#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/contract/tally.h"

namespace contract {
namespace {

using pools::Outcome;
using pools::SubmitStatus;
using pools::TaskContext;
using pools::TaskGroup;

class Cancel : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make(std::uint32_t workers) const {
    return with_workers(GetParam(), workers);
  }
};

TEST_P(Cancel, OfAGroupGivesBackWhatHasNotBegun) {
  const auto pool = make(1);
  Tally tally(50);
  TaskGroup group(*pool);
  {
    Gate gate;
    ASSERT_EQ(group.run(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(group.run([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
    EXPECT_FALSE(group.cancelled());
    group.cancel();
    EXPECT_TRUE(group.cancelled());
  }
  EXPECT_EQ(group.wait(), Outcome::Cancelled) << "not all is done that was to be";
  ASSERT_EQ(group.run([] { FAIL(); }), SubmitStatus::Accepted);
  EXPECT_EQ(group.wait(), Outcome::Cancelled) << "for good";
  expect_quiet(*pool);
  EXPECT_EQ(tally.total(), 0U);
  const pools::Ledger ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.cancelled, tally.size() + 1);
  EXPECT_EQ(ledger.completed, 1U);
  EXPECT_EQ(pool->report().by_series.at(0).cancelled, tally.size() + 1);
  EXPECT_EQ(pool->report().by_series.at(0).unserved_wait.count(), tally.size() + 1);
  EXPECT_EQ(pool->shutdown(pools::ShutdownMode::Drain, kLong).cancelled, 0U) << "not its doing";
}

TEST_P(Cancel, OfAGroupAsksItsRunningTasksToStop) {
  const auto pool = make(2);
  TaskGroup group(*pool);
  std::atomic<int> stopped{0};
  Gate running;
  ASSERT_EQ(group.run([&, arrive = running.blocker()](const TaskContext& self) {
    arrive();
    EXPECT_TRUE(eventually([&] { return self.stop.stop_requested(); }));
    stopped.fetch_add(1, std::memory_order_relaxed);
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(running.await_arrivals(1));
  running.open();
  group.cancel();
  EXPECT_EQ(group.wait(), Outcome::Completed) << "it ran to its end";
  EXPECT_EQ(stopped.load(std::memory_order_relaxed), 1);
  EXPECT_TRUE(group.stop_token().stop_requested()) << "also one that is asked for later";
}

TEST_P(Cancel, ReachesAGroupInsideAGroup) {
  const auto pool = make(2);
  Tally tally(20);
  TaskGroup outer(*pool);
  Gate gate;
  std::atomic<Outcome> inner_outcome{Outcome::Completed};
  ASSERT_EQ(outer.run([&, pass = gate.blocker()](const TaskContext& self) {
    TaskGroup inner(*pool, self.stop);
    pass();
    for (std::size_t i = 0; i < tally.size(); ++i) {
      EXPECT_EQ(inner.run([&tally, i] { tally.mark(i); }), SubmitStatus::Accepted);
    }
    inner_outcome.store(inner.wait(), std::memory_order_relaxed);
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  outer.cancel();
  gate.open();
  outer.wait();
  EXPECT_EQ(inner_outcome.load(std::memory_order_relaxed), Outcome::Cancelled);
  EXPECT_EQ(tally.total(), 0U);
}

TEST_P(Cancel, OfAGroupAgainstItsWorkersLosesNothing) {
  const auto pool = make(3);
  for (int round = 0; round < 20; ++round) {
    Tally tally(200);
    TaskGroup group(*pool);
    for (std::size_t i = 0; i < tally.size(); ++i) {
      ASSERT_EQ(group.run([&, i] {
        tally.mark(i);
        if (i == 50) group.cancel();  // by one of its own
      }),
                SubmitStatus::Accepted);
    }
    (void)group.wait();
    EXPECT_TRUE(tally.at_most_once());
    EXPECT_EQ(tally.runs(50), 1U);
  }
  expect_quiet(*pool);
  const pools::Ledger ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.completed + ledger.cancelled, 20U * 200U);
}

TEST_P(Cancel, OfAFutureHasOneWinner) {
  const auto pool = make(2);
  constexpr int kTasks = 300;
  std::atomic<int> ran{0};
  int cancelled = 0;
  for (int i = 0; i < kTasks; ++i) {
    auto future = pool->submit_result([&ran] { return ran.fetch_add(1); });
    if (i % 3 == 0) std::this_thread::yield();
    const bool won = future.cancel();
    EXPECT_FALSE(future.cancel()) << "once";
    cancelled += won ? 1 : 0;
    EXPECT_EQ(future.outcome(), won ? Outcome::Cancelled : Outcome::Completed);
    if (won) {
      EXPECT_THROW(future.get(), pools::TaskNotRun);
    } else {
      EXPECT_GE(future.get(), 0);
    }
  }
  expect_quiet(*pool);
  EXPECT_EQ(ran.load() + cancelled, kTasks);
  const pools::Ledger ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.cancelled, static_cast<std::uint64_t>(cancelled));
  EXPECT_EQ(ledger.completed, static_cast<std::uint64_t>(ran.load()));
}

TEST_P(Cancel, OfAFutureDestroysTheCallableAtOnce) {
  const auto pool = make(1);
  const auto held = std::make_shared<int>(1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  auto future = pool->submit_result([held] { return *held; });
  if (future.cancel()) {  // a pool with a thread for each task may have begun it
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_TRUE(future.ready());
  }
  gate.open();
  expect_quiet(*pool);
}

INSTANTIATE_TEST_SUITE_P(EveryPool, Cancel, testing::ValuesIn(every_pool()), subject_name);

}  // namespace
}  // namespace contract
