#include "lab/capacity_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "results/capacity.h"
#include "scenarios/sweep.h"
#include "scenarios/timetable.h"

namespace lab {
namespace {

/// A timetable holds at most 10 million arrivals; they vary by chance.
constexpr double kMostArrivals = 9.5e6;
/// A search that misses a thousandth of the file's rate ends there.
constexpr double kLowest = 1e-3;

double mean_rate(const scenarios::Scenario& scenario) {
  return scenarios::expected_arrivals(scenario) / scenarios::trial_length(scenario).count();
}

/// Whole numbers, where they are fine enough, read best.
double rounded(double rate) {
  if (rate >= 1000) return std::round(rate);
  return std::round(rate * 1000) / 1000;
}

}  // namespace

CapacitySearch::CapacitySearch(const scenarios::Scenario& scenario)
    : goal_(scenario.capacity.value()),
      seed_(scenario.seed),
      blocks_(std::max(scenario.run.repetitions, std::uint32_t{1})),
      lowest_per_s_(kLowest * mean_rate(scenario)),
      highest_per_s_(rounded(
          std::min(goal_.most_per_s, kMostArrivals / scenarios::trial_length(scenario).count()))) {
  const double start = std::min(mean_rate(scenario), highest_per_s_);
  for (const pools::PoolConfig& pool : scenario.pools) hunts_.push_back({pool.id, {}, start});
  if (blocks_ > 1 && scenario.run.aa_control && hunts_.size() > 1) {
    hunts_.push_back({scenarios::baseline_of(scenario), scenarios::kControlArm, start});
  }
}

std::vector<scenarios::TrialSpec> CapacitySearch::next(const results::RunResult& so_far) {
  std::vector<scenarios::TrialSpec> trials;
  for (Hunt& hunt : hunts_) digest(hunt, so_far);
  while (trials.empty() && block_ < blocks_) {
    // Each round starts with another pool.
    for (std::size_t i = 0; i < hunts_.size(); ++i) {
      Hunt& hunt = hunts_[(i + round_ + block_) % hunts_.size()];
      hunt.asked_per_s = hunt.done ? 0 : next_rate(hunt);
      hunt.done = hunt.asked_per_s == 0;
      if (hunt.done) continue;
      scenarios::TrialSpec& trial = trials.emplace_back();
      trial.pool = hunt.pool;
      trial.arm = hunt.arm;
      trial.parameters[std::string(scenarios::kRateKnob)] = fmt::format("{}", hunt.asked_per_s);
      trial.block = block_;
      trial.point = round_;
      trial.position = position_++;
      trial.seed = scenarios::seed_of_block(seed_, block_);
    }
    ++round_;
    if (trials.empty()) begin_block();
  }
  return trials;
}

void CapacitySearch::digest(Hunt& hunt, const results::RunResult& so_far) const {
  if (hunt.asked_per_s == 0) return;
  const results::Trial* outcome = nullptr;  // the last try's
  for (const results::Trial& trial : so_far.trials) {
    const bool own = trial.pool == hunt.pool && trial.arm == hunt.arm && trial.block == block_;
    if (own && results::rate_of(trial) == hunt.asked_per_s) outcome = &trial;
  }
  const results::Kept answer =
      outcome == nullptr ? results::Kept::Unknown : results::kept(*outcome, goal_);
  if (answer == results::Kept::Yes) hunt.kept_per_s = hunt.asked_per_s;
  if (answer == results::Kept::No) hunt.missed_per_s = hunt.asked_per_s;
  // Without an answer there is no way on; the result says so of this search.
  if (answer == results::Kept::Unknown) hunt.done = true;
  hunt.asked_per_s = 0;
}

double CapacitySearch::next_rate(const Hunt& hunt) const {
  const double narrow = 1 + goal_.precision_pct / 100;
  // Far from the answer in large steps; where an earlier search found it in small ones.
  const double step = block_ == 0 ? 2 : narrow * narrow;
  if (hunt.kept_per_s == 0 && hunt.missed_per_s == 0) return rounded(hunt.start_per_s);
  if (hunt.missed_per_s == 0) {
    if (hunt.kept_per_s >= highest_per_s_) return 0;
    return std::min(rounded(hunt.kept_per_s * step), highest_per_s_);
  }
  if (hunt.kept_per_s == 0) {
    const double lower = rounded(hunt.missed_per_s / step);
    return lower < lowest_per_s_ || lower >= hunt.missed_per_s ? 0 : lower;
  }
  if (hunt.missed_per_s <= hunt.kept_per_s * narrow) return 0;
  const double middle = rounded(std::sqrt(hunt.kept_per_s * hunt.missed_per_s));
  return middle > hunt.kept_per_s && middle < hunt.missed_per_s ? middle : 0;
}

void CapacitySearch::begin_block() {
  ++block_;
  round_ = 0;
  position_ = 0;
  for (Hunt& hunt : hunts_) {
    if (hunt.kept_per_s > 0) hunt.start_per_s = hunt.kept_per_s;
    hunt.kept_per_s = hunt.missed_per_s = hunt.asked_per_s = 0;
    hunt.done = false;
  }
}

}  // namespace lab
