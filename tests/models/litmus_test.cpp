// The explorer's own gate: small programs whose possible outcomes the memory model fixes. What must
// be seen is seen, what must never be seen is not. Without this, a clean scene proves nothing.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "tests/models/explorer/atomic.h"
#include "tests/models/explorer/search.h"

namespace models {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;
constexpr auto kAcqRel = std::memory_order_acq_rel;
constexpr auto kSeqCst = std::memory_order_seq_cst;

/// Two variables, up to four threads, four results.
struct Litmus : Scene {
  Atomic<int> x{0};
  Atomic<int> y{0};
  int r[4] = {-1, -1, -1, -1};
  std::set<std::string>* seen = nullptr;

  void run(std::initializer_list<std::function<void()>> threads) {
    static const char* const kNames[] = {"t1", "t2", "t3", "t4"};
    const char* const* name = kNames;
    for (const auto& body : threads) thread(*name++, body);
  }
  void finished() override {
    std::string text;
    for (const int value : r) text += value < 0 ? "" : std::to_string(value);
    seen->insert(text);
  }
};

/// All outcomes of the litmus test, by each strategy; they have to agree.
std::set<std::string> outcomes(const std::function<void(Litmus&)>& set_up) {
  std::set<std::string> by_depth;
  std::set<std::string> by_chance;
  std::set<std::string>* seen = &by_depth;
  const SceneRow row{"litmus", [&] {
                       auto litmus = std::make_unique<Litmus>();
                       litmus->seen = seen;
                       set_up(*litmus);
                       return litmus;
                     }};
  Effort effort;
  effort.random = effort.priorities = 0;
  effort.depth_first = 1'000'000;
  effort.preemptions = effort.stale = 8;
  const Outcome deep = explore(row, effort);
  EXPECT_TRUE(deep.complete && !deep.failed) << deep.report("litmus");
  seen = &by_chance;
  effort.depth_first = 0;
  effort.random = 20'000;
  EXPECT_FALSE(explore(row, effort).failed);
  EXPECT_EQ(by_depth, by_chance) << "random walk";
  by_chance.clear();
  effort.random = 0;
  effort.priorities = 20'000;
  EXPECT_FALSE(explore(row, effort).failed);
  EXPECT_EQ(by_depth, by_chance) << "priorities";
  return by_depth;
}

using Seen = std::set<std::string>;

Seen store_buffering(Order store, Order load) {
  return outcomes([=](Litmus& t) {
    t.run({[&t, store, load] {
             t.x.store(1, store);
             t.r[0] = t.y.load(load);
           },
           [&t, store, load] {
             t.y.store(1, store);
             t.r[1] = t.x.load(load);
           }});
  });
}

TEST(Litmus, StoreBufferingMissesBothUnlessSeqCst) {
  EXPECT_EQ(store_buffering(kSeqCst, kSeqCst), (Seen{"01", "10", "11"}));
  EXPECT_EQ(store_buffering(kRelease, kAcquire), (Seen{"00", "01", "10", "11"}));
  EXPECT_EQ(store_buffering(kRelaxed, kRelaxed), (Seen{"00", "01", "10", "11"}));
  EXPECT_EQ(store_buffering(kSeqCst, kAcquire), (Seen{"00", "01", "10", "11"}));
  EXPECT_EQ(store_buffering(kRelease, kSeqCst), (Seen{"00", "01", "10", "11"}));
}

TEST(Litmus, StoreBufferingThroughUpdatesOfOneVariableSeesOne) {
  // Updates read the newest value, so two that acquire and release order their threads.
  const Seen seen = outcomes([](Litmus& t) {
    t.run({[&t] {
             t.x.store(1, kRelaxed);
             t.r[0] = t.y.fetch_add(1, kAcqRel) == 0 ? 0 : 1;
           },
           [&t] {
             const int before = t.y.fetch_add(1, kAcqRel);
             t.r[1] = t.x.load(kRelaxed) + 2 * before;
           }});
  });
  EXPECT_EQ(seen, (Seen{"03", "10", "11"}));
}

Seen message_passing(Order store, Order load) {
  return outcomes([=](Litmus& t) {
    t.run({[&t, store] {
             t.x.store(1, kRelaxed);
             t.y.store(1, store);
           },
           [&t, load] {
             t.r[0] = t.y.load(load);
             t.r[1] = t.x.load(kRelaxed);
           }});
  });
}

TEST(Litmus, MessagePassingNeedsReleaseAndAcquire) {
  EXPECT_EQ(message_passing(kRelease, kAcquire), (Seen{"00", "01", "11"}));
  EXPECT_EQ(message_passing(kSeqCst, kSeqCst), (Seen{"00", "01", "11"}));
  EXPECT_EQ(message_passing(kRelaxed, kAcquire), (Seen{"00", "01", "10", "11"}));
  EXPECT_EQ(message_passing(kRelease, kRelaxed), (Seen{"00", "01", "10", "11"}));
}

Seen independent_reads(Order store, Order load) {
  return outcomes([=](Litmus& t) {
    t.run({[&t, store] { t.x.store(1, store); }, [&t, store] { t.y.store(1, store); },
           [&t, load] {
             t.r[0] = t.x.load(load);
             t.r[1] = t.y.load(load);
           },
           [&t, load] {
             t.r[2] = t.y.load(load);
             t.r[3] = t.x.load(load);
           }});
  });
}

TEST(Litmus, IndependentReadersAgreeOnTheOrderOnlyUnderSeqCst) {
  EXPECT_FALSE(independent_reads(kSeqCst, kSeqCst).contains("1010"));
  EXPECT_TRUE(independent_reads(kRelease, kAcquire).contains("1010"));
  EXPECT_TRUE(independent_reads(kRelaxed, kRelaxed).contains("1010"));
}

TEST(Litmus, OneLocationIsReadInItsOrderEvenRelaxed) {
  const Seen seen = outcomes([](Litmus& t) {
    t.run({[&t] {
             t.x.store(1, kRelaxed);
             t.x.store(2, kRelaxed);
           },
           [&t] {
             t.r[0] = t.x.load(kRelaxed);
             t.r[1] = t.x.load(kRelaxed);
           }});
  });
  EXPECT_EQ(seen, (Seen{"00", "01", "02", "11", "12", "22"}));
}

TEST(Litmus, WhatAnEarlierReadSawAnAcquirerSeesToo) {
  // Write-to-read causality over three threads; also read-read coherence across threads.
  const Seen seen = outcomes([](Litmus& t) {
    t.run({[&t] { t.x.store(1, kRelaxed); },
           [&t] {
             t.r[0] = t.x.load(kRelaxed);
             t.y.store(1, kRelease);
           },
           [&t] {
             t.r[1] = t.y.load(kAcquire);
             t.r[2] = t.x.load(kRelaxed);
           }});
  });
  EXPECT_FALSE(seen.contains("110"));
  EXPECT_TRUE(seen.contains("100"));
}

TEST(Litmus, LoadBufferingIsNotModelled) {
  // Allowed by the standard for relaxed operations, done by no compiler for dependent ones; the
  // explorer executes in program order and never shows it. The README says so.
  const Seen seen = outcomes([](Litmus& t) {
    t.run({[&t] {
             t.r[0] = t.x.load(kRelaxed);
             t.y.store(1, kRelaxed);
           },
           [&t] {
             t.r[1] = t.y.load(kRelaxed);
             t.x.store(1, kRelaxed);
           }});
  });
  EXPECT_EQ(seen, (Seen{"00", "01", "10"}));
}

TEST(Litmus, UpdatesCarryOnAReleaseSequenceAndStoresEndIt) {
  const auto third_thread = [](bool update) {
    return outcomes([update](Litmus& t) {
      t.run({[&t] {
               t.x.store(1, kRelaxed);
               t.y.store(1, kRelease);
             },
             [&t, update] {
               if (update) {
                 t.y.fetch_add(1, kRelaxed);
               } else if (t.y.load(kRelaxed) == 1) {
                 t.y.store(2, kRelaxed);
               }
             },
             [&t] {
               t.r[0] = t.y.load(kAcquire);
               t.r[1] = t.x.load(kRelaxed);
             }});
    });
  };
  EXPECT_FALSE(third_thread(true).contains("20"));
  EXPECT_TRUE(third_thread(false).contains("20"));
}

TEST(Litmus, UpdatesAreAtomic) {
  const Seen seen = outcomes([](Litmus& t) {
    const auto add = [&t](int i) { t.r[i] = t.x.fetch_add(1, kRelaxed); };
    t.run({[add] { add(0); }, [add] { add(1); }, [add] { add(2); }});
  });
  EXPECT_EQ(seen, (Seen{"012", "021", "102", "120", "201", "210"}));
}

TEST(Litmus, AFailedCompareExchangeIsALoadThatMayBeStale) {
  const Seen seen = outcomes([](Litmus& t) {
    t.run({[&t] {
             t.x.store(1, kRelaxed);
             t.x.store(2, kRelaxed);
           },
           [&t] {
             int expected = 2;
             const bool done = t.x.compare_exchange_strong(expected, 3, kRelaxed, kRelaxed);
             t.r[0] = done ? 1 : 0;
             t.r[1] = expected;
           }});
  });
  EXPECT_EQ(seen, (Seen{"00", "01", "12"}));
}

/// Data races, locks, futexes: the failures that a scene can run into.
struct Racer : Scene {
  Plain<int> plain{0};
  Atomic<int> flag{0};
  explicit Racer(Order store) {
    thread("writer", [this, store] {
      plain.set(1);
      flag.store(1, store);
    });
    thread("reader", [this] {
      if (flag.load(kAcquire) == 1) plain.get();
    });
  }
};

TEST(Races, AreFoundUnlessReleased) {
  EXPECT_FALSE(explore({"", [] { return std::make_unique<Racer>(kRelease); }}, {}).failed);
  const Outcome out = explore({"", [] { return std::make_unique<Racer>(kRelaxed); }}, {});
  EXPECT_EQ(out.why, "data race: a read beside a write");
}

struct Locked : Scene {
  Plain<int> plain{0};
  Mutex first;
  Mutex second;
  explicit Locked(bool crossed) {
    thread("one", [this] { both(first, second); });
    thread("two", [this, crossed] { crossed ? both(second, first) : both(first, second); });
  }
  void both(Mutex& a, Mutex& b) {
    const std::lock_guard outer(a);
    const std::lock_guard inner(b);
    plain.set(plain.get() + 1);
  }
  void finished() override { require(plain.get() == 2, "both counted"); }
};

TEST(Locks, ExcludeAndDeadlockWhenCrossed) {
  EXPECT_FALSE(explore({"", [] { return std::make_unique<Locked>(false); }}, {}).failed);
  const Outcome out = explore({"", [] { return std::make_unique<Locked>(true); }}, {});
  EXPECT_TRUE(out.why.starts_with("deadlock")) << out.why;
}

struct Sleeper : Scene {
  Atomic<std::uint32_t> word{0};
  explicit Sleeper(bool stores_first) {
    thread("sleeper", [this] {
      while (word.load(kAcquire) == 0) ModelSync::futex_wait(word, 0);
    });
    thread("waker", [this, stores_first] {
      if (stores_first) word.store(1, kRelease);
      ModelSync::futex_wake(word, 1);
      if (!stores_first) word.store(1, kRelease);
    });
  }
};

TEST(Futex, LosesAWakeUpThatComesBeforeTheStore) {
  EXPECT_FALSE(explore({"", [] { return std::make_unique<Sleeper>(true); }}, {}).failed);
  const SceneRow wrong{"", [] { return std::make_unique<Sleeper>(false); }};
  const Outcome out = explore(wrong, {});
  EXPECT_TRUE(out.why.starts_with("deadlock")) << out.why;
  Effort deep;
  deep.random = deep.priorities = 0;
  EXPECT_TRUE(explore(wrong, deep).failed);
}

TEST(Failures, ReplayFromTheirSchedule) {
  const SceneRow row{"", [] { return std::make_unique<Racer>(kRelaxed); }};
  const Outcome first = explore(row, {});
  ASSERT_TRUE(first.failed);
  EXPECT_FALSE(first.trace.empty());
  ASSERT_EQ(::setenv("MODEL_SCHEDULE", first.schedule.c_str(), 1), 0);
  const Outcome again = explore(row, {});
  ::unsetenv("MODEL_SCHEDULE");
  EXPECT_EQ(again.why, first.why);
  EXPECT_EQ(again.trace, first.trace);
}

}  // namespace
}  // namespace models
