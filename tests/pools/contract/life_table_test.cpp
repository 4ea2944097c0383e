// What every call does in every state of a pool's life: the table in pool.h.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "pools/future.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::PoolState;
using pools::ShutdownMode;
using pools::ShutdownReport;
using pools::SubmitStatus;

class LifeTable : public testing::TestWithParam<Subject> {
 protected:
  bool foreign() const { return pools::find_peer(GetParam().config.dispatch.name) != nullptr; }
};

/// The table in pool.h, a column for each state.
struct Column {
  PoolState state;
  SubmitStatus submit;
  std::optional<SubmitStatus> in_its_task;  ///< none: there is no task any more
  bool queued_runs;                         ///< in the end
  bool pauses;
  bool resumes;
  bool resizes;
};
constexpr Column kTable[] = {
    {PoolState::Open, SubmitStatus::Accepted, SubmitStatus::Accepted, true, true, false, true},
    {PoolState::Paused, SubmitStatus::Accepted, SubmitStatus::Accepted, true, false, true, true},
    {PoolState::Draining, SubmitStatus::ShuttingDown, SubmitStatus::Accepted, true, false, false,
     true},
    {PoolState::Cancelling, SubmitStatus::ShuttingDown, SubmitStatus::ShuttingDown, false, false,
     false, false},
    {PoolState::Stopped, SubmitStatus::ShuttingDown, std::nullopt, false, false, false, false}};

/// A pool in that state, with one task that runs and one that is queued, where there can be any.
class InState {
 public:
  InState(const Subject& subject, PoolState state) : pool(with_workers(subject, 1)) {
    if (state == PoolState::Stopped) {
      EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
      return;
    }
    runs_ = pool->submit_result([own = pool.get(), pass = gate_.blocker()] {
      pass();
      const SubmitStatus status = own->submit([] {});
      EXPECT_FALSE(own->wait_idle(kLong)) << "not for itself";
      return status;
    });
    EXPECT_TRUE(gate_.await_arrivals(1));
    queued_ = pool->submit_result([] {});
    if (state == PoolState::Paused) {
      EXPECT_TRUE(pool->pause());
    }
    if (state == PoolState::Draining) end(ShutdownMode::Drain);
    if (state == PoolState::Cancelling) end(ShutdownMode::CancelQueued);
    EXPECT_TRUE(eventually([&] { return pool->snapshot().state == state; }));
  }
  /// Lets the task go on; what its submit said.
  SubmitStatus let_go() {
    gate_.open();
    return runs_.get();
  }
  bool queued_ran() { return queued_.outcome() == pools::Outcome::Completed; }
  void finish() {
    gate_.open();
    if (end_.valid()) {
      EXPECT_TRUE(end_.get().complete);
    }
    EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
    expect_closed(pool->snapshot().ledger);
  }

  std::unique_ptr<pools::Pool> pool;

 private:
  void end(ShutdownMode mode) {
    end_ = std::async(std::launch::async, [this, mode] { return pool->shutdown(mode, kLong); });
  }
  Gate gate_;
  pools::Future<SubmitStatus> runs_;
  pools::Future<void> queued_;
  std::future<ShutdownReport> end_;
};

TEST_P(LifeTable, EveryCallInEveryState) {
  for (const Column& column : kTable) {
    SCOPED_TRACE("state " + std::to_string(static_cast<int>(column.state)));
    {
      InState in(GetParam(), column.state);
      EXPECT_EQ(in.pool->submit([] {}), column.submit);
      EXPECT_EQ(in.pool->try_submit([] {}), column.submit);
      EXPECT_EQ(in.pool->submit_result([] { return 1; }).status(), column.submit);
      EXPECT_EQ(in.pool->submit_bulk(10, [](std::size_t) {}),
                column.submit == SubmitStatus::Accepted ? 10U : 0U);
      EXPECT_FALSE(in.pool->help_one()) << "not in a task";
      const bool stopped = column.state == PoolState::Stopped;
      EXPECT_EQ(in.pool->wait_idle(pools::Nanos{0}), stopped);
      EXPECT_EQ(in.pool->resize(1), 1U) << "what it is, in any state";
      if (column.state == PoolState::Paused) {
        EXPECT_TRUE(in.pool->resume());
      }
      if (column.in_its_task) {
        EXPECT_EQ(in.let_go(), *column.in_its_task);
        // A foreign pool may have begun it at once.
        if (!foreign() || column.queued_runs) {
          EXPECT_EQ(in.queued_ran(), column.queued_runs);
        }
      }
      in.finish();
    }
    {
      InState in(GetParam(), column.state);
      EXPECT_EQ(in.pool->pause(), column.pauses);
      EXPECT_EQ(in.pool->resume(), column.resumes || column.pauses);
      in.finish();
    }
    {
      InState in(GetParam(), column.state);
      EXPECT_EQ(in.pool->resume(), column.resumes);
      in.finish();
    }
    {
      InState in(GetParam(), column.state);
      const pools::ClearReport cleared = in.pool->clear();
      if (column.state == PoolState::Stopped) {
        EXPECT_EQ(cleared.cancelled + cleared.out_of_reach, 0U);
      }
      in.finish();
    }
    {
      InState in(GetParam(), column.state);
      const bool stopped = column.state == PoolState::Stopped;
      const ShutdownReport report = in.pool->shutdown(ShutdownMode::CancelQueued, pools::Nanos{0});
      EXPECT_EQ(report.complete, stopped);
      EXPECT_EQ(report.still_running, stopped ? 0U : 1U);
      in.finish();
    }
    if (column.state != PoolState::Draining && column.state != PoolState::Cancelling) {
      InState in(GetParam(), column.state);  // beside no other call
      auto gone = std::async(std::launch::async, [&in] { in.pool.reset(); });
      if (column.in_its_task) {
        EXPECT_EQ(in.let_go(), SubmitStatus::Accepted);
        EXPECT_TRUE(in.queued_ran()) << "it drains";
      }
      gone.get();
    }
  }
}

class ResizedLife : public LifeTable {};

TEST_P(ResizedLife, ResizeInEveryState) {
  Subject subject = GetParam();
  subject.config.min_workers = 1;
  subject.config.max_workers = 3;
  for (const Column& column : kTable) {
    SCOPED_TRACE("state " + std::to_string(static_cast<int>(column.state)));
    const auto pool = pools::make_pool(subject.config);
    Gate gate;
    std::future<ShutdownReport> end;
    if (column.state == PoolState::Stopped) {
      EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLong).complete);
    } else {
      ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
      ASSERT_TRUE(gate.await_arrivals(1));
    }
    if (column.state == PoolState::Paused) {
      EXPECT_TRUE(pool->pause());
    }
    const auto begin = [&](ShutdownMode mode) {
      end = std::async(std::launch::async, [&pool, mode] { return pool->shutdown(mode, kLong); });
    };
    if (column.state == PoolState::Draining) begin(ShutdownMode::Drain);
    if (column.state == PoolState::Cancelling) begin(ShutdownMode::CancelQueued);
    ASSERT_TRUE(eventually([&] { return pool->snapshot().state == column.state; }));
    EXPECT_EQ(pool->resize(3), column.resizes ? 3U : 1U);
    EXPECT_EQ(pool->snapshot().target, column.resizes ? 3U : 1U);
    gate.open();
    if (end.valid()) {
      EXPECT_TRUE(end.get().complete);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryPool, LifeTable, testing::ValuesIn(every_pool()), subject_name);
INSTANTIATE_TEST_SUITE_P(Strategies, ResizedLife, testing::ValuesIn(strategies()), subject_name);

}  // namespace
}  // namespace contract
