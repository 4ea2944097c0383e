#include "pools/timers/timers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "pools/timers/timer_thread.h"

namespace pools {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Counts what fires, and lets a test wait for it.
class Bell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    ++rings_;
    rang_.notify_all();
  }
  bool heard(unsigned times) {
    std::unique_lock lock(mutex_);
    return rang_.wait_for(lock, std::chrono::seconds{20}, [&] { return rings_ >= times; });
  }
  unsigned rings() {
    const std::lock_guard lock(mutex_);
    return rings_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable rang_;
  unsigned rings_ = 0;
};

struct Ringing final : Timer {
  explicit Ringing(Bell& rung) : bell(rung) {}
  void fire() noexcept override { bell.ring(); }
  Bell& bell;
};

struct TimersThatRun : testing::Test {
  TimerThread thread{[](std::function<void()> body) { return std::thread(std::move(body)); }};
  Timers& timers = thread.timers();
  Bell bell;
};

TEST_F(TimersThatRun, FireWhenTheyAreDue) {
  Ringing timer(bell);
  const Instant due = deadline_after(milliseconds{2});
  timers.start(timer, due);
  ASSERT_TRUE(bell.heard(1));
  EXPECT_GE(Clock::now(), due);
  EXPECT_FALSE(timers.cancel(timer));
}

TEST_F(TimersThatRun, AnEarlierOneIsNotLateBecauseTheThreadSleepsForALaterOne) {
  Ringing later(bell);
  Ringing sooner(bell);
  timers.start(later, deadline_after(hours{1}));
  timers.start(sooner, deadline_after(milliseconds{1}));
  EXPECT_TRUE(bell.heard(1));
  EXPECT_TRUE(timers.cancel(later));
}

TEST_F(TimersThatRun, ACancelledOneNeverFires) {
  Ringing timer(bell);
  Ringing after(bell);
  timers.start(timer, deadline_after(hours{1}));
  EXPECT_TRUE(timers.cancel(timer));
  timers.start(after, Clock::now());
  ASSERT_TRUE(bell.heard(1));
  EXPECT_EQ(bell.rings(), 1U);
}

TEST_F(TimersThatRun, WhoCancelsWaitsUntilItIsNotFiring) {
  struct Slow final : Timer {
    explicit Slow(Bell& entered) : in(entered) {}
    void fire() noexcept override {
      in.ring();
      std::this_thread::sleep_for(milliseconds{20});
      done = true;  // unguarded: who cancelled may read it
    }
    Bell& in;
    bool done = false;
  } timer(bell);
  timers.start(timer, Clock::now());
  ASSERT_TRUE(bell.heard(1));
  EXPECT_FALSE(timers.cancel(timer));
  EXPECT_TRUE(timer.done);
}

TEST_F(TimersThatRun, OneMayStartItselfAgain) {
  struct Repeating final : Timer {
    Repeating(Timers& its, Bell& rung) : timers(its), bell(rung) {}
    void fire() noexcept override {
      timers.start(*this, Clock::now());
      bell.ring();
    }
    Timers& timers;
    Bell& bell;
  } timer(timers, bell);
  timers.start(timer, Clock::now());
  ASSERT_TRUE(bell.heard(5));
  EXPECT_TRUE(timers.cancel(timer)) << "it is always pending or firing";
  const unsigned rings = bell.rings();
  Ringing after(bell);
  timers.start(after, Clock::now());
  ASSERT_TRUE(bell.heard(rings + 1));
  EXPECT_EQ(bell.rings(), rings + 1);
}

TEST_F(TimersThatRun, OneMayDestroyItself) {
  struct Own final : Timer {
    explicit Own(Bell& rung) : bell(rung) {}
    void fire() noexcept override {
      Bell& last = bell;
      delete this;
      last.ring();
    }
    Bell& bell;
  };
  for (unsigned i = 0; i < 100; ++i) {
    timers.start(*std::make_unique<Own>(bell).release(), Clock::now());
  }
  EXPECT_TRUE(bell.heard(100));
}

TEST_F(TimersThatRun, ManyThreadsStartAndCancelAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  std::atomic<unsigned> cancelled{0};
  std::deque<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        Ringing timer(bell);  // gone at the end of the round, whatever comes first
        timers.start(timer, deadline_after(Nanos{1000 * ((i * 37 + t) % 200)}));
        if (timers.cancel(timer)) cancelled.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(cancelled.load(std::memory_order_relaxed) + bell.rings(), kThreads * kRounds);
}

TEST(TimerThread, StopsWhileItSleeps) {
  TimerThread thread{[](std::function<void()> body) { return std::thread(std::move(body)); }};
  thread.stop();
  thread.stop();
}

}  // namespace
}  // namespace pools
