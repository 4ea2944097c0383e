// The strategies alone, without threads: nothing is lost or invented whatever the sequence of
// calls, and where order depends on time, time is given.
#include "pools/dispatch/dispatch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include "tests/pools/contract/subjects.h"
#include "tests/pools/seed.h"

namespace contract {
namespace {

using pools::Dispatch;
using pools::Instant;
using pools::Task;
using pools::WorkerId;

constexpr std::uint32_t kWorkers = 4;

/// A strategy with its surroundings.
class Bench {
 public:
  explicit Bench(const pools::Choice& choice) : counters_(kWorkers) {
    const auto* row = pools::find_dispatch(choice.name);
    dispatch_ = row->make(choice.settings.resolved(row->knobs, "/dispatch"),
                          {.max_workers = kWorkers, .seed = tests::seed(), .counters = counters_});
  }
  Dispatch* operator->() { return dispatch_.get(); }
  Task& add(Instant accepted, std::uint8_t level, WorkerId from) {
    tasks_.push_back(std::make_unique<Task>());
    Task& task = *tasks_.back();
    task.accepted = accepted;
    task.level = level;
    placed = dispatch_->place(task, from, submitters_[from == pools::kOutside ? kWorkers : from]);
    return task;
  }
  pools::Placement placed;  ///< what the last add() said
  std::uint64_t depth() const {
    std::uint64_t sum = dispatch_->shared_depth();
    for (WorkerId worker = 0; worker < kWorkers; ++worker) sum += dispatch_->depth(worker);
    return sum;
  }

 private:
  std::vector<pools::WorkerCounters> counters_;
  std::array<pools::Submitter, kWorkers + 1> submitters_;  // the last: outside
  std::vector<std::unique_ptr<Task>> tasks_;
  std::unique_ptr<Dispatch> dispatch_;
};

class Strategy : public testing::TestWithParam<Subject> {};

TEST_P(Strategy, KeepsEveryTaskUntilItIsTakenOnce) {
  std::mt19937_64 random(tests::seed());
  const auto below = [&](std::uint32_t n) {
    return std::uniform_int_distribution<std::uint32_t>(0, n - 1)(random);
  };
  for (int round = 0; round < 20; ++round) {
    Bench bench(GetParam().config.dispatch);
    std::set<const Task*> waiting;
    std::vector<bool> alive(kWorkers, false);
    bench->worker_joined(0);
    alive[0] = true;
    const auto receive = [&](std::span<Task*> taken) {
      for (const Task* task : taken) EXPECT_EQ(waiting.erase(task), 1U) << "not waiting";
    };
    std::vector<Task*> out(64);
    for (int step = 0; step < 600; ++step) {
      const WorkerId worker = below(kWorkers);
      switch (below(8)) {
        case 0:
          if (!alive[worker]) {
            bench->worker_joined(worker);
            alive[worker] = true;
          } else if (std::count(alive.begin(), alive.end(), true) > 1) {
            bench->worker_left(worker);
            alive[worker] = false;
          }
          break;
        case 1:
        case 2:
        case 3: {
          if (!alive[worker]) break;
          const std::size_t n =
              bench->take(worker, {out.data(), 1 + below(40)}, pools::Clock::now()).count;
          receive({out.data(), n});
          break;
        }
        default: {
          const WorkerId from = alive[worker] && below(2) == 0 ? worker : pools::kOutside;
          const auto level = static_cast<std::uint8_t>(below(3));
          waiting.insert(&bench.add(pools::Clock::now(), level, from));
        }
      }
      ASSERT_EQ(bench.depth(), waiting.size()) << "round " << round << " step " << step;
    }
    bench->flush();
    // What is left must be reachable for whoever is alive, without anything new arriving.
    for (int idle = 0; idle < 2'000 && !waiting.empty(); ++idle) {
      for (WorkerId worker = 0; worker < kWorkers; ++worker) {
        if (!alive[worker]) continue;
        const bool promised = bench->has_work(worker, pools::Clock::now());
        const std::size_t n =
            bench->take(worker, {out.data(), out.size()}, pools::Clock::now()).count;
        receive({out.data(), n});
        EXPECT_TRUE(promised || n == 0) << "it would have slept although there was work";
      }
    }
    if (!waiting.empty()) {
      // A strategy without stealing may hold tasks for a worker; but only for one that is alive.
      ADD_FAILURE() << waiting.size() << " tasks cannot be reached by the living workers";
    }
    for (WorkerId worker = 0; worker < kWorkers; ++worker)
      EXPECT_FALSE(bench->has_work(worker, pools::Clock::now()));
    EXPECT_EQ(bench.depth(), 0U);
  }
}

TEST_P(Strategy, ReclaimFindsTasksWhereverTheyWait) {
  Bench bench(GetParam().config.dispatch);
  for (WorkerId worker = 0; worker < kWorkers; ++worker) bench->worker_joined(worker);
  std::set<const Task*> waiting;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const WorkerId from = i % 5 == 4 ? pools::kOutside : i % 5;
    waiting.insert(&bench.add(pools::Clock::now(), static_cast<std::uint8_t>(i % 3), from));
  }
  std::vector<Task*> out(7);
  while (true) {
    const std::size_t n = bench->reclaim({out.data(), out.size()});
    if (n == 0) break;
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(waiting.erase(out[i]), 1U);
  }
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(bench.depth(), 0U);
}

TEST_P(Strategy, AWorkerThatLeavesNamesWhomToWakeForWhatItLeft) {
  Bench bench(GetParam().config.dispatch);
  bench->worker_joined(0);
  bench->worker_joined(1);
  std::set<const Task*> waiting;
  for (std::uint32_t i = 0; i < 300; ++i) {
    waiting.insert(&bench.add(pools::Clock::now(), 0, i % 2));
  }
  const auto placement = bench->worker_left(0);
  bench->flush();
  std::vector<Task*> out(16);
  EXPECT_TRUE(bench->has_work(1, pools::Clock::now()));
  for (int idle = 0; idle < 500 && !waiting.empty(); ++idle) {
    const std::size_t n = bench->take(1, {out.data(), out.size()}, pools::Clock::now()).count;
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(waiting.erase(out[i]), 1U);
  }
  EXPECT_TRUE(waiting.empty()) << waiting.size() << " left behind";
  EXPECT_NE(placement.wake, 0U) << "the one that left";
}

INSTANTIATE_TEST_SUITE_P(Variants, Strategy, testing::ValuesIn(strategy_variants()), subject_name);

TEST(Priority, OrdersByArrivalPlusLevelTimesAgeing) {
  std::mt19937_64 random(tests::seed());
  pools::Choice choice{"priority", {}};
  const pools::Nanos ageing = std::chrono::milliseconds(10);
  choice.settings.set("ageing_ms", 10.0);
  for (int round = 0; round < 50; ++round) {
    Bench bench(choice);
    bench->worker_joined(0);
    Instant now{std::chrono::seconds(1)};
    std::vector<const Task*> tasks;
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::microseconds(std::uniform_int_distribution<>(1, 500)(random));
      const auto level = static_cast<std::uint8_t>(std::uniform_int_distribution<>(0, 2)(random));
      tasks.push_back(&bench.add(now, level, pools::kOutside));
    }
    const auto key = [&](const Task* task) {
      return task->accepted + static_cast<int>(task->level) * ageing;
    };
    std::vector<const Task*> order;
    Task* one = nullptr;
    while (bench->take(0, {&one, 1}, pools::Clock::now()).count == 1) order.push_back(one);
    ASSERT_EQ(order.size(), tasks.size());
    for (std::size_t i = 1; i < order.size(); ++i) {
      ASSERT_LE(key(order[i - 1]), key(order[i])) << "place " << i;
    }
    // The bound that follows: only arrivals less than level x ageing later may overtake.
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (std::size_t before = 0; before < i; ++before) {
        ASSERT_LE(order[before]->accepted,
                  order[i]->accepted + static_cast<int>(order[i]->level) * ageing);
      }
    }
  }
}

TEST(Priority, WithoutAgeingIsStrict) {
  pools::Choice choice{"priority", {}};
  choice.settings.set("ageing_ms", 0.0);
  Bench bench(choice);
  bench->worker_joined(0);
  for (int i = 0; i < 90; ++i) {
    bench.add(Instant{pools::Nanos{1 + i}}, static_cast<std::uint8_t>(2 - i % 3), pools::kOutside);
  }
  std::vector<int> levels;
  Task* one = nullptr;
  while (bench->take(0, {&one, 1}, pools::Clock::now()).count == 1) levels.push_back(one->level);
  EXPECT_EQ(levels.size(), 90U);
  EXPECT_TRUE(std::is_sorted(levels.begin(), levels.end()));
}

TEST(Batch, IsHeldBackUntilItIsFullOrFlushed) {
  pools::Choice choice{"batch", {}};
  choice.settings.set("size", std::int64_t{4});
  choice.settings.set("early_flush", false);
  choice.settings.set("flush_us", 60e6);
  Bench bench(choice);
  bench->worker_joined(0);
  std::vector<Task*> out(64);
  const Instant first = pools::Clock::now();
  for (int i = 0; i < 3; ++i) bench.add(first, 0, pools::kOutside);
  EXPECT_FALSE(bench->has_work(0, pools::Clock::now()));
  EXPECT_EQ(bench->take(0, {out.data(), out.size()}, pools::Clock::now()).count, 0U);
  ASSERT_TRUE(bench->ripens_at().has_value());
  EXPECT_EQ(*bench->ripens_at(), first + std::chrono::seconds(60));
  bench.add(first, 0, pools::kOutside);
  EXPECT_TRUE(bench->has_work(0, pools::Clock::now()));
  EXPECT_EQ(bench->take(0, {out.data(), out.size()}, pools::Clock::now()).count, 4U);
  EXPECT_FALSE(bench->ripens_at().has_value());
  // Too old: handed over although it is not full.
  bench.add(first - std::chrono::seconds(61), 0, pools::kOutside);
  EXPECT_TRUE(bench->has_work(0, pools::Clock::now()));
  EXPECT_EQ(bench->take(0, {out.data(), out.size()}, pools::Clock::now()).count, 1U);
  // At shutdown nothing is held back.
  bench.add(first, 0, pools::kOutside);
  EXPECT_EQ(bench->take(0, {out.data(), out.size()}, pools::Clock::now()).count, 0U);
  bench->flush();
  EXPECT_TRUE(bench->has_work(0, pools::Clock::now()));
  EXPECT_EQ(bench->take(0, {out.data(), out.size()}, pools::Clock::now()).count, 1U);
}

/// Push with this `choose`, kWorkers of which the first `joined` are there.
std::unique_ptr<Bench> push(const std::string& choose, bool steal, std::uint32_t joined) {
  pools::Choice choice{"push", {}};
  choice.settings.set("choose", choose);
  choice.settings.set("steal", steal);
  auto bench = std::make_unique<Bench>(choice);
  for (WorkerId id = 0; id < joined; ++id) {
    (*bench)->worker_joined(id);
    (*bench)->activity_changed(id, pools::Activity::Working);
  }
  return bench;
}
constexpr const char* kChoices[] = {"round_robin", "least_loaded", "power_of_two", "join_idle"};

TEST(Push, PutsNoTaskBehindTheOneThatSubmitsIt) {
  for (const char* choose : kChoices) {
    for (const bool steal : {false, true}) {
      for (const std::uint32_t workers : {2U, kWorkers}) {
        const auto bench = push(choose, steal, workers);
        for (int i = 0; i < 200; ++i) bench->add(pools::Clock::now(), 0, 1);
        EXPECT_EQ((*bench)->depth(1), 0U) << choose << ": the submitter is stuck in its task";
        EXPECT_EQ(bench->depth(), 200U);
      }
      const auto alone = push(choose, steal, 1);
      alone->add(pools::Clock::now(), 0, 0);
      EXPECT_EQ((*alone)->depth(0), 0U) << choose;
      EXPECT_EQ((*alone)->shared_depth(), 1U) << choose << ": within reach of whoever joins";
    }
  }
}

TEST(Push, LeastLoadedPrefersWhoHasNothingToDo) {
  const auto bench = push("least_loaded", false, kWorkers);
  (*bench)->activity_changed(2, pools::Activity::Searching);
  bench->add(pools::Clock::now(), 0, pools::kOutside);
  EXPECT_EQ((*bench)->depth(2), 1U) << "it looks for work; the others run tasks";
  (*bench)->activity_changed(3, pools::Activity::Parked);
  bench->add(pools::Clock::now(), 0, 2);
  EXPECT_EQ((*bench)->depth(3), 1U);
  EXPECT_EQ(bench->placed.wake, 3U);
}

TEST(Push, ATaskThatAllMayTakeIsToldToAnotherIfItsWorkerIsAwake) {
  for (const char* choose : kChoices) {
    const auto open = push(choose, true, kWorkers);
    const auto own = push(choose, false, kWorkers);
    for (WorkerId id = 0; id < kWorkers; ++id) {
      (*open)->activity_changed(id, pools::Activity::Parked);
      (*own)->activity_changed(id, pools::Activity::Parked);
    }
    for (int i = 0; i < 50; ++i) {
      open->add(pools::Clock::now(), 0, pools::kOutside);
      EXPECT_TRUE(open->placed.wake == pools::kAnyWorker || open->placed.or_another) << choose;
      own->add(pools::Clock::now(), 0, pools::kOutside);
      EXPECT_FALSE(own->placed.or_another) << choose << ": nobody else may take it";
    }
    for (WorkerId id = 0; id < kWorkers; ++id)
      EXPECT_TRUE((*open)->has_work(id, pools::Clock::now())) << choose;
  }
}

TEST(Push, AWorkerThatJoinsCanReachWhatWaitsBehindTheOthers) {
  for (const char* choose : kChoices) {
    const auto bench = push(choose, false, 1);
    for (int i = 0; i < 5; ++i) bench->add(pools::Clock::now(), 0, pools::kOutside);
    EXPECT_EQ((*bench)->worker_joined(1).wake, pools::kAnyWorker);
    EXPECT_EQ((*bench)->depth(0), 0U) << choose;
    Task* one = nullptr;
    EXPECT_TRUE((*bench)->has_work(1, pools::Clock::now()));
    EXPECT_EQ((*bench)->take(1, {&one, 1}, pools::Clock::now()).count, 1U) << choose;
    EXPECT_EQ((*bench)->worker_joined(2).wake, pools::kNobody) << "nothing more within reach";
  }
}

TEST(Push, JoinIdleSendsOneTaskToEachParkedWorker) {
  const auto bench = push("join_idle", false, kWorkers);
  for (WorkerId id = 0; id < kWorkers; ++id) {
    (*bench)->activity_changed(id, pools::Activity::Parked);
  }
  for (WorkerId id = 0; id < kWorkers; ++id) bench->add(pools::Clock::now(), 0, pools::kOutside);
  for (WorkerId id = 0; id < kWorkers; ++id) EXPECT_EQ((*bench)->depth(id), 1U) << id;
}

TEST(Push, NoTaskOvertakesThoseInTheOverflow) {
  pools::Choice choice{"push", {}};
  choice.settings.set("inbox", std::int64_t{2});
  Bench bench(choice);
  bench->worker_joined(0);
  for (int i = 0; i < 3; ++i) bench.add(pools::Clock::now(), 0, pools::kOutside);
  Task* one = nullptr;
  EXPECT_EQ(bench->take(0, {&one, 1}, pools::Clock::now()).count, 1U);
  bench.add(pools::Clock::now(), 0, pools::kOutside);
  EXPECT_EQ(bench->depth(0), 1U) << "there is room, but an older task waits in the overflow";
  EXPECT_EQ(bench->shared_depth(), 2U);
}

/// Where a worker has room for many, it leaves the others theirs: what it has taken, nothing
/// overtakes, and they would have to come for it one by one.
TEST(Shares, AWorkerTakesNoMoreThanItsPartOfASharedQueue) {
  for (const Subject& subject : strategy_variants()) {
    const std::string& name = subject.config.dispatch.name;
    if (name != "pull" && name != "priority") continue;
    Bench bench(subject.config.dispatch);
    for (WorkerId id = 0; id < kWorkers; ++id) bench->worker_joined(id);
    for (int i = 0; i < 10; ++i) bench.add(pools::Clock::now(), 0, pools::kOutside);
    std::vector<Task*> out(32);
    EXPECT_LE(bench->take(0, out, pools::Clock::now()).count, 3U)
        << subject.name << ": of 10, for 4 workers";
    EXPECT_GE(bench.depth(), 7U);
  }
}

TEST(Stealing, SaysThatTasksMovedWhereOthersFindThem) {
  Bench bench({"stealing", {}});
  bench->worker_joined(0);
  Task* one = nullptr;
  bench.add(pools::Clock::now(), 0, pools::kOutside);
  pools::Taken taken = bench->take(0, {&one, 1}, pools::Clock::now());
  EXPECT_EQ(taken.count, 1U);
  EXPECT_FALSE(taken.moved_others);
  for (int i = 0; i < 8; ++i) bench.add(pools::Clock::now(), 0, pools::kOutside);
  taken = bench->take(0, {&one, 1}, pools::Clock::now());
  EXPECT_EQ(taken.count, 1U);
  EXPECT_TRUE(taken.moved_others) << "seven from the injector into its deque";
  bench->worker_joined(1);
  taken = bench->take(1, {&one, 1}, pools::Clock::now());
  EXPECT_EQ(taken.count, 1U);
  EXPECT_TRUE(taken.moved_others) << "half of those into the thief's";
  EXPECT_EQ(bench.depth(), 6U);
}

}  // namespace
}  // namespace contract
