// What tasks return, over every pool.
#include "pools/task_result.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "tests/pools/contract/gate.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::TaskResult;

class Result : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make(std::uint32_t workers = 2) const {
    return with_workers(GetParam(), workers);
  }
};

TEST_P(Result, IsWhatTheTaskReturned) {
  const auto pool = make();
  TaskResult number(*pool, [] { return 41 + 1; });
  TaskResult text(*pool, [part = std::make_unique<std::string>("own")] { return *part + "ed"; });
  TaskResult only_moves(*pool, [] { return std::make_unique<int>(7); });
  EXPECT_EQ(number.status(), pools::SubmitStatus::Accepted);
  EXPECT_EQ(number.get(), 42);
  EXPECT_EQ(text.get(), "owned");
  EXPECT_EQ(*only_moves.get(), 7);
}

std::uint64_t fib(pools::Pool& pool, int n) {
  if (n < 2) return static_cast<std::uint64_t>(n);
  TaskResult left(pool, [&pool, n] { return fib(pool, n - 1); });
  const std::uint64_t right = fib(pool, n - 2);
  return left.get() + right;
}

TEST_P(Result, CanBeAwaitedInTasksToAnyDepth) {
  const auto pool = make(1);
  TaskResult outer(*pool, [&pool = *pool] { return fib(pool, kSanitized ? 7 : 10); });
  EXPECT_EQ(outer.get(), kSanitized ? 13U : 55U);
}

TEST_P(Result, ThrowsWhatTheTaskThrew) {
  const auto pool = make();
  TaskResult broken(*pool, []() -> int { throw std::out_of_range("asked to"); });
  EXPECT_THROW(broken.get(), std::out_of_range);
  EXPECT_THROW(broken.get(), pools::TaskNotRun) << "thrown once, and there is no value";
}

TEST_P(Result, OfATaskThatNeverRanIsAnErrorThatSaysWhy) {
  const auto pool = make();
  std::stop_source stop;
  stop.request_stop();
  const pools::TaskContext context{.stop = stop.get_token()};
  TaskResult stopped(*pool, [] { return 1; }, {.context = &context});
  try {
    stopped.get();
    ADD_FAILURE() << "a cancelled task has no value";
  } catch (const pools::TaskNotRun& error) {
    EXPECT_EQ(error.outcome, pools::Outcome::Cancelled);
  }
  EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
  TaskResult late(*pool, [] { return 1; });
  EXPECT_EQ(late.status(), pools::SubmitStatus::ShuttingDown);
  try {
    late.get();
    ADD_FAILURE() << "a refused task has no value";
  } catch (const pools::TaskNotRun& error) {
    EXPECT_EQ(error.outcome, pools::Outcome::Refused);
  }
}

TEST_P(Result, IsWaitedForByItsEnd) {
  const auto pool = make();
  std::atomic<bool> ran{false};
  Gate gate;
  {
    TaskResult unread(*pool, [&ran, pass = gate.blocker()] {
      pass();
      ran.store(true, std::memory_order_release);
      return 1;
    });
    gate.open();
  }
  EXPECT_TRUE(ran.load(std::memory_order_acquire))
      << "its value would have been written to freed memory";
}

INSTANTIATE_TEST_SUITE_P(Pools, Result, testing::ValuesIn(every_pool()), subject_name);

}  // namespace
}  // namespace contract
