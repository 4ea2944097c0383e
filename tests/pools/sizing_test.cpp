// Sizing policies decide from plain values; so they are tested.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "pools/catalog.h"
#include "pools/engine/supervisor.h"
#include "pools/policies/sizing/oldest_wait.h"
#include "pools/policies/sizing/sizing.h"
#include "tests/pools/seed.h"

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

TEST(Threshold, GrowsIntoItsRangeFromBelow) {
  LoadSample below = sample(0, 1, 0);
  below.min_workers = 3;
  EXPECT_EQ(threshold()->decide(below).target, 1U) << "where resize() put it";
  below.queued = 50;
  EXPECT_EQ(threshold()->decide(below).target, 3U);
}

TEST(Fixed, ChangesNothingWhateverTheLoad) {
  const SizingRow* row = find_sizing("fixed");
  const auto policy = row->make(Settings{});
  EXPECT_FALSE(policy->dynamic());
  const SizingDecision decision = policy->decide(sample(0, 2, 10'000, 10'000));
  EXPECT_EQ(decision.target, 2U);
  EXPECT_EQ(decision.reason, "");
}

TEST(Sizing, EveryPolicyKeepsItsTargetBetweenMinAndMax) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(tests::seed()));
  const auto draw = [&random](std::uint64_t most) { return random() % (most + 1); };
  for (const SizingRow& row : sizing_catalog()) {
    const auto policy = row.make(Settings{}.resolved(row.knobs, "/sizing"));
    std::uint32_t workers = 1;
    for (int i = 1; i <= 20'000; ++i) {
      LoadSample load;
      load.at = at_ms(20 * i);
      load.min_workers = static_cast<std::uint32_t>(1 + draw(8));
      load.max_workers = static_cast<std::uint32_t>(load.min_workers + draw(1015));
      load.workers = std::clamp(workers, load.min_workers, load.max_workers);
      load.idle_workers = static_cast<std::uint32_t>(draw(load.workers));
      load.queued = draw(1) * draw(100'000);
      load.running = load.workers - load.idle_workers;
      load.oldest_wait = milliseconds(draw(100));
      load.longest_idle = milliseconds(draw(1'000));
      const SizingDecision decision = policy->decide(load);
      ASSERT_GE(decision.target, load.min_workers) << row.name;
      ASSERT_LE(decision.target, load.max_workers) << row.name;
      ASSERT_EQ(decision.target == load.workers, decision.reason.empty()) << row.name;
      workers = decision.target;
    }
  }
}

/// Asks for the same number whatever it sees.
class Stubborn final : public SizingPolicy {
 public:
  explicit Stubborn(std::uint32_t target) : target_(target) {}
  SizingDecision decide(const LoadSample&) override { return {target_, "because"}; }

 private:
  const std::uint32_t target_;
};

std::uint32_t applied(std::uint32_t target) {
  std::promise<std::uint32_t> first;
  bool told = false;
  Supervisor supervisor(
      std::make_unique<Stubborn>(target),
      [] {
        LoadSample load = sample(0, 4, 1);
        load.min_workers = 2;
        return Supervisor::Seen{load, 1, 0};
      },
      [&](const SizingDecision& decision) {
        if (!std::exchange(told, true)) first.set_value(decision.target);
      },
      [](const std::function<void()>& body) { return std::thread(body); });
  return first.get_future().get();
}

TEST(Sizing, AnAnswerOutOfRangeIsClampedByTheEngine) {
  EXPECT_EQ(applied(1'000'000), 8U);
  EXPECT_EQ(applied(0), 2U);
  EXPECT_EQ(applied(5), 5U);
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
