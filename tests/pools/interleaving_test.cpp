// What goes wrong only if a thread is held up in the wrong place: the engine's sync points hold it
// there. Each of these failed before the step that it is about was added.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "pools/dispatch/dispatch.h"
#include "pools/engine/sync_point.h"
#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::SubmitStatus;
using pools::SyncPoint;
using pools::WorkerState;

/// While it lives, every thread that comes to a sync point calls `hook`. One at a time. Declare it
/// before the pool: no thread may still be in the hook when it ends.
class Hook {
 public:
  explicit Hook(std::function<void(SyncPoint)> hook) : hook_(std::move(hook)) {
    current.store(this, std::memory_order_release);
    pools::sync_hook.store([](SyncPoint at) { current.load(std::memory_order_acquire)->hook_(at); },
                           std::memory_order_release);
  }
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;
  ~Hook() { pools::sync_hook.store(nullptr, std::memory_order_release); }

 private:
  static inline std::atomic<Hook*> current{nullptr};
  const std::function<void(SyncPoint)> hook_;
};

Subject foreign(const std::string& name) {
  for (const Subject& subject : every_pool()) {
    if (subject.config.dispatch.name == name) return subject;
  }
  ADD_FAILURE() << "no pool is called " << name;
  return {};
}

std::uint32_t parked(const pools::Pool& pool) {
  std::uint32_t n = 0;
  for (const auto& worker : pool.snapshot().by_worker) n += worker.state == WorkerState::Parked;
  return n;
}

class Interleaving : public testing::TestWithParam<Subject> {};
class Quiet : public testing::TestWithParam<Subject> {};

/// Where all tasks that a worker takes at once are within the others' reach: shared queues, and
/// `batch`, of which a worker always takes more than one.
std::vector<Subject> within_reach() {
  std::vector<Subject> out = that_share(strategies());
  for (const Subject& subject : strategies()) {
    if (subject.config.dispatch.name == "batch") out.push_back(subject);
  }
  return out;
}

/// A worker that has taken several tasks is held up until the other one sleeps; then its first task
/// waits for the rest, which only the other can run.
TEST_P(Interleaving, WhoSleptWhileTasksWereOnTheirWayIsWoken) {
  std::unique_ptr<pools::Pool> pool;
  std::atomic<bool> armed{false};
  std::atomic<std::thread::id> held_up{};
  const Hook hook([&](SyncPoint at) {
    if (at != SyncPoint::TookTasks || !armed.exchange(false)) return;
    held_up = std::this_thread::get_id();
    EXPECT_TRUE(eventually([&] { return parked(*pool) == 1; })) << "the other one goes to sleep";
  });
  pool = with_workers(GetParam(), 2);
  // Tiny tasks, so that workers learn to take many at a time; both at work then, held at a gate.
  for (int i = 0; i < 4'000; ++i) ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  expect_quiet(*pool);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(2));
  constexpr int kTasks = 12;
  std::atomic<int> runs{0};
  std::atomic<bool> first_waits{true};
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_EQ(pool->submit([&] {
      runs.fetch_add(1, std::memory_order_acq_rel);
      if (held_up.load() != std::this_thread::get_id() || !first_waits.exchange(false)) return;
      EXPECT_TRUE(eventually([&] { return runs.load(std::memory_order_acquire) == kTasks; }))
          << runs.load() << " of " << kTasks << " ran: the other worker sleeps beside the rest";
    }),
              SubmitStatus::Accepted);
  }
  armed = true;
  gate.open();
  expect_quiet(*pool);
  EXPECT_NE(held_up.load(), std::thread::id());
  EXPECT_EQ(runs.load(), kTasks);
  pool.reset();
}

INSTANTIATE_TEST_SUITE_P(Strategies, Interleaving, testing::ValuesIn(within_reach()), subject_name);

pools::PoolConfig one_to_four() {
  pools::PoolConfig config;
  config.min_workers = 1;
  config.max_workers = 4;
  config.sizing = {"threshold", {}};
  config.sizing.settings.set("idle_timeout_ms", 1.0);
  return config;
}

/// Four tasks that wait for each other: the supervisor must bring four workers.
class Meeting {
 public:
  explicit Meeting(pools::Pool& pool) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(pool.submit(gate_.blocker()), SubmitStatus::Accepted);
  }
  bool takes_place() {
    const bool met = gate_.await_arrivals(4);
    gate_.open();
    return met;
  }

 private:
  Gate gate_;
};

TEST(Supervision, BeginsAgainAfterTheSupervisorDozed) {
  std::unique_ptr<pools::Pool> pool;
  std::atomic<bool> dozes{false};
  const Hook hook([&](SyncPoint at) {
    if (at == SyncPoint::Dozes) dozes = true;
  });
  pool = pools::make_pool(one_to_four());
  ASSERT_TRUE(eventually([&] { return dozes.load(); }));
  EXPECT_TRUE(Meeting(*pool).takes_place()) << "the supervisor dozes";
  pool.reset();
}

/// The worker is held up between its announcement and its last look, the supervisor sees it asleep
/// and dozes off; then tasks come, and the worker does not sleep after all.
TEST(Supervision, BeginsAgainWhenAWorkerDoesNotSleepAfterAll) {
  std::unique_ptr<pools::Pool> pool;
  std::atomic<bool> armed{true};
  std::atomic<bool> dozes{false};
  std::atomic<bool> go{false};
  const Hook hook([&](SyncPoint at) {
    // It cannot doze before the only worker counts as a sleeper.
    if (at == SyncPoint::Dozes) dozes = true;
    if (at != SyncPoint::AnnouncedSleep || !armed.exchange(false)) return;
    EXPECT_TRUE(eventually([&] { return go.load(); }));
  });
  pool = pools::make_pool(one_to_four());
  ASSERT_TRUE(eventually([&] { return dozes.load(); }));
  Meeting meeting(*pool);
  go = true;
  EXPECT_TRUE(meeting.takes_place()) << "the supervisor dozes beside queued tasks";
  pool.reset();
}

/// Whoever asks whether the pool is quiet is held up between the two sums that it compares, until
/// the only task has submitted another one and ended. At no moment is the pool quiet.
TEST_P(Quiet, IsNotSaidBetweenATaskAndItsSuccessor) {
  std::unique_ptr<pools::Pool> pool;
  Gate first;
  Gate successor;
  int sums = 0;
  const Hook hook([&, asker = std::this_thread::get_id()](SyncPoint at) {
    if (at != SyncPoint::ReadsCounts || std::this_thread::get_id() != asker || ++sums != 2) return;
    first.open();
    // Not the successor's beginning: a foreign thread that has settled a task tells the asker, who
    // cannot hear it here.
    EXPECT_TRUE(eventually([&] { return pool->snapshot().ledger.completed == 1; }));
  });
  pool = with_workers(GetParam(), 1);
  ASSERT_EQ(pool->submit([&, wait = first.blocker()] {
    wait();
    EXPECT_EQ(pool->submit(successor.blocker()), SubmitStatus::Accepted);
  }),
            SubmitStatus::Accepted);
  ASSERT_TRUE(first.await_arrivals(1));
  EXPECT_FALSE(pool->wait_idle(pools::Nanos{0})) << "the successor runs";
  EXPECT_EQ(sums, 2);
  successor.open();
  expect_quiet(*pool);
  pool.reset();
}

/// Our engine and, as the one of the peers that every build has, plain threads.
INSTANTIATE_TEST_SUITE_P(Pools, Quiet,
                         testing::Values(strategies().front(), foreign("std_priority_queue")),
                         subject_name);

/// A submitter has chosen a worker's inbox when that worker leaves. Strategies have no threads of
/// their own, so the one thread that there is does both.
TEST(Push, ATaskForAWorkerThatLeavesJustThenGoesWhereTheOthersFindIt) {
  const pools::DispatchRow* row = pools::find_dispatch("push");
  std::vector<pools::WorkerCounters> counters(2);
  const auto push = row->make(pools::Settings{}.resolved(row->knobs, "/dispatch"),
                              {.max_workers = 2, .seed = 1, .counters = counters});
  push->worker_joined(0);
  pools::Task task;
  pools::Submitter outside;
  {
    const Hook hook([&](SyncPoint at) {
      if (at != SyncPoint::ChoseInbox) return;
      push->worker_left(0);
      push->worker_joined(1);
    });
    EXPECT_EQ(push->place(task, pools::kOutside, outside).wake, pools::kAnyWorker);
  }
  pools::Task* taken = nullptr;
  EXPECT_TRUE(push->has_work(1, pools::Clock::now()));
  EXPECT_EQ(push->take(1, {&taken, 1}, pools::Clock::now()).count, 1U);
  EXPECT_EQ(taken, &task);
}

/// A task of the group has thrown and is held up before the group knows. The group's owner, who
/// helps while it waits, meanwhile runs two tasks, one after the other: so it has looked at the
/// group in between.
TEST(Joining, IsNotOverBeforeTheExceptionIsKept) {
  std::unique_ptr<pools::Pool> pool;
  std::atomic<int> helped{0};
  const Hook hook([&](SyncPoint at) {
    if (at != SyncPoint::KeepsException) return;
    for (int i = 1; i <= 2; ++i) {
      EXPECT_EQ(pool->submit([&] { helped.fetch_add(1); }), SubmitStatus::Accepted);
      EXPECT_TRUE(eventually([&] { return helped.load() == i; }));
    }
  });
  pool = with_workers(strategies().front(), 2);
  ASSERT_EQ(pool->submit([&] {
    std::atomic<bool> runs{false};
    pools::TaskGroup group(*pool);
    EXPECT_EQ(group.run([&] {
      runs = true;
      throw std::runtime_error("asked to");
    }),
              SubmitStatus::Accepted);
    EXPECT_TRUE(eventually([&] { return runs.load(); })) << "on the other worker";
    EXPECT_THROW(group.wait(), std::runtime_error);
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(helped.load(), 2);
  pool.reset();
}

}  // namespace
}  // namespace contract
