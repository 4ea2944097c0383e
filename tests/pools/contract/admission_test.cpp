// What every pool does for its admission policies and for deadlines: who is refused and why, what
// is given up, and that it is all counted.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pools/metrics/series_counts.h"
#include "pools/task_group.h"
#include "tests/pools/contract/subjects.h"

namespace contract {
namespace {

using pools::Choice;
using pools::KnobValue;
using pools::Outcome;
using pools::SubmitStatus;

Choice policy(const char* name, std::initializer_list<std::pair<const char*, KnobValue>> knobs) {
  Choice choice{name, {}};
  for (const auto& [knob, value] : knobs) choice.settings.set(knob, value);
  return choice;
}

class Admitted : public testing::TestWithParam<Subject> {
 protected:
  std::unique_ptr<pools::Pool> with(std::vector<Choice> policies, std::uint32_t workers = 2) const {
    Subject subject = GetParam();
    subject.config.admission = std::move(policies);
    subject.config.series = 4;
    subject.config.classes = 2;
    return with_workers(subject, workers);
  }
  static pools::SubmitOptions of(std::uint16_t series) { return {.due = {}, .series = series}; }
  bool ours() const { return pools::find_dispatch(GetParam().config.dispatch.name) != nullptr; }
};

TEST_P(Admitted, ATokenBucketRefusesAndSaysSo) {
  const auto pool = with({policy("token_bucket", {{"rate_per_s", 0.001}, {"burst", 5.0}})});
  std::atomic<int> ran{0};
  std::vector<SubmitStatus> said;
  for (int i = 0; i < 8; ++i) {
    said.push_back(pool->submit([&] { ran.fetch_add(1, std::memory_order_relaxed); }, of(1)));
  }
  expect_quiet(*pool);
  EXPECT_EQ(ran.load(), 5);
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(said[static_cast<std::size_t>(i)],
              i < 5 ? SubmitStatus::Accepted : SubmitStatus::RateLimited);
  }
  EXPECT_EQ(pool->snapshot().ledger.rejected, 3U);
  EXPECT_EQ(pool->snapshot().refusals.rate_limited, 3U);
  const auto report = pool->report();
  EXPECT_EQ(report.by_series[1].refusals.rate_limited, 3U);
  EXPECT_EQ(report.by_series[1].rejected, 3U);
  EXPECT_EQ(report.by_series[0].rejected, 0U);
}

TEST_P(Admitted, WhatATaskSubmitsIsNotAskedAgain) {
  const auto pool =
      with({policy("token_bucket", {{"rate_per_s", 0.001}}),
            policy("concurrency_limit", {{"initial", std::int64_t{1}}, {"max", std::int64_t{1}}})});
  std::atomic<int> accepted{0};
  ASSERT_EQ(pool->submit([&] {
    for (int i = 0; i < 10; ++i) {
      accepted += pool->submit([] {}) == SubmitStatus::Accepted ? 1 : 0;
    }
  }),
            SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(accepted.load(), 10);
  EXPECT_EQ(pool->submit([] {}), SubmitStatus::RateLimited);
}

TEST_P(Admitted, ABreakerOpensForItsClassAloneAndClosesWhenAProbeSucceeds) {
  const auto pool =
      with({policy("circuit_breaker",
                   {{"window", std::int64_t{4}}, {"open_ms", 1.0}, {"probes", std::int64_t{1}}})});
  // Series 1 and 3 are of class 1.
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(pool->submit([] { throw std::runtime_error("asked to"); }, of(i % 2 == 0 ? 1 : 3)),
              SubmitStatus::Accepted);
    ASSERT_TRUE(pool->wait_idle(kLong));
  }
  EXPECT_EQ(pool->submit([] {}, of(0)), SubmitStatus::Accepted) << "another class";
  EXPECT_EQ(pool->snapshot().breaker_opened, 1U);
  // It fails once more as a probe, and then succeeds.
  std::atomic<bool> healthy{false};
  const auto call = [&healthy] {
    if (!healthy.load(std::memory_order_relaxed)) throw std::runtime_error("still down");
  };
  ASSERT_TRUE(eventually([&] { return pool->submit(call, of(1)) == SubmitStatus::Accepted; }));
  ASSERT_TRUE(pool->wait_idle(kLong));
  EXPECT_EQ(pool->snapshot().breaker_opened, 2U);
  healthy.store(true, std::memory_order_relaxed);
  ASSERT_TRUE(eventually([&] { return pool->submit(call, of(3)) == SubmitStatus::Accepted; }));
  expect_quiet(*pool);
  const auto now = pool->snapshot();
  ASSERT_GE(now.events.size(), 5U);
  EXPECT_EQ(now.events.front().state, pools::kOpen);
  EXPECT_EQ(now.events.front().task_class, 1);
  EXPECT_EQ(now.events.back().state, pools::kClosed);
  EXPECT_EQ(now.events_so_far, now.events.size());
  for (int i = 0; i < 8; ++i) EXPECT_EQ(pool->submit(call, of(1)), SubmitStatus::Accepted);
  expect_quiet(*pool);
  EXPECT_EQ(pool->report().by_series[0].refusals.circuit_open, 0U);
}

TEST_P(Admitted, AConcurrencyLimitCountsWhatIsInsideAndNothingElse) {
  const auto pool = with(
      {policy("concurrency_limit",
              {{"initial", std::int64_t{3}}, {"min", std::int64_t{3}}, {"max", std::int64_t{3}}})},
      1);
  for (int round = 0; round < 5; ++round) {
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    EXPECT_EQ(pool->submit([] { throw std::runtime_error("ends too"); }), SubmitStatus::Accepted);
    EXPECT_EQ(pool->submit([] {}), SubmitStatus::LimitReached);
    EXPECT_EQ(pool->try_submit([] {}), SubmitStatus::LimitReached);
    gate.open();
    expect_quiet(*pool);
  }
  EXPECT_EQ(pool->snapshot().refusals.limit_reached, 10U);
}

TEST_P(Admitted, WhatIsLetInAndThenFindsNoRoomGivesItsPlaceBack) {
  Subject subject = GetParam();
  subject.config.queue_capacity = 1;
  subject.config.on_full = pools::OnFull::Reject;
  subject.config.admission = {
      policy("concurrency_limit",
             {{"initial", std::int64_t{4}}, {"min", std::int64_t{4}}, {"max", std::int64_t{4}}})};
  const auto pool = with_workers(subject, 1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  EXPECT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(pool->submit([] {}), SubmitStatus::QueueFull) << i;
  gate.open();
  expect_quiet(*pool);
  EXPECT_EQ(pool->snapshot().refusals.queue_full, 20U);
}

TEST_P(Admitted, CodelGivesUpWhatWaitedTooLongInAStandingQueue) {
  const auto pool = with({policy("codel", {{"target_us", 1.0}, {"interval_ms", 0.1}})}, 1);
  std::atomic<int> shed{0}, ran{0};
  struct Told {
    std::atomic<int>* shed;
    std::atomic<int>* ran;
    void operator()() const {
      ran->fetch_add(1, std::memory_order_relaxed);
      // Longer than an interval, so that the queue is seen to stand.
      const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(150);
      while (std::chrono::steady_clock::now() < until) {
      }
    }
    void ended(Outcome outcome) const noexcept {
      if (outcome == Outcome::Shed) shed->fetch_add(1, std::memory_order_relaxed);
    }
  };
  constexpr int kTasks = 400;
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_EQ(pool->submit(Told{&shed, &ran}, of(2)), SubmitStatus::Accepted);
  }
  pools::TaskGroup group(*pool);
  EXPECT_EQ(group.run([] {}), SubmitStatus::Accepted);
  static_cast<void>(group.wait());
  expect_quiet(*pool);
  EXPECT_EQ(shed.load() + ran.load(), kTasks);
  const auto ledger = pool->snapshot().ledger;
  EXPECT_GE(ledger.shed, static_cast<std::uint64_t>(shed.load()));
  EXPECT_EQ(pool->report().by_series[2].shed, static_cast<std::uint64_t>(shed.load()));
}

TEST_P(Admitted, AnExpiredTaskIsGivenUpWhenAWorkerComesToIt) {
  Subject subject = GetParam();
  subject.config.drop_expired = true;
  subject.config.series = 2;
  for (const auto level : {pools::MetricsLevel::Full, pools::MetricsLevel::Off}) {
    subject.config.metrics = level;
    const auto pool = with_workers(subject, 1);
    Gate gate;
    ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
    ASSERT_TRUE(gate.await_arrivals(1));
    std::atomic<int> ran{0};
    const auto task = [&ran] { ran.fetch_add(1, std::memory_order_relaxed); };
    const auto now = pools::Clock::now();
    for (int i = 0; i < 6; ++i) {
      pools::SubmitOptions options;
      options.series = 1;
      // Two are late, two have an hour, two have no deadline.
      if (i < 2) options.deadline = now - std::chrono::milliseconds(1);
      if (i >= 2 && i < 4) options.deadline = now + std::chrono::hours(1);
      ASSERT_EQ(pool->submit(task, options), SubmitStatus::Accepted);
    }
    pools::TaskGroup group(*pool);
    ASSERT_EQ(group.run(task, {.deadline = now - std::chrono::milliseconds(1)}),
              SubmitStatus::Accepted);
    gate.open();
    EXPECT_EQ(group.wait(), Outcome::Expired);
    expect_quiet(*pool);
    EXPECT_EQ(ran.load(), 4);
    EXPECT_EQ(pool->snapshot().ledger.expired, 3U);
    const pools::SeriesReport series = pool->report().by_series.at(1);
    EXPECT_EQ(series.expired, 2U);
    EXPECT_EQ(series.completed, 4U);
    EXPECT_EQ(series.deadlines_met, 2U);
    EXPECT_EQ(series.deadlines_missed, 2U);
    EXPECT_EQ(pools::deadline_met(series), 0.5);
  }
}

TEST_P(Admitted, DeadlinesAreCountedWhereNothingGoesByThem) {
  Subject subject = GetParam();
  subject.config.queue_capacity = 100;
  for (const auto level : {pools::MetricsLevel::Full, pools::MetricsLevel::Off}) {
    subject.config.metrics = level;
    const auto pool = with_workers(subject, 1);
    const auto now = pools::Clock::now();
    const pools::SubmitOptions late{.deadline = now - std::chrono::seconds(1)};
    const pools::SubmitOptions early{.deadline = now + std::chrono::hours(1)};
    ASSERT_EQ(pool->submit([] {}, early), SubmitStatus::Accepted);
    ASSERT_EQ(pool->submit([] {}, late), SubmitStatus::Accepted);
    ASSERT_EQ(pool->submit([] { throw std::runtime_error("no answer"); }, early),
              SubmitStatus::Accepted);
    ASSERT_EQ(pool->submit([] {}), SubmitStatus::Accepted);
    // Larger than what lies in a task with a deadline; it is told all the same.
    std::array<char, 200> large{};
    ASSERT_EQ(pool->submit([large] { static_cast<void>(large); }, early), SubmitStatus::Accepted);
    std::atomic<bool> told{false};
    ASSERT_EQ(pool->submit(
                  [&told, early](const pools::TaskContext& self) {
                    told.store(self.deadline == early.deadline, std::memory_order_relaxed);
                  },
                  early),
              SubmitStatus::Accepted);
    expect_quiet(*pool);
    EXPECT_TRUE(told.load());
    pool->shutdown(pools::ShutdownMode::Drain, kLong);
    EXPECT_EQ(pool->submit([] {}, early), SubmitStatus::ShuttingDown);
    const pools::SeriesReport series = pool->report().by_series.at(0);
    EXPECT_EQ(series.deadlines_met, 3U);
    EXPECT_EQ(series.deadlines_missed, 3U) << "late, failed, refused";
    EXPECT_EQ(series.refusals.shutting_down, 1U);
  }
}

TEST_P(Admitted, AdaptiveLifoServesTheNewestFirstWhileTooManyWait) {
  const bool own_order =
      !ours() || pools::find_dispatch(GetParam().config.dispatch.name)->capabilities.priorities;
  Subject subject = GetParam();
  subject.config.admission = {policy("adaptive_lifo", {{"tasks_per_worker", 4.0}})};
  if (own_order) {
    EXPECT_THROW(with_workers(subject, 1), pools::ConfigError);
    return;
  }
  const auto pool = with_workers(subject, 1);
  Gate gate;
  ASSERT_EQ(pool->submit(gate.blocker()), SubmitStatus::Accepted);
  ASSERT_TRUE(gate.await_arrivals(1));
  std::vector<int> order;  // by the one worker
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(pool->submit([&order, i] { order.push_back(i); }), SubmitStatus::Accepted);
  }
  EXPECT_EQ(pool->snapshot().queue_depth, 10U);
  gate.open();
  expect_quiet(*pool);
  ASSERT_EQ(order.size(), 10U);
  // The first three came in order; with the fourth four waited.
  EXPECT_EQ((std::vector<int>(order.begin(), order.begin() + 7)),
            (std::vector<int>{9, 8, 7, 6, 5, 4, 3}));
  for (const auto& figure : pool->snapshot().figures) {
    if (figure.name != "newest_first") continue;
    EXPECT_EQ(figure.value, 7);
  }
}

TEST_P(Admitted, WithEveryPolicyNothingIsLost) {
  Subject subject = GetParam();
  subject.config.queue_capacity = 50;
  subject.config.on_full = pools::OnFull::DropNewest;
  subject.config.drop_expired = true;
  subject.config.series = 2;
  subject.config.admission = {
      policy("token_bucket", {{"rate_per_s", 200'000.0}, {"burst", 100.0}}),
      policy("circuit_breaker", {{"window", std::int64_t{10}}, {"open_ms", 0.2}}),
      policy("concurrency_limit", {{"window", std::int64_t{5}}}),
      policy("codel", {{"target_us", 50.0}, {"interval_ms", 0.5}})};
  const auto pool = with_workers(subject, 3);
  std::atomic<std::uint64_t> ran{0}, given_up{0}, refused{0}, accepted{0};
  struct Body {
    std::atomic<std::uint64_t>* ran;
    std::atomic<std::uint64_t>* given_up;
    bool fails;
    void operator()() const {
      ran->fetch_add(1, std::memory_order_relaxed);
      if (fails) throw std::runtime_error("asked to");
    }
    void ended(Outcome outcome) const noexcept {
      if (!pools::was_run(outcome) && outcome != Outcome::Refused) {
        given_up->fetch_add(1, std::memory_order_relaxed);
      }
    }
  };
  std::vector<std::thread> producers;
  for (std::uint32_t p = 0; p < 3; ++p) {
    producers.emplace_back([&, p] {
      for (std::uint32_t i = 0; i < scaled(4'000); ++i) {
        pools::SubmitOptions options;
        options.series = static_cast<std::uint16_t>(p % 2);
        if (i % 3 == 0) options.deadline = pools::Clock::now() + std::chrono::microseconds(100);
        const auto status = pool->submit(Body{&ran, &given_up, i / 200 % 4 == 3}, options);
        (status == SubmitStatus::Accepted ? accepted : refused)
            .fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  expect_quiet(*pool);
  EXPECT_EQ(accepted.load(), ran.load() + given_up.load());
  const auto now = pool->snapshot();
  EXPECT_EQ(now.ledger.rejected, refused.load());
  EXPECT_EQ(now.ledger.expired + now.ledger.shed + now.ledger.evicted, given_up.load());
  std::uint64_t reasons = 0;
  for (const auto& key : pools::kRefusalKeys) reasons += now.refusals.*key.of_pool;
  EXPECT_EQ(reasons, refused.load());
  std::uint64_t settled = 0;
  for (const auto& series : pool->report().by_series) {
    settled += series.completed + series.failed + series.expired + series.shed + series.evicted;
  }
  EXPECT_EQ(settled, accepted.load());
}

INSTANTIATE_TEST_SUITE_P(Pools, Admitted, testing::ValuesIn(every_pool()), subject_name);

TEST(AdmissionConfig, IsRefusedNamingTheFieldAndTheNearestName) {
  const auto refusal = [](std::vector<Choice> policies, const char* dispatch = "pull") {
    pools::PoolConfig config;
    config.dispatch.name = dispatch;
    config.admission = std::move(policies);
    try {
      static_cast<void>(pools::resolved(config));
    } catch (const pools::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal({{"token_buckets", {}}}),
            "/admission/0/name: expected an admission policy (token_bucket, circuit_breaker, "
            "concurrency_limit, codel, adaptive_lifo), got \"token_buckets\"; did you mean "
            "\"token_bucket\"?");
  EXPECT_EQ(
      refusal({{"token_bucket", {}}}),
      "/admission/0/rate_per_s: expected a number from 0.001 to 1000000000 tasks/s, got nothing");
  EXPECT_EQ(
      refusal({{"codel", {}}, {"codel", {}}}),
      "/admission/1/name: expected each policy once, got \"codel\" again, as in /admission/0");
  EXPECT_EQ(refusal({policy("codel", {{"target_us", 0.5}})}).find("/admission/0/target_us: "), 0U);
  EXPECT_EQ(
      refusal({{"adaptive_lifo", {}}}, "priority"),
      "/admission/0/name: expected a policy at the door: the order of \"priority\" is its own, "
      "got \"adaptive_lifo\"");
  EXPECT_EQ(refusal({{"adaptive_lifo", {}}, {"codel", {}}}), "accepted");
}

}  // namespace
}  // namespace contract
