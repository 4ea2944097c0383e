// Callables that throw when copied, moved or destroyed, at every step that the pool makes with
// them: the exception leaves the submit or fails the task, and nothing hangs, leaks or is left
// counted.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <utility>

#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Pool;

/// What a sweep counts: the steps until one throws, and the callables that live.
struct Fuse {
  struct Burnt {};
  std::atomic<int> left{0};
  std::atomic<int> alive{0};
  void step() {
    if (left.fetch_sub(1, std::memory_order_relaxed) == 1) throw Burnt();
  }
  bool burnt() const { return left.load(std::memory_order_relaxed) <= 0; }
};

/// Its copies, moves, runs and destructors are steps. Fits into a task, or does not.
template <std::size_t Bytes>
class Touchy {
 public:
  explicit Touchy(Fuse& fuse) : fuse_(&fuse) { born(); }
  Touchy(const Touchy& other) : fuse_(other.fuse_) {
    fuse_->step();
    born();
  }
  Touchy(Touchy&& other) noexcept(false) : fuse_(other.fuse_) {
    fuse_->step();
    born();
  }
  Touchy& operator=(const Touchy&) = delete;
  ~Touchy() noexcept(false) {
    fuse_->alive.fetch_sub(1, std::memory_order_relaxed);
    if (harmless_) return;
    fuse_->step();
  }
  void operator()() const { fuse_->step(); }
  void operator()(std::size_t /*item*/) const { fuse_->step(); }
  /// The test's own copy: its end is no step.
  void disarm() { harmless_ = true; }

 private:
  void born() { fuse_->alive.fetch_add(1, std::memory_order_relaxed); }
  Fuse* fuse_;
  bool harmless_ = false;
  std::array<char, Bytes> padding_{};
};

class Throwing : public testing::TestWithParam<Subject> {};

/// Submits with the fuse burning down at the 1st, 2nd, ... step, until a submit does fewer.
template <std::size_t Bytes, typename Submit>
void sweep(Pool& pool, Submit submit) {
  Fuse fuse;
  bool burnt = true;
  for (int steps = 1; burnt; ++steps) {
    ASSERT_LT(steps, 200);
    fuse.left.store(1'000'000, std::memory_order_relaxed);
    Touchy<Bytes> mine(fuse);
    mine.disarm();
    fuse.left.store(steps, std::memory_order_relaxed);
    try {
      submit(mine);
    } catch (const Fuse::Burnt&) {
      EXPECT_TRUE(fuse.burnt());
    }
    ASSERT_TRUE(pool.wait_idle(kLong)) << "after step " << steps;
    burnt = fuse.burnt();
    EXPECT_TRUE(eventually([&] { return fuse.alive.load(std::memory_order_relaxed) == 1; }))
        << fuse.alive.load(std::memory_order_relaxed) << " alive after step " << steps;
    expect_closed(pool.snapshot().ledger);
  }
}

template <std::size_t Bytes>
void sweep_all(Pool& pool) {
  using Body = Touchy<Bytes>;
  sweep<Bytes>(pool, [&](Body& body) { static_cast<void>(pool.submit(body)); });
  sweep<Bytes>(pool, [&](Body& body) { static_cast<void>(pool.submit(std::move(body))); });
  sweep<Bytes>(pool, [&](Body& body) { static_cast<void>(pool.try_submit(body)); });
  sweep<Bytes>(pool, [&](Body& body) { static_cast<void>(pool.submit_bulk(10, body)); });
  sweep<Bytes>(pool, [&](Body& body) {
    pools::TaskGroup group(pool);
    static_cast<void>(group.run(body));
    group.wait();
  });
  sweep<Bytes>(pool, [&](Body& body) {
    pools::TaskGroup group(pool);  // its destructor waits
    static_cast<void>(group.run(std::move(body)));
  });
}

TEST_P(Throwing, AtAnyStepIsIsolated) {
  const auto pool = pools::make_pool(GetParam().config);
  sweep_all<1>(*pool);
  sweep_all<100>(*pool);
}

TEST_P(Throwing, AtAnyStepOfARefusalIsIsolated) {
  const auto pool = pools::make_pool(GetParam().config);
  ASSERT_TRUE(pool->shutdown(pools::ShutdownMode::Drain, kLong).complete);
  sweep_all<1>(*pool);
}

TEST_P(Throwing, AtTheEndOfACancelledTaskIsIsolated) {
  Fuse fuse;
  fuse.left.store(1'000'000, std::memory_order_relaxed);
  const auto pool = pools::make_pool(GetParam().config);
  {
    Gate gate;
    for (std::uint32_t i = 0; i < 3; ++i) {
      ASSERT_EQ(pool->submit(gate.blocker()), pools::SubmitStatus::Accepted);
    }
    ASSERT_TRUE(gate.await_arrivals(3));
    ASSERT_EQ(pool->submit(Touchy<1>(fuse)), pools::SubmitStatus::Accepted);
    fuse.left.store(1, std::memory_order_relaxed);
    static_cast<void>(pool->shutdown(pools::ShutdownMode::CancelQueued, pools::Nanos{0}));
  }
  EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::CancelQueued, kLong).complete);
  EXPECT_EQ(fuse.alive.load(std::memory_order_relaxed), 0);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_EQ(ledger.cancelled, 1U);
  expect_closed(ledger);
}

TEST_P(Throwing, DestructorCountsAsTheTasksFailure) {
  struct Bomb {
    explicit Bomb(bool live) : armed(live) {}
    Bomb(Bomb&& other) noexcept : armed(std::exchange(other.armed, false)) {}
    Bomb& operator=(Bomb&&) = delete;
    ~Bomb() noexcept(false) {
      if (armed) throw 1;
    }
    bool armed;
  };
  const auto pool = pools::make_pool(GetParam().config);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(pool->submit([bomb = Bomb(i % 2 == 0)] { static_cast<void>(bomb); }),
              pools::SubmitStatus::Accepted);
  }
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().ledger.failed, 25U);
}

INSTANTIATE_TEST_SUITE_P(EveryPool, Throwing, testing::ValuesIn(every_pool()), subject_name);

}  // namespace
}  // namespace contract
