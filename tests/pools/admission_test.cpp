// Admission policies decide from plain values; so they are tested.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pools/catalog.h"
#include "pools/policies/admission/admission.h"

namespace pools {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Instant at_ms(double ms) {
  return Instant{milliseconds(1'000'000)} + Nanos{static_cast<Nanos::rep>(ms * 1e6)};
}

std::unique_ptr<AdmissionPolicy> made(const char* name, const Settings& settings = {},
                                      std::uint16_t classes = 1) {
  const AdmissionRow* row = find_admission(name);
  return row->make(settings.resolved(row->knobs, ""), classes);
}

Settings with(std::initializer_list<std::pair<const char*, KnobValue>> knobs) {
  Settings settings;
  for (const auto& [name, value] : knobs) settings.set(name, value);
  return settings;
}

Ended ended(double ms, Outcome outcome, bool marked = false, double accepted_ms = 0,
            std::uint16_t task_class = 0) {
  return {.at = at_ms(ms),
          .accepted = at_ms(accepted_ms == 0 ? ms : accepted_ms),
          .task_class = task_class,
          .marked = marked,
          .outcome = outcome,
          .service = milliseconds(1)};
}

TEST(TokenBucket, LetsABurstInAndThenTheRate) {
  const auto bucket = made("token_bucket", with({{"rate_per_s", 100.0}, {"burst", 3.0}}));
  int let_in = 0;
  for (int i = 0; i < 10; ++i) let_in += bucket->admit({at_ms(0), 0}).admitted ? 1 : 0;
  EXPECT_EQ(let_in, 3);
  EXPECT_FALSE(bucket->admit({at_ms(9.9), 0}).admitted) << "a token takes 10 ms";
  EXPECT_TRUE(bucket->admit({at_ms(10.1), 0}).admitted);
  EXPECT_FALSE(bucket->admit({at_ms(10.2), 0}).admitted);
  EXPECT_FALSE(bucket->admit({at_ms(5), 0}).admitted) << "a clock read earlier brings no token";
  // After a long pause there is a burst, and no more than that.
  let_in = 0;
  for (int i = 0; i < 10; ++i) let_in += bucket->admit({at_ms(60'000), 0}).admitted ? 1 : 0;
  EXPECT_EQ(let_in, 3);
}

TEST(TokenBucket, LetsTheRateInOverALongTime) {
  const auto bucket = made("token_bucket", with({{"rate_per_s", 250.0}}));
  int let_in = 0;
  for (int i = 0; i < 10'000; ++i) let_in += bucket->admit({at_ms(i), 0}).admitted ? 1 : 0;
  EXPECT_NEAR(let_in, 2'500, 2);
}

Settings breaker_of(std::int64_t window, double share, double open_ms, std::int64_t probes) {
  return with(
      {{"window", window}, {"failure_share", share}, {"open_ms", open_ms}, {"probes", probes}});
}

/// Fails so many, which opens it.
void fail(AdmissionPolicy& breaker, int count, double ms = 0, std::uint16_t task_class = 0) {
  for (int i = 0; i < count; ++i) {
    breaker.ended(ended(ms, Outcome::Failed, false, ms, task_class));
  }
}

TEST(CircuitBreaker, OpensWhenTheShareOfAFullWindowFailed) {
  const auto breaker = made("circuit_breaker", breaker_of(10, 0.5, 100, 2));
  fail(*breaker, 5);
  EXPECT_TRUE(breaker->admit({at_ms(1), 0}).admitted) << "ten must have run";
  for (int i = 0; i < 4; ++i) breaker->ended(ended(1, Outcome::Completed));
  EXPECT_TRUE(breaker->admit({at_ms(1), 0}).admitted);
  breaker->ended(ended(1, Outcome::Completed));
  EXPECT_FALSE(breaker->admit({at_ms(1), 0}).admitted) << "five of ten";
  const auto news = breaker->take_news();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].state, kOpen);
  EXPECT_EQ(news[0].reason, "5 of the last 10 failed");
  EXPECT_FALSE(breaker->has_news());
}

TEST(CircuitBreaker, ForgetsWhatHasLeftTheWindow) {
  const auto breaker = made("circuit_breaker", breaker_of(4, 0.5, 100, 1));
  for (int round = 0; round < 50; ++round) {
    fail(*breaker, 1);
    for (int i = 0; i < 3; ++i) breaker->ended(ended(1, Outcome::Completed));
  }
  EXPECT_TRUE(breaker->admit({at_ms(1), 0}).admitted) << "never more than one of four";
  fail(*breaker, 2);
  EXPECT_FALSE(breaker->admit({at_ms(1), 0}).admitted);
}

TEST(CircuitBreaker, WhatNeverRanIsNoEvidence) {
  const auto breaker = made("circuit_breaker", breaker_of(2, 0.5, 100, 1));
  for (const Outcome outcome :
       {Outcome::Cancelled, Outcome::Expired, Outcome::Shed, Outcome::Evicted, Outcome::Refused}) {
    for (int i = 0; i < 5; ++i) breaker->ended(ended(1, outcome));
  }
  EXPECT_TRUE(breaker->admit({at_ms(1), 0}).admitted);
  breaker->ended(ended(1, Outcome::TimedOut));
  breaker->ended(ended(1, Outcome::TimedOut));
  EXPECT_FALSE(breaker->admit({at_ms(1), 0}).admitted) << "what overran its limit ran";
}

TEST(CircuitBreaker, LetsOnlyProbesInAndClosesWhenAllSucceed) {
  const auto breaker = made("circuit_breaker", breaker_of(2, 0.5, 100, 2));
  fail(*breaker, 2);
  EXPECT_FALSE(breaker->admit({at_ms(99), 0}).admitted);
  const Entry first = breaker->admit({at_ms(101), 0});
  const Entry second = breaker->admit({at_ms(101), 0});
  EXPECT_TRUE(first.admitted && first.marked && second.admitted && second.marked);
  EXPECT_FALSE(breaker->admit({at_ms(102), 0}).admitted) << "two probes";
  breaker->ended(ended(103, Outcome::Completed, true));
  EXPECT_FALSE(breaker->admit({at_ms(103), 0}).admitted) << "one is good, one is out";
  breaker->ended(ended(104, Outcome::Completed, true));
  const Entry after = breaker->admit({at_ms(105), 0});
  EXPECT_TRUE(after.admitted);
  EXPECT_FALSE(after.marked);
  std::vector<std::string> states;
  for (const PoolEvent& event : breaker->take_news()) states.push_back(event.state);
  EXPECT_EQ(states, (std::vector<std::string>{"open", "half_open", "closed"}));
}

TEST(CircuitBreaker, OneFailedProbeOpensItAgain) {
  const auto breaker = made("circuit_breaker", breaker_of(2, 0.5, 100, 3));
  fail(*breaker, 2);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(breaker->admit({at_ms(101), 0}).marked);
  breaker->ended(ended(102, Outcome::Failed, true));
  EXPECT_FALSE(breaker->admit({at_ms(150), 0}).admitted);
  EXPECT_FALSE(breaker->admit({at_ms(203), 0}).admitted) << "two probes of that round are out";
  breaker->ended(ended(204, Outcome::Completed, true));
  breaker->ended(ended(204, Outcome::Completed, true));
  EXPECT_TRUE(breaker->admit({at_ms(205), 0}).marked) << "they closed nothing, a new round begins";
}

TEST(CircuitBreaker, AProbeThatNeverRanGivesItsPlaceToAnother) {
  const auto breaker = made("circuit_breaker", breaker_of(2, 0.5, 100, 1));
  fail(*breaker, 2);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(breaker->admit({at_ms(101 + i), 0}).marked) << i;
    ASSERT_FALSE(breaker->admit({at_ms(101 + i), 0}).admitted) << i;
    breaker->ended(ended(101 + i, i % 2 == 0 ? Outcome::Refused : Outcome::Shed, true));
  }
}

TEST(CircuitBreaker, WhatWasAcceptedBeforeItClosedDoesNotCount) {
  const auto breaker = made("circuit_breaker", breaker_of(2, 0.5, 100, 1));
  fail(*breaker, 2);
  ASSERT_TRUE(breaker->admit({at_ms(101), 0}).marked);
  breaker->ended(ended(102, Outcome::Completed, true, 101));
  for (int i = 0; i < 9; ++i) breaker->ended(ended(110, Outcome::Failed, false, 50));
  EXPECT_TRUE(breaker->admit({at_ms(111), 0}).admitted);
}

TEST(CircuitBreaker, EachClassHasItsOwn) {
  const auto breaker = made("circuit_breaker", breaker_of(2, 0.5, 100, 1), 3);
  fail(*breaker, 2, 0, 1);
  EXPECT_TRUE(breaker->admit({at_ms(1), 0}).admitted);
  EXPECT_FALSE(breaker->admit({at_ms(1), 1}).admitted);
  EXPECT_TRUE(breaker->admit({at_ms(1), 2}).admitted);
  EXPECT_EQ(breaker->take_news().at(0).task_class, 1);
}

/// A pool of `workers` that serve 1 ms each: what is let in beyond them waits its turn.
double settled_limit(int workers, double tolerance) {
  const auto limit =
      made("concurrency_limit", with({{"tolerance", tolerance}, {"window", std::int64_t{20}}}));
  int inside = 0;
  for (int round = 0; round < 2'000; ++round) {
    while (limit->admit({at_ms(round), 0}).admitted) ++inside;
    // Each of those inside has shared the workers: it was there for inside / workers services.
    Ended end = ended(round, Outcome::Completed);
    end.service = microseconds(1'000);
    end.accepted =
        end.at -
        Nanos{static_cast<Nanos::rep>(std::max(1.0, static_cast<double>(inside) / workers) * 1e6)};
    limit->ended(end);
    --inside;
  }
  while (limit->admit({at_ms(1e6), 0}).admitted) ++inside;
  return inside;
}

TEST(ConcurrencyLimit, SettlesWhereTasksWaitALittle) {
  for (const int workers : {2, 8, 64}) {
    const double limit = settled_limit(workers, 2);
    EXPECT_GE(limit, 1.5 * workers);
    EXPECT_LE(limit, 2 * workers + 2 * std::sqrt(2.0 * workers) + 8);
  }
  EXPECT_LT(settled_limit(8, 1), settled_limit(8, 4));
}

TEST(ConcurrencyLimit, GetsBackThePlaceOfWhateverEnds) {
  const auto limit = made("concurrency_limit", with({{"initial", std::int64_t{2}}}));
  for (const Outcome outcome : {Outcome::Refused, Outcome::Cancelled, Outcome::Expired,
                                Outcome::Shed, Outcome::Evicted, Outcome::Failed}) {
    EXPECT_TRUE(limit->admit({at_ms(1), 0}).admitted);
    EXPECT_TRUE(limit->admit({at_ms(1), 0}).admitted);
    EXPECT_FALSE(limit->admit({at_ms(1), 0}).admitted);
    limit->ended(ended(2, outcome));
    limit->ended(ended(2, outcome));
  }
}

TEST(ConcurrencyLimit, RefusesALeastAboveTheMost) {
  PoolConfig config;
  config.admission = {
      {"concurrency_limit", with({{"min", std::int64_t{9}}, {"max", std::int64_t{8}}})}};
  try {
    static_cast<void>(resolved(config));
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "/admission/0/min: expected at most max (8), got 9");
  }
}

TEST(Codel, GivesUpOnlyWhileTheQueueStands) {
  const auto codel = made("codel");  // 5 ms over 100 ms
  // A burst: long waits, but one that waited little in each interval.
  for (int ms = 0; ms < 500; ++ms) {
    EXPECT_FALSE(codel->gives_up(milliseconds(ms % 90 == 0 ? 1 : 50), at_ms(ms))) << ms;
  }
  // A standing queue: from the second interval on what waited more than twice the target goes.
  bool gave_up = false;
  for (int ms = 500; ms < 800; ++ms) gave_up = codel->gives_up(milliseconds(20), at_ms(ms));
  EXPECT_TRUE(gave_up);
  EXPECT_FALSE(codel->gives_up(milliseconds(10), at_ms(801))) << "twice the target is the limit";
  EXPECT_TRUE(codel->gives_up(microseconds(10'001), at_ms(802)));
  // One that waited less than the target: the next interval is calm.
  EXPECT_FALSE(codel->gives_up(milliseconds(4), at_ms(803)));
  codel->gives_up(milliseconds(20), at_ms(950));
  EXPECT_FALSE(codel->gives_up(milliseconds(20), at_ms(951)));
}

TEST(Codel, ForgetsAfterAPause) {
  const auto codel = made("codel");
  bool gave_up = false;
  for (int ms = 0; ms < 300; ++ms) gave_up = codel->gives_up(milliseconds(20), at_ms(ms));
  EXPECT_TRUE(gave_up);
  EXPECT_FALSE(codel->gives_up(milliseconds(20), at_ms(5'000))) << "nothing was begun for seconds";
}

}  // namespace
}  // namespace pools
