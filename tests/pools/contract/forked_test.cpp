// A pool in a forked child, which has none of its threads: it refuses, waits for nothing and is
// left alone; a new pool works.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::ShutdownMode;
using pools::SubmitStatus;

/// The exit code of a child that runs `body`; a child that hangs is killed.
std::optional<int> in_one_child(const std::function<void()>& body, std::chrono::seconds patience) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(static_cast<unsigned>(patience.count()));
    body();
    std::_Exit(99);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return std::nullopt;
  return WEXITSTATUS(status);
}

/// The same. Where a thread was just inside a sanitizer's runtime (allocating, starting) when the
/// process was forked, that runtime stays locked in the child: then, and only there, another child
/// is tried, all within kPatience.
std::optional<int> in_child(const std::function<void()>& body) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int kTries = 4;
#else
  constexpr int kTries = 1;
#endif
  std::optional<int> code;
  for (int i = 0; i < kTries && !code; ++i) code = in_one_child(body, kPatience / (kTries + 1));
  return code;
}

class Forked : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> make() const { return pools::make_pool(GetParam().config); }
};

/// 0 if the pool refuses all and waits for nothing; else which step was wrong.
int tried(pools::Pool& pool, bool idle) {
  bool ran = false;
  if (pool.submit([&ran] { ran = true; }) != SubmitStatus::ShuttingDown) return 1;
  if (pool.try_submit([&ran] { ran = true; }) != SubmitStatus::ShuttingDown) return 2;
  {
    pools::TaskGroup group(pool);
    if (group.run([&ran] { ran = true; }) != SubmitStatus::ShuttingDown) return 3;
    group.wait();
  }
  if (pool.submit_bulk(100, [&ran](std::size_t) { ran = true; }) != 0) return 4;
  if (pool.wait_idle(pools::Nanos::max()) != idle) return 5;
  static_cast<void>(pool.resize(1));
  static_cast<void>(pool.snapshot());
  const auto report = pool.shutdown(ShutdownMode::Drain, pools::Nanos::max());
  if (!report.complete || report.cancelled != 0 || report.still_running != 0) return 6;
  return ran ? 7 : 0;
}

TEST_P(Forked, RefusesAndWaitsForNothing) {
  const auto pool = make();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  ASSERT_TRUE(pool->wait_idle(kLong));
  EXPECT_EQ(in_child([&] { std::_Exit(tried(*pool, true)); }), 0);
  expect_quiet(*pool);
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted) << "the parent's goes on";
}

TEST_P(Forked, WhileBusyDoesNotWaitForTasksThatRunElsewhere) {
  const auto pool = make();
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  EXPECT_EQ(in_child([&] { std::_Exit(tried(*pool, false)); }), 0);
}

TEST_P(Forked, ByOneOfItsOwnTasksIsTheSame) {
  const auto pool = make();
  std::optional<int> code;
  ASSERT_EQ(pool->submit([&] { code = in_child([&] { std::_Exit(tried(*pool, false)); }); }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(code, 0);
}

TEST_P(Forked, IsLeftAloneWhenDeletedAndByExit) {
  static std::unique_ptr<pools::Pool> pool;
  pool = make();
  auto other = make();
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  EXPECT_EQ(in_child([&] {
              other.reset();
              std::exit(7);
            }),
            7);
  gate.open();
  pool.reset();
}

#if !defined(__SANITIZE_THREAD__)  // which allows a forked child no threads
TEST_P(Forked, ChildMayHaveItsOwnPool) {
  const auto pool = make();
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  EXPECT_EQ(
      in_child([&] {
        std::atomic<int> ran{0};
        {
          const auto own = make();
          for (int i = 0; i < 40; ++i) {
            static_cast<void>(own->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }));
          }
        }
        std::_Exit(ran.load(std::memory_order_relaxed));
      }),
      40);
}
#endif

// A foreign pool's new threads in a child are the foreign library's affair.
INSTANTIATE_TEST_SUITE_P(Strategies, Forked, testing::ValuesIn(strategies()), subject_name);

}  // namespace
}  // namespace contract
