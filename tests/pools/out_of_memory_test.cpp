// Memory that ends at every single allocation of every call, in turn: what throws has left nothing
// behind, what was accepted runs. A program of its own, for it replaces operator new.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "pools/catalog.h"
#include "pools/future.h"
#include "pools/make_pool.h"
#include "pools/task_group.h"

namespace {

/// Allocations until one fails; whichever thread makes it. At or below zero: none fails.
std::atomic<std::int64_t> allocations_left{0};

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (allocations_left.load(std::memory_order_relaxed) > 0 &&
      allocations_left.fetch_sub(1, std::memory_order_relaxed) == 1) {
    throw std::bad_alloc();
  }
  void* const memory =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(bytes)
          : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// Not inlined, or the compiler takes them for a malloc that is mismatched with a delete.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return allocate(bytes, 1); }
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace tests {
namespace {

using namespace std::chrono_literals;
using pools::Pool;

/// While it lives, the nth allocation fails.
class Shortage {
 public:
  explicit Shortage(std::int64_t nth) { allocations_left.store(nth, std::memory_order_relaxed); }
  ~Shortage() { allocations_left.store(0, std::memory_order_relaxed); }
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;
  /// It has come: the sweep goes on while it does.
  bool met() const { return allocations_left.load(std::memory_order_relaxed) <= 0; }
};

/// Calls `attempt` with the 1st, 2nd, ... allocation failing until it makes fewer. What may leave
/// it is bad_alloc, or what a thread that could not be started says. `after` checks, with memory
/// again.
void sweep(const std::function<void()>& attempt, const std::function<void()>& after) {
  bool met = true;
  for (std::int64_t nth = 1; met && !testing::Test::HasFailure(); ++nth) {
    SCOPED_TRACE("allocation " + std::to_string(nth));
    {
      const Shortage shortage(nth);
      try {
        attempt();
      } catch (const std::bad_alloc&) {
        EXPECT_TRUE(shortage.met());
      } catch (const std::system_error&) {
        EXPECT_TRUE(shortage.met());
      }
      met = shortage.met();
    }
    after();
  }
}

pools::PoolConfig config_of(const std::string& dispatch) {
  pools::PoolConfig config;
  config.dispatch.name = dispatch;
  config.min_workers = config.max_workers = 2;
  if (const pools::PeerRow* peer = pools::find_peer(dispatch)) {
    for (const pools::Knob& knob : peer->knobs) {
      if (knob.name == "max_threads") {
        config.dispatch.settings.set("max_threads", std::int64_t{2});
      }
    }
  }
  return config;
}

class OutOfMemory : public testing::TestWithParam<std::string> {
 protected:
  /// A pool in which everything has been done once, so that a sweep meets only what each call
  /// needs.
  std::unique_ptr<Pool> warm() const {
    auto pool = pools::make_pool(config_of(GetParam()));
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(pool->submit([] {}), pools::SubmitStatus::Accepted);
    }
    EXPECT_TRUE(pool->wait_idle(60s));
    return pool;
  }
  /// Nothing hangs, everything is accounted for, no callable is left.
  static std::function<void()> sound(Pool& pool, const std::shared_ptr<int>& token) {
    return [&pool, &token] {
      ASSERT_TRUE(pool.wait_idle(60s));
      EXPECT_TRUE(pool.snapshot().ledger.closes());
      EXPECT_EQ(token.use_count(), 1) << "the test's own";
    };
  }
};

TEST_P(OutOfMemory, InSubmitLeavesNothingBehind) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  const std::array<char, 200> large{};
  sweep([&] { static_cast<void>(pool->submit([token] {})); }, sound(*pool, token));
  sweep([&] { static_cast<void>(pool->submit([token, large] { static_cast<void>(large); })); },
        sound(*pool, token));
  sweep([&] { static_cast<void>(pool->try_submit([token, large] { static_cast<void>(large); })); },
        sound(*pool, token));
  sweep([&] { static_cast<void>(pool->submit_bulk(50, [token](std::size_t) {})); },
        sound(*pool, token));
}

TEST_P(OutOfMemory, InSubmitFromANewThreadLeavesNothingBehind) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  sweep(
      [&] {
        std::exception_ptr thrown;
        std::thread([&] {
          try {
            static_cast<void>(pool->submit([token] {}));
          } catch (...) {
            thrown = std::current_exception();
          }
        }).join();
        if (thrown) std::rethrow_exception(thrown);
      },
      sound(*pool, token));
}

TEST_P(OutOfMemory, InATasksSubmitIsThatTasksFailure) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  const std::array<char, 200> large{};
  sweep(
      [&] {
        static_cast<void>(pool->submit([&pool = *pool, token, large] {
          static_cast<void>(pool.submit([token, large] { static_cast<void>(large); }));
        }));
        pool->wait_idle(60s);
      },
      sound(*pool, token));
}

TEST_P(OutOfMemory, InAGroupsRunLeavesNothingToWaitFor) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  const std::array<char, 200> large{};
  sweep(
      [&] {
        pools::TaskGroup group(*pool);
        static_cast<void>(group.run([token] {}));
        static_cast<void>(group.run([token, large] { static_cast<void>(large); }));
        group.wait();
      },
      sound(*pool, token));
}

TEST_P(OutOfMemory, InFuturesLeavesNothingBehind) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  sweep(
      [&] {
        auto first = pool->submit_result([token] { return 1; });
        auto second = std::move(first).then([token](int n) { return n + 1; });
        const pools::TaskContext context{.trace_id = 1};
        std::vector<pools::Future<int>> several(2);
        several[0] = std::move(second);
        several[1] = pool->submit_result([token] { return 1; }, {.context = &context});
        for (auto& one : pools::when_all(*pool, std::move(several)).get()) EXPECT_GT(one.get(), 0);
      },
      sound(*pool, token));
}

TEST_P(OutOfMemory, InAGroupThatIsCancelledLeavesNothingToWaitFor) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  sweep(
      [&] {
        pools::TaskGroup group(*pool);
        static_cast<void>(group.run([token](const pools::TaskContext&) {}));
        group.cancel();
        static_cast<void>(group.run([token] {}));
        EXPECT_TRUE(group.stop_token().stop_requested());
        static_cast<void>(group.wait());
      },
      sound(*pool, token));
}

TEST_P(OutOfMemory, WhilePausedLosesNothing) {
  const auto pool = warm();
  const auto token = std::make_shared<int>();
  sweep(
      [&] {
        static_cast<void>(pool->pause());
        static_cast<void>(pool->submit([token] {}));
        static_cast<void>(pool->submit([token] {}));
        static_cast<void>(pool->clear());
        static_cast<void>(pool->submit([token] {}));
        static_cast<void>(pool->resume());
      },
      [&] {
        static_cast<void>(pool->resume());
        sound(*pool, token)();
      });
}

TEST_P(OutOfMemory, InMakePoolThrowsOrGivesAPoolThatWorks) {
  const pools::PoolConfig config = config_of(GetParam());
  sweep(
      [&] {
        const auto pool = pools::make_pool(config);
        std::atomic<int> ran{0};
        int accepted = 0;
        for (int i = 0; i < 20; ++i) {
          try {
            const auto status =
                pool->submit([&ran] { ran.fetch_add(1, std::memory_order_relaxed); });
            accepted += status == pools::SubmitStatus::Accepted ? 1 : 0;
          } catch (const std::bad_alloc&) {
          }
        }
        EXPECT_TRUE(pool->wait_idle(60s));
        EXPECT_EQ(ran.load(std::memory_order_relaxed), accepted);
      },
      [] {});
}

TEST_P(OutOfMemory, InCancellingLosesNothing) {
  const auto token = std::make_shared<int>();
  std::unique_ptr<Pool> pool;
  const auto prepare = [&] {
    pool = warm();
    for (int i = 0; i < 200; ++i) {
      ASSERT_EQ(pool->submit([token] {}), pools::SubmitStatus::Accepted);
    }
  };
  prepare();
  sweep(
      [&] {  // by a thread that is new to the pool: it needs memory for what it gives back
        std::thread([&] {
          EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::CancelQueued, 60s).complete);
        }).join();
      },
      [&] {  // where not even that thread could be started, now
        EXPECT_TRUE(pool->shutdown(pools::ShutdownMode::CancelQueued, 60s).complete);
        EXPECT_TRUE(pool->snapshot().ledger.closes());
        EXPECT_EQ(token.use_count(), 1);
        const auto ledger = pool->snapshot().ledger;
        EXPECT_EQ(ledger.completed + ledger.cancelled, 300U);
        prepare();
      });
}

std::vector<std::string> ours() {
  std::vector<std::string> names;
  for (const auto& row : pools::dispatch_catalog()) names.emplace_back(row.name);
  // The peers whose threads are ours; the other libraries' own code is not asked to survive this.
  for (const char* peer : {"std_priority_queue", "thread_per_task"}) names.emplace_back(peer);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Every, OutOfMemory, testing::ValuesIn(ours()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace tests
