// Sizing policies decide from plain values; so they are tested.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "pools/catalog.h"
#include "pools/policies/sizing/oldest_wait.h"
#include "pools/policies/sizing/sizing.h"

namespace pools {
namespace {

using std::chrono::milliseconds;

Instant at_ms(int ms) { return Instant{milliseconds(1'000'000 + ms)}; }

std::unique_ptr<SizingPolicy> threshold(const Settings& settings = {}) {
  const SizingRow* row = find_sizing("threshold");
  return row->make(settings.resolved(row->knobs, "/sizing"));
}

LoadSample sample(int ms, std::uint32_t workers, std::uint64_t queued, int oldest_wait_ms = 0) {
  LoadSample out;
  out.at = at_ms(ms);
  out.workers = workers;
  out.min_workers = 1;
  out.max_workers = 8;
  out.queued = queued;
  out.running = workers;
  out.oldest_wait = milliseconds(oldest_wait_ms);
  return out;
}

TEST(Threshold, DoublesWhenAsManyTasksWaitAsTheLimitAllowsPerWorker) {
  EXPECT_EQ(threshold()->decide(sample(0, 2, 99)).target, 2U);
  const SizingDecision grown = threshold()->decide(sample(0, 2, 100));
  EXPECT_EQ(grown.target, 4U);
  EXPECT_EQ(grown.reason, "100 tasks queued >= 50 per worker x 2");
  EXPECT_EQ(threshold()->decide(sample(0, 8, 10'000)).target, 8U) << "the most there may be";
  EXPECT_EQ(threshold()->decide(sample(0, 5, 10'000)).target, 8U);
}

TEST(Threshold, DoublesWhenATaskHasWaitedTooLongHoweverFewWait) {
  EXPECT_EQ(threshold()->decide(sample(0, 1, 1, 19)).target, 1U);
  const SizingDecision grown = threshold()->decide(sample(0, 1, 1, 25));
  EXPECT_EQ(grown.target, 2U);
  EXPECT_EQ(grown.reason, "a task waited 25 ms >= 20 ms");
  Settings patient;
  patient.set("max_wait_ms", 500.0);
  EXPECT_EQ(threshold(patient)->decide(sample(0, 1, 1, 25)).target, 1U);
}

TEST(Threshold, GivesNewWorkersTheSameTimeToShortenTheWait) {
  const auto policy = threshold();
  EXPECT_EQ(policy->decide(sample(0, 1, 5, 20)).target, 2U);
  EXPECT_EQ(policy->decide(sample(15, 2, 4, 35)).target, 2U) << "after the cooldown, too early";
  EXPECT_EQ(policy->decide(sample(20, 2, 4, 40)).target, 4U);
}

TEST(Threshold, ShrinksByOneWhenAWorkerWasIdleAndNothingWaits) {
  LoadSample idle = sample(0, 4, 0);
  idle.running = 0;
  idle.idle_workers = 4;
  idle.longest_idle = milliseconds(499);
  EXPECT_EQ(threshold()->decide(idle).target, 4U);
  idle.longest_idle = milliseconds(500);
  EXPECT_EQ(threshold()->decide(idle).target, 3U);
  idle.queued = 1;
  EXPECT_EQ(threshold()->decide(idle).target, 4U);
  idle.queued = 0;
  idle.min_workers = 4;
  EXPECT_EQ(threshold()->decide(idle).target, 4U);
}

TEST(OldestWait, TellsTheAgeOfTheTaskThatIsNextInOrder) {
  OldestWait wait;
  EXPECT_EQ(wait.look(at_ms(0), 0, 0), Nanos{0});
  EXPECT_EQ(wait.look(at_ms(5), 3, 1), Nanos{0}) << "arrived since the last look";
  EXPECT_EQ(wait.look(at_ms(10), 4, 1), milliseconds(5));
  EXPECT_EQ(wait.look(at_ms(15), 6, 2), milliseconds(10)) << "the third is there since 5";
  EXPECT_EQ(wait.look(at_ms(20), 6, 3), milliseconds(10)) << "the fourth since 10";
  EXPECT_EQ(wait.look(at_ms(25), 6, 4), milliseconds(10)) << "the fifth since 15";
  EXPECT_EQ(wait.look(at_ms(30), 6, 6), Nanos{0});
  EXPECT_EQ(wait.look(at_ms(35), 7, 6), Nanos{0});
  EXPECT_EQ(wait.look(at_ms(40), 7, 6), milliseconds(5));
}

TEST(OldestWait, NeverOverstatesBehindALongBacklog) {
  OldestWait wait;
  // One more arrives at each look and none starts, for far longer than it can remember.
  constexpr int kLooks = 20'000;
  for (int i = 1; i <= kLooks; ++i) {
    EXPECT_EQ(wait.look(at_ms(i), static_cast<std::uint64_t>(i), 0), milliseconds(i - 1));
  }
  for (int started = 1; started < kLooks; started += 97) {
    const Nanos said = wait.look(at_ms(kLooks), kLooks, static_cast<std::uint64_t>(started));
    EXPECT_LE(said, milliseconds(kLooks - started - 1));
  }
}

}  // namespace
}  // namespace pools
