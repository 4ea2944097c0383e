// Retry policies, asked with plain values.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "pools/catalog.h"
#include "pools/policies/retry/retry.h"

namespace pools {
namespace {

using Why = RetryDecision::Why;
using std::chrono::milliseconds;

std::unique_ptr<RetryPolicy> backoff(std::map<std::string, double> knobs = {},
                                     std::int64_t attempts = 5) {
  Settings settings;
  settings.set("max_attempts", attempts);
  for (const auto& [name, value] : knobs) settings.set(name, value);
  const RetryRow& row = *find_retry("backoff");
  return row.make(settings.resolved(row.knobs, "/retry"));
}

/// As many tasks as a budget never binds.
FailedAttempt nth(std::uint32_t attempts, double chance = 0) {
  return {.attempts = attempts, .tasks = 1'000'000ULL * attempts, .chance = chance};
}

TEST(RetryPolicy, DiscardTriesNothingAgain) {
  const RetryRow& row = *find_retry("discard");
  EXPECT_EQ(row.make(Settings{}.resolved(row.knobs, "/retry")), nullptr);
}

TEST(RetryPolicy, PausesGrowUpToTheLongest) {
  const auto policy = backoff({{"base_ms", 10}, {"factor", 3}, {"jitter", 0}, {"max_ms", 100}});
  EXPECT_EQ(policy->decide(nth(1)).after, milliseconds{10});
  EXPECT_EQ(policy->decide(nth(2)).after, milliseconds{30});
  EXPECT_EQ(policy->decide(nth(3)).after, milliseconds{90});
  EXPECT_EQ(policy->decide(nth(4)).after, milliseconds{100});
}

TEST(RetryPolicy, ChanceShortensAPauseByItsShareAtMost) {
  const auto policy = backoff({{"base_ms", 10}, {"jitter", 0.5}});
  EXPECT_EQ(policy->decide(nth(1, 0)).after, milliseconds{10});
  EXPECT_EQ(policy->decide(nth(1, 0.5)).after, Nanos{7'500'000});
  EXPECT_GT(policy->decide(nth(1, 0.999)).after, milliseconds{5});
}

TEST(RetryPolicy, EndsWithTheLastAttempt) {
  const auto policy = backoff({}, 3);
  EXPECT_EQ(policy->decide(nth(1)).why, Why::TryAgain);
  EXPECT_EQ(policy->decide(nth(2)).why, Why::TryAgain);
  EXPECT_EQ(policy->decide(nth(3)).why, Why::AttemptsSpent);
  EXPECT_EQ(policy->decide(nth(9)).why, Why::AttemptsSpent);
}

TEST(RetryPolicy, TheBudgetIsAShareOfTheTasksThatCome) {
  const auto policy = backoff({{"budget_share", 0.1}});
  std::uint64_t tasks = 0;
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    ++tasks;  // each fails
    retries += policy->decide({.attempts = 1, .tasks = tasks, .chance = 0}).why == Why::TryAgain;
  }
  EXPECT_NEAR(retries, 110, 1) << "a tenth, and ten to begin with";
  EXPECT_EQ(policy->decide({.attempts = 1, .tasks = tasks, .chance = 0}).why, Why::BudgetSpent);
}

TEST(RetryPolicy, AHealthyHourDoesNotPayForAStorm) {
  const auto policy = backoff({{"budget_share", 0.1}});
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    retries +=
        policy->decide({.attempts = 1, .tasks = 100'000'000, .chance = 0}).why == Why::TryAgain;
  }
  EXPECT_EQ(retries, 100);
}

TEST(RetryPolicy, ABudgetForEveryRetryBindsNobody) {
  const auto policy = backoff({{"budget_share", 4}}, 5);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(policy->decide({.attempts = 1, .tasks = 1, .chance = 0}).why, Why::TryAgain);
  }
}

}  // namespace
}  // namespace pools
