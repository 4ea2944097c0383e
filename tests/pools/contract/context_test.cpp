// A task's context, and how a task ends, on every pool.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <vector>

#include "pools/task_group.h"
#include "tests/pools/contract/outcomes.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Outcome;
using pools::SubmitStatus;
using pools::TaskContext;

class Context : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
};

TEST_P(Context, IsWhatTheSubmitterGave) {
  const auto pool = make();
  const std::stop_source source;
  const TaskContext given{.stop = source.get_token(), .trace_id = 42};
  const pools::Instant deadline = pools::Clock::now() + std::chrono::hours(1);
  TaskContext seen;
  TaskContext none{.trace_id = 1};
  ASSERT_EQ(pool->submit([&seen](const TaskContext& self) { seen = self; },
                         {.deadline = deadline, .context = &given}),
            SubmitStatus::Accepted);
  ASSERT_EQ(pool->submit([&none](const TaskContext& self) { none = self; }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(pool->wait_idle(pools::Nanos::max()));
  EXPECT_EQ(seen.deadline, deadline);
  EXPECT_EQ(seen.stop, given.stop);
  EXPECT_EQ(seen.trace_id, 42U);
  EXPECT_EQ(seen.attempt, 1U);
  EXPECT_FALSE(none.stop.stop_possible());
  EXPECT_EQ(none.trace_id, 0U);
}

TEST_P(Context, ATaskAskedToStopBeforeItBeginsIsCancelled) {
  const auto pool = with_workers(GetParam(), 1);
  std::stop_source source;
  const TaskContext context{.stop = source.get_token()};
  std::atomic<int> ran{0};
  constexpr int kTasks = 20;
  pools::TaskGroup group(*pool);
  {
    Gate gate;
    const auto block = gate.blocker();
    // One that runs sees it, and ends as it likes.
    ASSERT_EQ(pool->submit(
                  [&, block](const TaskContext& self) {
                    block();
                    if (self.stop.stop_requested()) ran.fetch_add(1, std::memory_order_relaxed);
                  },
                  {.context = &context}),
              SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    for (int i = 0; i < kTasks; ++i) {
      // A pool that starts a thread for each task begins at once: it is to be held up too.
      source.request_stop();
      ASSERT_EQ(group.run([&ran] { ran.fetch_add(100, std::memory_order_relaxed); },
                          {.context = &context}),
                SubmitStatus::Accepted);
    }
  }
  EXPECT_EQ(group.wait(), Outcome::Cancelled) << "not all is done that was to be";
  EXPECT_EQ(group.wait(), Outcome::Completed) << "told once";
  ASSERT_TRUE(pool->wait_idle(pools::Nanos::max()));
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 1);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.cancelled, static_cast<std::uint64_t>(kTasks));
  EXPECT_EQ(ledger.completed, 1U);
  expect_closed(ledger);
  EXPECT_EQ(pool->report().by_series.at(0).cancelled, static_cast<std::uint64_t>(kTasks));
  EXPECT_EQ(pool->shutdown(pools::ShutdownMode::CancelQueued, pools::Nanos::max()).cancelled, 0U)
      << "not its doing";
}

TEST_P(Context, AGroupThatRanWholeSaysSo) {
  const auto pool = make();
  pools::TaskGroup group(*pool);
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(
        group.run([&ran](const TaskContext&) { ran.fetch_add(1, std::memory_order_relaxed); }),
        SubmitStatus::Accepted);
  }
  EXPECT_EQ(group.wait(), Outcome::Completed);
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 100);
}

INSTANTIATE_TEST_SUITE_P(EveryPool, Context, testing::ValuesIn(every_pool()), subject_name);

}  // namespace
}  // namespace contract
