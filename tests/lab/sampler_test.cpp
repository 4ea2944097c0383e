#include "lab/sampler.h"

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>

#include "lab/unobtrusive.h"
#include "pools/make_pool.h"

namespace lab {
namespace {

using pools::Instant;
using pools::Nanos;
using pools::PoolSnapshot;
using std::chrono::milliseconds;

/// A snapshot of two workers that have settled `settled` tasks.
PoolSnapshot snapshot(milliseconds at, std::uint64_t settled) {
  PoolSnapshot s;
  s.at = Instant{at};
  s.ledger.completed = settled;
  s.ledger.submitted = settled + 10;
  s.ledger.queued = s.queue_depth = 10;
  s.workers = 2;
  s.by_worker.resize(2);
  return s;
}

TEST(Difference, TurnsCountersIntoRates) {
  PoolSnapshot before = snapshot(milliseconds{1000}, 100);
  PoolSnapshot after = snapshot(milliseconds{1100}, 150);
  after.ledger.rejected = 5;
  after.wakes_sent = 20;
  after.by_worker[0].steal_items = 3;
  after.by_worker[1].steal_items = 4;
  after.by_worker[1].busy = milliseconds{100};
  const results::TimelinePoint point = difference(before, after, Instant{milliseconds{500}});
  EXPECT_DOUBLE_EQ(point.t_s, 0.6);
  EXPECT_DOUBLE_EQ(point.throughput_per_s, 500);
  EXPECT_DOUBLE_EQ(point.submitted_per_s, 500);
  EXPECT_DOUBLE_EQ(point.rejected_per_s, 50);
  EXPECT_DOUBLE_EQ(point.wakes_per_s, 200);
  EXPECT_DOUBLE_EQ(point.steals_per_s, 70);
  EXPECT_DOUBLE_EQ(point.queue_depth, 10);
  EXPECT_DOUBLE_EQ(point.workers, 2);
  EXPECT_DOUBLE_EQ(point.utilisation, 0.5);
}

TEST(Difference, DoesNotTakeCancelledTasksForServedOnes) {
  const PoolSnapshot before = snapshot(milliseconds{0}, 100);
  PoolSnapshot after = snapshot(milliseconds{100}, 150);
  after.ledger.cancelled = 9'000;
  after.ledger.failed = 10;
  EXPECT_DOUBLE_EQ(difference(before, after, Instant{}).throughput_per_s, 600);
}

TEST(Difference, SaysNothingAboutLatencyWhenNothingFinished) {
  const results::TimelinePoint point =
      difference(snapshot(milliseconds{0}, 1), snapshot(milliseconds{50}, 1), Instant{});
  EXPECT_TRUE(std::isnan(point.p50_us));
  EXPECT_TRUE(std::isnan(point.max_us));
  EXPECT_DOUBLE_EQ(point.throughput_per_s, 0);
}

TEST(Difference, SeesTheLatenciesOfTheIntervalOnly) {
  PoolSnapshot before = snapshot(milliseconds{0}, 1000);
  before.response.record(milliseconds{500}, 1000);
  PoolSnapshot after = snapshot(milliseconds{50}, 1100);
  after.response = before.response;
  after.response.record(std::chrono::microseconds{100}, 100);
  const results::TimelinePoint point = difference(before, after, Instant{});
  EXPECT_NEAR(point.p50_us, 100, 4);
  EXPECT_NEAR(point.p999_us, 100, 4);
  std::uint32_t in_bins = 0;
  for (const std::uint32_t count : point.latency_bins) in_bins += count;
  EXPECT_EQ(in_bins, 100U);
  EXPECT_EQ(point.latency_bins[19] + point.latency_bins[20], 100U) << "10^(20/10) us = 100 us";
}

TEST(Difference, PutsEachPercentileInItsColumn) {
  PoolSnapshot after = snapshot(milliseconds{50}, 10'000);
  after.response.record(std::chrono::microseconds{10}, 6'000);
  after.response.record(std::chrono::microseconds{100}, 3'500);
  after.response.record(milliseconds{1}, 480);
  after.response.record(milliseconds{10}, 15);
  after.response.record(milliseconds{100}, 5);
  const results::TimelinePoint point = difference(snapshot(milliseconds{0}, 0), after, Instant{});
  EXPECT_NEAR(point.p50_us, 10, 0.2);
  EXPECT_NEAR(point.p90_us, 100, 2);
  EXPECT_NEAR(point.p99_us, 1'000, 20);
  EXPECT_NEAR(point.p999_us, 10'000, 200);
  EXPECT_NEAR(point.max_us, 100'000, 2'000);
}

TEST(Difference, PutsExtremesIntoTheOutermostBins) {
  const PoolSnapshot before = snapshot(milliseconds{0}, 0);
  PoolSnapshot after = snapshot(milliseconds{50}, 2);
  after.response.record(Nanos{5});
  after.response.record(std::chrono::hours{30});
  const results::TimelinePoint point = difference(before, after, Instant{});
  EXPECT_EQ(point.latency_bins.front(), 1U);
  EXPECT_EQ(point.latency_bins.back(), 1U);
}

TEST(Difference, TellsLatenciesBeyondASecondApart) {
  const PoolSnapshot before = snapshot(milliseconds{0}, 0);
  PoolSnapshot after = snapshot(milliseconds{50}, 2);
  after.response.record(std::chrono::seconds{3});
  after.response.record(std::chrono::minutes{10});
  const results::TimelinePoint point = difference(before, after, Instant{});
  EXPECT_EQ(point.latency_bins[64], 1U) << "10^6.4 us = 2.5 s";
  EXPECT_EQ(point.latency_bins[87], 1U) << "10^8.7 us = 501 s";
}

TEST(Difference, SurvivesCountersReadAMomentApart) {
  const results::TimelinePoint point =
      difference(snapshot(milliseconds{0}, 11), snapshot(milliseconds{50}, 10), Instant{});
  EXPECT_DOUBLE_EQ(point.throughput_per_s, 0);
  const results::TimelinePoint same =
      difference(snapshot(milliseconds{50}, 0), snapshot(milliseconds{50}, 9), Instant{});
  EXPECT_DOUBLE_EQ(same.throughput_per_s, 0) << "no time has passed";
}

TEST(Sampler, TakesAtLeastTheLastSample) {
  pools::PoolConfig config;
  config.dispatch.name = "pull";
  config.min_workers = 1;
  const auto pool = pools::make_pool(config);
  std::vector<Sample> samples;
  {
    Sampler sampler(*pool, pools::Clock::now(), scenarios::Seconds{0.01},
                    [&](Sample&& sample) { samples.push_back(std::move(sample)); });
    for (int i = 0; i < 50; ++i) ASSERT_EQ(pool->submit([] {}), pools::SubmitStatus::Accepted);
    ASSERT_TRUE(pool->wait_idle(std::chrono::seconds{20}));
    sampler.finish();
  }
  ASSERT_FALSE(samples.empty());
  EXPECT_EQ(samples.back().snapshot.ledger.completed, 50U);
  double total = 0;
  double before = 0;
  for (const Sample& sample : samples) {
    EXPECT_GT(sample.point.t_s, before);
    total += sample.point.throughput_per_s * (sample.point.t_s - before);
    before = sample.point.t_s;
  }
  EXPECT_GT(total, 0);
}

TEST(Sampler, IsNoThreadThatPreemptsOthers) {
  pools::PoolConfig config;
  config.dispatch.name = "pull";
  config.min_workers = 1;
  const auto pool = pools::make_pool(config);
  int policy = -1;
  Sampler sampler(*pool, pools::Clock::now(), scenarios::Seconds{0.01},
                  [&](Sample&&) { policy = ::sched_getscheduler(0); });
  sampler.finish();
  EXPECT_EQ(policy, SCHED_BATCH);
}

TEST(Unobtrusive, IsAScope) {
  ASSERT_EQ(::sched_getscheduler(0), SCHED_OTHER);
  {
    const Unobtrusive in_the_background;
    EXPECT_EQ(::sched_getscheduler(0), SCHED_BATCH);
    const Unobtrusive again;
  }
  EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
}

TEST(Unobtrusive, LeavesAThreadAloneThatHasAPolicyOfItsOwn) {
  std::thread([] {
    const sched_param none{};
    ASSERT_EQ(::sched_setscheduler(0, SCHED_IDLE, &none), 0);
    const Unobtrusive in_the_background;
    EXPECT_EQ(::sched_getscheduler(0), SCHED_IDLE);
  }).join();
}

TEST(Sampler, CollectsScalingMarksOnce) {
  pools::PoolConfig config;
  config.dispatch.name = "pull";
  config.min_workers = 1;
  config.max_workers = 3;
  const auto pool = pools::make_pool(config);
  std::mutex mutex;
  std::condition_variable beaten;
  std::size_t beats = 0;
  std::vector<results::ScalingMark> marks;
  Sampler sampler(*pool, pools::Clock::now(), scenarios::Seconds{0.005}, [&](Sample&& sample) {
    const std::lock_guard lock(mutex);
    marks.insert(marks.end(), sample.scaling.begin(), sample.scaling.end());
    ++beats;
    beaten.notify_all();
  });
  EXPECT_EQ(pool->resize(3), 3U);
  {
    std::unique_lock lock(mutex);
    const std::size_t from = beats;
    ASSERT_TRUE(beaten.wait_for(lock, std::chrono::seconds{20}, [&] { return beats >= from + 3; }));
  }
  sampler.finish();
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0].from, 1U);
  EXPECT_EQ(marks[0].to, 3U);
  EXPECT_EQ(marks[0].policy, "resize");
}

TEST(Sampler, SaysWhatEndedItEarly) {
  const auto pool = pools::make_pool(pools::PoolConfig{});
  std::atomic<int> beats{0};
  const auto run_out = [&](Sample&&) {
    beats.fetch_add(1, std::memory_order_relaxed);
    throw std::bad_alloc();
  };
  {
    Sampler sampler(*pool, pools::Clock::now(), scenarios::Seconds{0.001}, run_out);
    EXPECT_THROW(sampler.finish(), std::bad_alloc);
  }
  EXPECT_EQ(beats.load(std::memory_order_relaxed), 1) << "the first was the last";
  { const Sampler dropped(*pool, pools::Clock::now(), scenarios::Seconds{0.001}, run_out); }
}

}  // namespace
}  // namespace lab
