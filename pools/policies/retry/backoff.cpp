// Backoff: again after base, base x factor, base x factor^2 ... up to a longest pause, shortened at
// random so that tasks that failed together do not come back together (Brooker, "Exponential
// Backoff and Jitter", AWS 2015).
//
// A budget keeps retries from multiplying the load when everything fails: each task that begins
// saves up budget_share of a retry, each retry spends one (the retry budgets of Finagle and of
// Google's SRE book). What is saved up is bounded: a healthy hour does not pay for a storm.
#include <algorithm>
#include <cmath>

#include "pools/policies/retry/rows.h"

namespace pools {
namespace {

/// To begin with, so that the only task of a quiet pool can be tried again. A guess.
constexpr double kSavedAtFirst = 10;
/// A burst of retries that harms nobody. A guess.
constexpr double kMostSaved = 100;

class Backoff final : public RetryPolicy {
 public:
  explicit Backoff(const Settings& settings)
      : max_attempts_(static_cast<std::uint32_t>(settings.integer("max_attempts"))),
        base_ms_(settings.real("base_ms")),
        factor_(settings.real("factor")),
        jitter_(settings.real("jitter")),
        max_ms_(settings.real("max_ms")),
        budget_share_(settings.real("budget_share")),
        bounded_(budget_share_ < max_attempts_ - 1) {}

  RetryDecision decide(const FailedAttempt& failed) override {
    // Saved up before anything is decided: tasks of the quiet time before count once.
    const auto fresh = static_cast<double>(failed.tasks - std::min(seen_, failed.tasks));
    saved_ = std::min(kMostSaved, saved_ + budget_share_ * fresh);
    seen_ = failed.tasks;
    if (failed.attempts >= max_attempts_) return {RetryDecision::Why::AttemptsSpent, {}};
    if (bounded_) {
      if (saved_ < 1) return {RetryDecision::Why::BudgetSpent, {}};
      saved_ -= 1;
    }
    const double full = base_ms_ * std::pow(factor_, static_cast<double>(failed.attempts - 1));
    const double ms = std::min(full, max_ms_) * (1 - jitter_ * failed.chance);
    return {RetryDecision::Why::TryAgain, Nanos{static_cast<Nanos::rep>(ms * 1e6)}};
  }

 private:
  const std::uint32_t max_attempts_;
  const double base_ms_;
  const double factor_;
  const double jitter_;
  const double max_ms_;
  const double budget_share_;
  const bool bounded_;  // else it pays for every retry that there can be
  double saved_ = kSavedAtFirst;
  std::uint64_t seen_ = 0;  // tasks whose share is saved already
};

}  // namespace

const RetryRow& backoff_row() {
  static const RetryRow kRow{
      .name = "backoff",
      .summary = "a task that failed is tried again after a pause that grows",
      .knobs = {{.name = "max_attempts",
                 .fallback = std::int64_t{3},
                 .unit = "attempts",
                 .low = 2,
                 .high = kMostAttempts,
                 .choices = {},
                 .help = "the first one included"},
                {.name = "base_ms",
                 .fallback = 10.0,
                 .unit = "ms",
                 .low = 0.1,
                 .high = 3'600'000,
                 .choices = {},
                 .help = "the pause after the first failure"},
                {.name = "factor",
                 .fallback = 2.0,
                 .unit = "",
                 .low = 1,
                 .high = 100,
                 .choices = {},
                 .help = "how much longer each pause is than the one before"},
                {.name = "jitter",
                 .fallback = 0.5,
                 .unit = "",
                 .low = 0,
                 .high = 1,
                 .choices = {},
                 .help = "the share of the pause that is left to chance"},
                {.name = "max_ms",
                 .fallback = 1000.0,
                 .unit = "ms",
                 .low = 0.1,
                 .high = 3'600'000,
                 .choices = {},
                 .help = "no pause is longer"},
                {.name = "budget_share",
                 .fallback = 0.1,
                 .unit = "",
                 .low = 0.001,
                 .high = 100,
                 .choices = {},
                 .help = "retries per task that comes; max_attempts - 1 and more binds nobody"}},
      .make = [](const Settings& settings) -> std::unique_ptr<RetryPolicy> {
        return std::make_unique<Backoff>(settings);
      },
      .check =
          [](const Settings& settings, const std::string& path) {
            if (settings.real("base_ms") <= settings.real("max_ms")) return;
            throw ConfigError(path + "/max_ms",
                              "expected base_ms (" + shown(settings.real("base_ms")) +
                                  ") or more, got " + shown(settings.real("max_ms")));
          }};
  return kRow;
}

}  // namespace pools
