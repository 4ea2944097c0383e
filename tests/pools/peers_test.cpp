// The contract that the foreign pools keep behind our interface, over every peer of this build.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "pools/catalog.h"
#include "pools/make_pool.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using pools::PoolConfig;
using pools::ShutdownMode;
using pools::SubmitStatus;

constexpr pools::Nanos kLongEnough = 60s;
constexpr std::uint32_t kWorkers = 2;

/// True once `condition` holds; gives up after a minute.
template <typename Condition>
bool eventually(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kLongEnough;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

class PeersTest : public testing::TestWithParam<std::string> {
 protected:
  static PoolConfig config() {
    const pools::PeerRow& row = *pools::find_peer(GetParam());
    PoolConfig out;
    out.dispatch.name = row.name;
    for (const pools::Knob& knob : row.knobs) {
      if (knob.name == "max_threads") {
        out.dispatch.settings.set("max_threads", std::int64_t{kWorkers});
      }
    }
    out.min_workers = out.max_workers = kWorkers;
    return out;
  }
  static std::unique_ptr<pools::Pool> start(const PoolConfig& config) {
    return pools::make_pool(config);
  }
  static std::unique_ptr<pools::Pool> start() { return start(config()); }

  static void expect_closed(const pools::Pool& pool, std::uint64_t submitted) {
    const pools::Ledger ledger = pool.snapshot().ledger;
    EXPECT_EQ(ledger.submitted, submitted);
    EXPECT_EQ(ledger.queued, 0U);
    EXPECT_EQ(ledger.running, 0U);
    EXPECT_TRUE(ledger.closes());
  }
};

/// Keeps every worker of a pool busy until opened.
class Blockade {
 public:
  explicit Blockade(pools::Pool& pool) {
    for (std::uint32_t i = 0; i < kWorkers; ++i) {
      EXPECT_EQ(pool.submit([this] {
        blocked_.fetch_add(1, std::memory_order_relaxed);
        open_.wait(false, std::memory_order_acquire);
        blocked_.fetch_sub(1, std::memory_order_release);
      }),
                SubmitStatus::Accepted);
      // One after another: two at once might find the queue full.
      EXPECT_TRUE(eventually([&] { return blocked_.load(std::memory_order_relaxed) == i + 1; }));
    }
  }
  ~Blockade() {
    open();
    eventually([&] { return blocked_.load(std::memory_order_acquire) == 0; });
  }
  Blockade(const Blockade&) = delete;
  Blockade& operator=(const Blockade&) = delete;

  void open() {
    open_.store(true, std::memory_order_release);
    open_.notify_all();
  }

 private:
  std::atomic<std::uint32_t> blocked_{0};
  std::atomic<bool> open_{false};
};

TEST_P(PeersTest, RunsEveryTaskExactlyOnce) {
  constexpr std::size_t kEach = 3000;
  constexpr std::size_t kSubmitters = 3;
  const auto pool = start();
  std::vector<std::atomic<int>> runs(kEach * kSubmitters);
  std::vector<std::thread> submitters;
  for (std::size_t s = 0; s < kSubmitters; ++s) {
    submitters.emplace_back([&, s] {
      for (std::size_t i = 0; i < kEach; ++i) {
        auto& cell = runs[s * kEach + i];
        EXPECT_EQ(pool->submit([&cell] { cell.fetch_add(1, std::memory_order_relaxed); }),
                  SubmitStatus::Accepted);
      }
    });
  }
  // They end while their tasks wait: what they submitted stays.
  for (std::thread& submitter : submitters) submitter.join();
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  for (const auto& cell : runs) ASSERT_EQ(cell.load(std::memory_order_relaxed), 1);
  expect_closed(*pool, kEach * kSubmitters);
  EXPECT_EQ(pool->snapshot().ledger.completed, kEach * kSubmitters);
}

/// A tree of tasks: each node submits two more.
struct Spawn {
  pools::Pool* pool;
  std::atomic<std::uint32_t>* leaves;
  int depth;
  void operator()() const {
    if (depth == 0) {
      leaves->fetch_add(1, std::memory_order_relaxed);
      return;
    }
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(pool->submit(Spawn{pool, leaves, depth - 1}), SubmitStatus::Accepted);
    }
  }
};

TEST_P(PeersTest, RunsWhatItsTasksSubmit) {
  const auto pool = start();
  std::atomic<std::uint32_t> leaves{0};
  EXPECT_EQ(pool->submit(Spawn{pool.get(), &leaves, 10}), SubmitStatus::Accepted);
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  EXPECT_EQ(leaves.load(std::memory_order_relaxed), 1024U);
  expect_closed(*pool, 2047);
}

TEST_P(PeersTest, DrainsWhatItsTasksGoOnSubmitting) {
  const auto pool = start();
  std::atomic<std::uint32_t> leaves{0};
  EXPECT_EQ(pool->submit(Spawn{pool.get(), &leaves, 8}), SubmitStatus::Accepted);
  const pools::ShutdownReport report = pool->shutdown(ShutdownMode::Drain, kLongEnough);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.cancelled, 0U);
  EXPECT_EQ(leaves.load(std::memory_order_relaxed), 256U);
  expect_closed(*pool, 511);
}

TEST_P(PeersTest, RefusesTasksOnceShutDown) {
  const auto pool = start();
  EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLongEnough).complete);
  EXPECT_EQ(pool->submit([] { ADD_FAILURE() << "ran"; }), SubmitStatus::ShuttingDown);
  EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLongEnough).complete);
  expect_closed(*pool, 1);
  EXPECT_EQ(pool->snapshot().ledger.rejected, 1U);
}

TEST_P(PeersTest, CountsAThrowingTaskAsFailedAndGoesOn) {
  const auto pool = start();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(pool->submit([i] {
      if (i % 2 == 0) throw std::runtime_error("on purpose");
    }),
              SubmitStatus::Accepted);
  }
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  expect_closed(*pool, 100);
  EXPECT_EQ(pool->snapshot().ledger.failed, 50U);
  EXPECT_EQ(pool->snapshot().ledger.completed, 50U);
}

TEST_P(PeersTest, GivesQueuedTasksBackUnrunWhenCancelled) {
  constexpr std::uint64_t kQueued = 100;
  const auto pool = start();
  std::atomic<std::uint64_t> ran{0};
  const auto alive = std::make_shared<int>(0);
  Blockade blockade(*pool);
  for (std::uint64_t i = 0; i < kQueued; ++i) {
    EXPECT_EQ(pool->submit([&ran, alive] { ran.fetch_add(1, std::memory_order_relaxed); }),
              SubmitStatus::Accepted);
  }
  EXPECT_EQ(pool->snapshot().queue_depth, kQueued);
  pools::ShutdownReport report = pool->shutdown(ShutdownMode::CancelQueued, 0ns);
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.still_running, kWorkers);
  std::uint64_t cancelled = report.cancelled;
  blockade.open();
  report = pool->shutdown(ShutdownMode::CancelQueued, kLongEnough);
  cancelled += report.cancelled;
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(cancelled, kQueued);
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 0U);
  EXPECT_EQ(alive.use_count(), 1) << "the callables are destroyed unrun";
  expect_closed(*pool, kQueued + kWorkers);
}

TEST_P(PeersTest, WaitsOnlyAsLongAsItIsTold) {
  const auto pool = start();
  Blockade blockade(*pool);
  EXPECT_FALSE(pool->wait_idle(1ms));
  blockade.open();
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
}

TEST_P(PeersTest, RejectsAboveItsCapacity) {
  PoolConfig bounded = config();
  bounded.queue_capacity = 10;
  bounded.on_full = pools::OnFull::Reject;
  const auto pool = start(bounded);
  {
    const Blockade blockade(*pool);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(pool->submit([] {}), SubmitStatus::QueueFull);
    EXPECT_EQ(pool->snapshot().queue_depth, 10U);
  }
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  expect_closed(*pool, 15 + kWorkers);
  EXPECT_EQ(pool->snapshot().ledger.rejected, 5U);
}

TEST_P(PeersTest, BlocksTheSubmitterAtItsCapacity) {
  PoolConfig bounded = config();
  bounded.queue_capacity = 4;
  bounded.on_full = pools::OnFull::Block;
  const auto pool = start(bounded);
  std::atomic<int> ran{0};
  std::thread submitter;
  {
    const Blockade blockade(*pool);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    EXPECT_EQ(pool->try_submit([] {}), SubmitStatus::QueueFull) << "try_submit never blocks";
    submitter = std::thread([&] {
      for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }),
                  SubmitStatus::Accepted);
      }
    });
    EXPECT_LE(pool->snapshot().queue_depth, 4U);
  }
  submitter.join();
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  EXPECT_EQ(ran.load(std::memory_order_relaxed), 100);
  expect_closed(*pool, 105 + kWorkers);
}

TEST_P(PeersTest, NeverBlocksATaskThatSubmits) {
  PoolConfig bounded = config();
  bounded.queue_capacity = 1;
  const auto pool = start(bounded);
  std::atomic<std::uint32_t> leaves{0};
  EXPECT_EQ(pool->submit(Spawn{pool.get(), &leaves, 6}), SubmitStatus::Accepted);
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  EXPECT_EQ(leaves.load(std::memory_order_relaxed), 64U);
}

TEST_P(PeersTest, RunsATaskInItsCallerWhenFull) {
  PoolConfig bounded = config();
  bounded.queue_capacity = 1;
  bounded.on_full = pools::OnFull::CallerRuns;
  const auto pool = start(bounded);
  const Blockade blockade(*pool);
  EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  std::thread::id ran_by;
  EXPECT_EQ(pool->submit([&] { ran_by = std::this_thread::get_id(); }), SubmitStatus::Accepted);
  EXPECT_EQ(ran_by, std::this_thread::get_id());
}

TEST_P(PeersTest, RecordsLatenciesPerSeries) {
  PoolConfig two = config();
  two.series = 2;
  const auto pool = start(two);
  for (int i = 0; i < 60; ++i) {
    pools::SubmitOptions options;
    options.series = i % 3 == 0 ? 1 : 0;
    options.due = pools::Clock::now() - 5ms;
    EXPECT_EQ(pool->submit([] {}, options), SubmitStatus::Accepted);
  }
  EXPECT_TRUE(pool->shutdown(ShutdownMode::Drain, kLongEnough).complete);
  const pools::PoolReport report = pool->report();
  ASSERT_EQ(report.by_series.size(), 2U);
  EXPECT_EQ(report.by_series[0].completed, 40U);
  EXPECT_EQ(report.by_series[1].response.count(), 20U);
  EXPECT_GE(report.by_series[1].response.quantile(0.0), 4900us) << "counts from the due time";
  EXPECT_EQ(pool->snapshot().response.count(), 60U);
}

TEST_P(PeersTest, KeepsItsSlotsForItsWorkers) {
  const auto pool = start();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  const pools::PoolSnapshot snapshot = pool->snapshot();
  EXPECT_EQ(snapshot.by_worker.size(), pool->config().max_workers);
  EXPECT_LE(snapshot.workers, kWorkers);
  std::uint64_t by_workers = 0;
  for (const pools::WorkerSnapshot& worker : snapshot.by_worker) by_workers += worker.completed;
  EXPECT_EQ(by_workers, 200U);
}

TEST_P(PeersTest, LeavesNoThreadBehind) {
  // The first thread of a process starts ThreadSanitizer's own, which stays.
  std::thread([] {}).join();
  const std::size_t before = threads_of_this_process();
  for (int round = 0; round < 20; ++round) {
    const auto pool = start();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  }
  // A joined thread's entry in /proc may outlive it by a moment.
  EXPECT_TRUE(eventually([&] { return threads_of_this_process() <= before; }));
}

/// Starts `allowed` threads and refuses all further ones, as a system at its limit does.
PoolConfig short_of_threads(const char* peer, std::uint32_t allowed) {
  PoolConfig out;
  out.dispatch.name = peer;
  out.min_workers = out.max_workers = 4;
  out.thread_factory = [left = allowed](std::function<void()> body) mutable {
    if (left == 0) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    --left;
    return std::thread(std::move(body));
  };
  return out;
}

TEST(ThreadPerTask, RefusesATaskForWhichNoThreadCanBeStarted) {
  const auto starved = pools::make_pool(short_of_threads("thread_per_task", 0));
  EXPECT_THROW(static_cast<void>(starved->submit([] {})), std::system_error);
  EXPECT_TRUE(starved->wait_idle(kLongEnough));
  EXPECT_EQ(starved->snapshot().ledger.rejected, 1U);
  EXPECT_TRUE(starved->snapshot().ledger.closes());
}

TEST(ThreadPerTask, QueuesBehindTheLivingThreadsWhenNoMoreCanBeStarted) {
  const auto pool = pools::make_pool(short_of_threads("thread_per_task", 1));
  std::atomic<std::uint32_t> leaves{0};
  EXPECT_EQ(pool->submit(Spawn{pool.get(), &leaves, 6}), SubmitStatus::Accepted);
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  EXPECT_EQ(leaves.load(std::memory_order_relaxed), 64U);
}

TEST(PlainThreads, GoOnInTheNumberThatCouldBeStarted) {
  EXPECT_THROW(pools::make_pool(short_of_threads("std_priority_queue", 0)), std::system_error);
  const auto pool = pools::make_pool(short_of_threads("std_priority_queue", 1));
  EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  EXPECT_TRUE(pool->wait_idle(kLongEnough));
  EXPECT_EQ(pool->snapshot().workers, 1U);
}

TEST(PeerCatalog, FindsEachPeerByItsName) {
  for (const pools::PeerRow& row : pools::peer_catalog()) {
    EXPECT_EQ(pools::find_peer(row.name), &row);
  }
  EXPECT_EQ(pools::find_peer("nobody"), nullptr);
}

TEST(PeerCatalog, SaysWhyAPeerIsMissing) {
  for (const pools::MissingPeer& peer : pools::missing_peers()) {
    EXPECT_EQ(pools::find_peer(peer.name), nullptr);
    PoolConfig config;
    config.dispatch.name = peer.name;
    try {
      pools::make_pool(config);
      ADD_FAILURE() << peer.name;
    } catch (const pools::ConfigError& error) {
      EXPECT_EQ(error.field, "/dispatch/name");
      EXPECT_NE(error.message.find(peer.why), std::string::npos) << error.message;
    }
  }
}

std::vector<std::string> peer_names() {
  std::vector<std::string> names;
  for (const pools::PeerRow& row : pools::peer_catalog()) names.emplace_back(row.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Every, PeersTest, testing::ValuesIn(peer_names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace tests
