// Submits from where a thread or the process is already ending: destructors of thread_locals and of
// static objects. They are tasks like any other while the pool is open.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <thread>

#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Pool;
using pools::SubmitStatus;

/// Submits a few tasks when destroyed.
struct Parting {
  Pool* pool = nullptr;
  std::atomic<int>* ran = nullptr;
  SubmitStatus expected = SubmitStatus::Accepted;
  static constexpr int kTasks = 100;
  ~Parting() { part(); }
  void part() const {
    if (pool == nullptr) return;
    for (int i = 0; i < kTasks; ++i) {
      EXPECT_EQ(pool->submit([count = ran] { count->fetch_add(1, std::memory_order_relaxed); }),
                expected);
    }
  }
};

class LateSubmit : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<Pool> make() const { return pools::make_pool(GetParam().config); }
};

TEST_P(LateSubmit, OfAThreadLocalMadeBeforeTheFirstSubmitIsAccepted) {
  std::atomic<int> ran{0};
  const auto pool = make();
  const auto other = make();  // so that what a thread keeps is looked up, not just remembered
  for (int round = 0; round < 3; ++round) {
    std::thread([&] {
      thread_local Parting parting;  // made first, so destroyed after what submit() makes
      parting.pool = pool.get();
      parting.ran = &ran;
      ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
      ASSERT_EQ(other->submit([] {}), SubmitStatus::Accepted);
    }).join();
    expect_quiet(*pool);
    EXPECT_EQ(ran.load(std::memory_order_relaxed), (round + 1) * Parting::kTasks);
  }
}

TEST_P(LateSubmit, AfterTheShutdownIsRefused) {
  std::atomic<int> ran{0};
  const auto pool = make();
  std::thread([&] {
    thread_local Parting parting;
    parting.pool = pool.get();
    parting.ran = &ran;
    parting.expected = SubmitStatus::ShuttingDown;
    ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    ASSERT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
  }).join();
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 0);
  expect_closed(pool->snapshot().ledger);
}

TEST_P(LateSubmit, OfAKeysDestructorWhichComesEvenLaterIsAccepted) {
  std::atomic<int> ran{0};
  const auto pool = make();
  ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);  // the pools' own key is the older one
  pthread_key_t key{};
  ASSERT_EQ(::pthread_key_create(
                &key, [](void* parting) { static_cast<const Parting*>(parting)->part(); }),
            0);
  Parting parting{pool.get(), &ran};
  std::thread([&] {
    ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    ASSERT_EQ(::pthread_setspecific(key, &parting), 0);
  }).join();
  ::pthread_key_delete(key);
  expect_quiet(*pool);
  parting.pool = nullptr;
  EXPECT_EQ(ran.load(std::memory_order_relaxed), Parting::kTasks);
}

TEST_P(LateSubmit, DoesNotCostTheThreadsCells) {
  // A thread that ends leaves what it used to the next one, also when its end was late: the ledger,
  // which is the sum over the cells, stays whole whatever the order.
  std::atomic<int> ran{0};
  const auto pool = make();
  for (int round = 0; round < 50; ++round) {
    std::thread([&] {
      thread_local Parting parting;
      parting.pool = pool.get();
      parting.ran = &ran;
      ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    }).join();
  }
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.submitted, 50U * (Parting::kTasks + 1));
}

INSTANTIATE_TEST_SUITE_P(EveryPool, LateSubmit, testing::ValuesIn(every_pool()), subject_name);

class LateSubmitDeathTest : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

std::atomic<int> ran_at_exit{0};

/// Made before the pool, so destroyed after it.
struct Verdict {
  int expected;
  ~Verdict() { std::_Exit(ran_at_exit.load(std::memory_order_relaxed) == expected ? 4 : 5); }
};

TEST_P(LateSubmitDeathTest, OfStaticsAndOfTheMainThreadsThreadLocalsIsAccepted) {
  EXPECT_EXIT(
      {
        thread_local Parting before_the_pool;
        static Verdict verdict{3 * Parting::kTasks};
        static const std::unique_ptr<Pool> pool = pools::make_pool(GetParam().config);
        static Parting after_the_pool;
        static_cast<void>(pool->submit([] {}));
        thread_local Parting after_the_submit;
        for (Parting* parting : {&before_the_pool, &after_the_pool, &after_the_submit}) {
          parting->pool = pool.get();
          parting->ran = &ran_at_exit;
        }
        std::exit(6);
      },
      testing::ExitedWithCode(4), "");
}

INSTANTIATE_TEST_SUITE_P(EveryPool, LateSubmitDeathTest, testing::ValuesIn(every_pool()),
                         subject_name);

}  // namespace
}  // namespace contract
