#include "results/verdicts.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "pools/metrics/ledger_keys.h"
#include "results/censored.h"
#include "results/comparable.h"
#include "results/comparison.h"
#include "results/self_check.h"
#include "results/sign_test.h"
#include "scenarios/gates.h"

namespace results {
namespace {

using pools::LatencyHistogram;
using scenarios::Expectation;

/// The number in "p99.9", or nothing.
std::optional<double> percentile_of(const std::string& stat) {
  if (stat.size() < 2 || stat[0] != 'p') return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(stat.c_str() + 1, &end);
  if (*end != '\0' || !(value >= 0 && value < 100)) return std::nullopt;
  return value;
}

Observation between(const Bounds& bounds) {
  Observation seen{bounds.low, {}, {}};
  if (!bounds.exact()) seen.at_most = bounds.high;
  return seen;
}

Observation of_latency(const LatencyHistogram& finished, const LatencyHistogram& unserved,
                       const std::string& stat) {
  if (stat == "count") return {static_cast<double>(finished.count()), {}, {}};
  const CensoredLatency latency(finished, unserved);
  if (latency.lower().empty()) return {NAN, "no samples", {}};
  if (stat == "mean") return between(latency.mean());
  if (stat == "min") return between(latency.min());
  if (stat == "max") return between(latency.max());
  const std::optional<double> percentile = percentile_of(stat);
  if (!percentile) return {NAN, fmt::format("no statistic '{}'", stat), {}};
  Observation seen = between(latency.percentile(*percentile));
  if (!trustworthy(latency.lower(), *percentile)) {
    seen.doubt = fmt::format("{} samples, fewer than {} of them beyond {}", latency.lower().count(),
                             kSamplesBeyond, stat);
  }
  return seen;
}

Observation of_column(const Trial& trial, double TimelinePoint::*field, const std::string& stat) {
  double sum = 0;
  double low = INFINITY;
  double high = -low;
  double points = 0;
  for (const TimelinePoint& point : trial.timeline.points) {
    if (point.t_s <= trial.measured_from_s) continue;
    ++points;
    sum += point.*field;
    low = std::min(low, point.*field);
    high = std::max(high, point.*field);
  }
  if (points == 0) return {NAN, "no samples", {}};
  if (stat == "max") return {high, {}, {}};
  if (stat == "min") return {low, {}, {}};
  return {sum / points, {}, {}};
}

/// A figure only this pool's strategy has.
std::optional<double> own_figure(const Trial& trial, const std::string& metric) {
  for (const auto& [name, value] : trial.figures) {
    if (metric == name) return value;
  }
  return std::nullopt;
}

/// Things one counts, by the rule of the README; nothing when `metric` is no such thing.
std::optional<double> counted(const Trial& trial, const Expectation& gate) {
  for (const pools::LedgerKey& key : pools::kLedgerKeys) {
    if (gate.metric != key.name || !counted_by_series(key)) continue;
    const TaskCounts counts = counted_tasks(trial, gate.phase, gate.task_class);
    return static_cast<double>(counts.*key.count);
  }
  for (const pools::AttemptKey& key : pools::kAttemptKeys) {
    if (gate.metric != key.name) continue;
    return static_cast<double>(merged(trial, gate.phase, gate.task_class).*key.count);
  }
  for (const scenarios::EventKey& key : scenarios::kEventKeys) {
    if (gate.metric == key.name) return static_cast<double>(trial.events.*key.count);
  }
  return own_figure(trial, gate.metric);
}

std::optional<double> rated(const Trial& trial, const std::string& metric) {
  if (metric == "throughput_per_s") return trial.rates.throughput_per_s;
  if (metric == "goodput_per_s") return trial.rates.goodput_per_s;
  if (metric == "offered_per_s") return trial.rates.offered_per_s;
  if (metric == "utilisation") return trial.rates.utilisation;
  if (metric == "cpu_s") return trial.cost.cpu_s();
  return std::nullopt;
}

bool holds_at(double observed, const std::string& op, double value) {
  if (op == "<") return observed < value;
  if (op == "<=") return observed <= value;
  if (op == ">") return observed > value;
  if (op == ">=") return observed >= value;
  return observed == value;
}

/// Whether it holds wherever between the two the figure lies; nothing where that decides it.
std::optional<bool> holds(double low, double high, const std::string& op, double value) {
  const bool at_low = holds_at(low, op, value);
  if (at_low != holds_at(high, op, value)) return std::nullopt;
  // Equality may also be met in between.
  if (op == "==" && low < value && value < high) return std::nullopt;
  return at_low;
}

/// What is counted, not timed: exact however noisy the machine was.
bool noise_free(const Trial& trial, const Expectation& gate) {
  return gate.stat == "count" || (gate.stat != "rate_per_s" && counted(trial, gate));
}

struct PoolFigure {
  double value = NAN;  ///< lower bound
  double high = NAN;   ///< upper bound
  std::string doubt;
  std::string spoilt;  ///< why a failure may be the measurement's; empty: nothing spoils it
  std::vector<double> values = {};  ///< of each trial
  std::vector<double> highs = {};

  bool at_least() const noexcept { return high > value; }
};

/// Why the figure says nothing about this pool: it has no such thing, so it would never change.
std::string lacking(const Trial& trial, const Expectation& gate) {
  if (const scenarios::GateMetric* metric = scenarios::find_gate_metric(gate.metric)) {
    const auto config = trial.config.config();
    return config ? scenarios::what_lacks(*metric, *config) : std::string();
  }
  return std::string(scenarios::why_constant(gate.metric));
}

/// Whether a gate that names no pool is meant for this one: not when it asks for what the pool does
/// not have.
bool applies(const std::vector<Trial>& trials, const std::string& pool, const Expectation& gate) {
  return std::any_of(trials.begin(), trials.end(), [&](const Trial& trial) {
    return trial.pool == pool && lacking(trial, gate).empty();
  });
}

/// What the trials of one pool say together.
PoolFigure figure_of(const std::vector<Trial>& trials, const std::string& pool,
                     const Expectation& gate) {
  PoolFigure figure;
  std::vector<double> values;
  std::vector<double> highs;
  // Of several blocks those count that nothing spoilt, if there are any.
  const bool choose = in_blocks(trials) && std::any_of(trials.begin(), trials.end(), [&](auto& t) {
                        return t.pool == pool && may_compare(t);
                      });
  for (const Trial& trial : trials) {
    if (trial.pool != pool) continue;
    if (choose && trial.sound && !may_compare(trial) && !noise_free(trial, gate)) continue;
    const Observation seen = observe(trial, gate);
    if (!std::isnan(seen.value)) {
      values.push_back(seen.value);
      highs.push_back(seen.at_most.value_or(seen.value));
    }
    if (figure.doubt.empty()) figure.doubt = lacking(trial, gate);
    if (figure.doubt.empty()) figure.doubt = seen.doubt;
    if (!trial.sound) figure.doubt = "the trial is not sound";
    if (trial.interrupted) figure.doubt = "the trial was interrupted";
    if (!trial.valid && !noise_free(trial, gate)) {
      figure.spoilt = "a trial is not valid";
    } else if (late_sends_reach(trial, gate)) {
      figure.spoilt = "late sends reach into it";
    }
  }
  if (!values.empty()) {
    figure.value = median(values);
    figure.high = median(highs);
  }
  figure.values = std::move(values);
  figure.highs = std::move(highs);
  return figure;
}

bool was_run(const std::vector<Trial>& trials, const std::string& pool) {
  return std::any_of(trials.begin(), trials.end(), [&](auto& t) { return t.pool == pool; });
}

std::string gate_text(const Expectation& gate) {
  std::string text = gate.metric;
  if (!gate.stat.empty()) text += " " + gate.stat;
  if (!gate.task_class.empty()) text += " of " + gate.task_class;
  if (!gate.phase.empty()) text += " in " + gate.phase;
  return fmt::format("{} {} {:g}", text, gate.op, gate.value);
}

GateVerdict judged(const Expectation& gate, std::string pool, const PoolFigure& figure) {
  GateVerdict verdict{gate, std::move(pool), figure.value, figure.at_least(), Verdict::Pass, {}};
  std::string why = figure.doubt;
  if (!figure.doubt.empty() || std::isnan(figure.value)) {
    verdict.verdict = Verdict::Inconclusive;
  } else if (const auto met = holds(figure.value, figure.high, gate.op, gate.value); !met) {
    verdict.verdict = Verdict::Inconclusive;
    why = "cancelled tasks leave it open how much more";
  } else if (!*met) {
    verdict.verdict = figure.spoilt.empty() ? Verdict::Fail : Verdict::Inconclusive;
    why = figure.spoilt;
  }
  verdict.text = fmt::format(
      "{}: {}", gate_text(gate),
      std::isnan(figure.value)
          ? "nothing measured"
          : fmt::format("{}{:.4g}", figure.at_least() ? "at least " : "", figure.value));
  if (!why.empty()) verdict.text += fmt::format(" ({})", why);
  return verdict;
}

bool wants_interval(const Expectation& gate) {
  return !gate.bound.empty() && gate.bound != scenarios::gate_bounds().front();
}

/// The end of an interval that the gate is about, or both.
GateVerdict judged_by_interval(const Expectation& gate, std::string who, double observed,
                               double low, double high) {
  if (gate.bound == "ci_upper") low = high;
  if (gate.bound == "ci_lower") high = low;
  return judged_within(gate, std::move(who), observed, low, high);
}

/// Over several blocks the ratio has an interval, and that decides.
std::optional<GateVerdict> judged_by_blocks(const Expectation& gate,
                                            const std::vector<Trial>& trials,
                                            const std::string& above, const std::string& below) {
  const Measure measure{gate.metric, gate.stat, gate.task_class, gate.phase};
  const std::vector<Comparison> all = compare(trials, below, {measure});
  const auto found = std::find_if(all.begin(), all.end(), [&](const Comparison& one) {
    return one.pool == above && one.arm.empty();
  });
  if (found == all.end() || found->blocks < kLeastBlocks) return std::nullopt;
  return judged_by_interval(gate, gate.compare, found->ratio, found->low, found->high);
}

/// The interval of the median over a pool's trials.
GateVerdict judged_over_trials(const Expectation& gate, const std::string& pool,
                               const PoolFigure& figure) {
  const SignTest lower = sign_test(figure.values);
  const SignTest upper = sign_test(figure.highs);
  GateVerdict verdict = judged_by_interval(gate, pool, lower.median, lower.low, upper.high);
  std::string why = figure.doubt;
  if (figure.values.size() < kLeastBlocks) {
    why = fmt::format("{} of the {} trials that an interval takes", figure.values.size(),
                      kLeastBlocks);
  } else if (verdict.verdict == Verdict::Fail) {
    why = figure.spoilt;
  }
  if (!why.empty()) {
    verdict.verdict = Verdict::Inconclusive;
    verdict.text += fmt::format(" ({})", why);
  }
  return verdict;
}

void judge_ratio(const Expectation& gate, const std::vector<Trial>& trials,
                 std::vector<GateVerdict>& verdicts) {
  const std::size_t slash = gate.compare.find('/');
  const std::string above = gate.compare.substr(0, slash);
  const std::string below = slash == std::string::npos ? "" : gate.compare.substr(slash + 1);
  if (!was_run(trials, above) || !was_run(trials, below)) return;
  const bool estimate = gate.bound == scenarios::gate_bounds().front();
  if (auto verdict = estimate ? std::nullopt : judged_by_blocks(gate, trials, above, below)) {
    verdicts.push_back(std::move(*verdict));
    return;
  }
  const PoolFigure a = figure_of(trials, above, gate);
  const PoolFigure b = figure_of(trials, below, gate);
  PoolFigure ratio{a.value / b.high, a.high / b.value, a.doubt.empty() ? b.doubt : a.doubt,
                   a.spoilt.empty() ? b.spoilt : a.spoilt};
  // 0/0: both had none of it, which says nothing about either.
  if (b.value == 0 && ratio.doubt.empty()) ratio.doubt = below + " has 0";
  if (!std::isfinite(ratio.value)) ratio.value = NAN;
  if (std::isnan(ratio.high)) ratio.high = INFINITY;  // two that are without limit
  // Noise in the divisor works in the gate's favour, so unlike an absolute gate this one cannot
  // even be passed by a spoilt trial.
  if (ratio.doubt.empty()) ratio.doubt = ratio.spoilt;
  if (ratio.doubt.empty() && wants_interval(gate)) {
    ratio.doubt = fmt::format("fewer blocks than the {} that an interval takes", kLeastBlocks);
  }
  verdicts.push_back(judged(gate, gate.compare, ratio));
}

}  // namespace

Observation observe(const Trial& trial, const Expectation& gate) {
  const LatencyHistogram none;
  if (gate.metric == "generator_lag_us") return of_latency(trial.generator.lag, none, gate.stat);
  if (gate.metric.ends_with("_us")) {
    const pools::SeriesReport sum = merged(trial, gate.phase, gate.task_class);
    if (gate.metric == "response_us") {
      return of_latency(sum.response, sum.unserved_response, gate.stat);
    }
    if (gate.metric == "queue_wait_us") {
      return of_latency(sum.queue_wait, sum.unserved_wait, gate.stat);
    }
    // What never started has no service time to be cut short.
    if (gate.metric == "service_us") return of_latency(sum.service, none, gate.stat);
  }
  if (gate.metric == "workers") return of_column(trial, &TimelinePoint::workers, gate.stat);
  if (gate.metric == "queue_depth") return of_column(trial, &TimelinePoint::queue_depth, gate.stat);
  if (const std::optional<double> count = counted(trial, gate)) {
    if (gate.stat != "rate_per_s") return {*count, {}, {}};
    if (trial.measured_s <= 0) return {NAN, "no time has passed", {}};
    return {*count / trial.measured_s, {}, {}};
  }
  if (const std::optional<double> rate = rated(trial, gate.metric)) return {*rate, {}, {}};
  return {NAN, fmt::format("this pool has no '{}'", gate.metric), {}};
}

bool late_sends_reach(const Trial& trial, const Expectation& gate) {
  const std::optional<double> percentile = percentile_of(gate.stat);
  if (gate.metric != "response_us" || !percentile) return false;
  if (trial.queue_capacity != 0 && trial.config.holds_submitters_up()) return false;
  return lateness(merged(trial, gate.phase, gate.task_class), *percentile).spoils();
}

std::vector<GateVerdict> evaluate(const std::vector<Expectation>& gates,
                                  const std::vector<Trial>& trials) {
  std::vector<GateVerdict> verdicts;
  std::vector<std::string> pools;
  for (const Trial& trial : trials) {
    if (std::find(pools.begin(), pools.end(), trial.pool) == pools.end()) {
      pools.push_back(trial.pool);
    }
  }
  for (const Expectation& gate : gates) {
    if (!gate.compare.empty()) {
      judge_ratio(gate, trials, verdicts);
      continue;
    }
    for (const std::string& pool : pools) {
      if (gate.pool.empty() ? !applies(trials, pool, gate) : gate.pool != pool) continue;
      const PoolFigure figure = figure_of(trials, pool, gate);
      verdicts.push_back(wants_interval(gate) ? judged_over_trials(gate, pool, figure)
                                              : judged(gate, pool, figure));
    }
  }
  return verdicts;
}

GateVerdict judged_within(const Expectation& gate, std::string who, double observed, double low,
                          double high) {
  GateVerdict verdict{gate, std::move(who), observed, false, Verdict::Inconclusive, {}};
  if (std::isnan(low) || std::isnan(high)) {
    verdict.text = fmt::format("{}: nothing measured", gate_text(gate));
    return verdict;
  }
  if (const auto met = holds(low, high, gate.op, gate.value)) {
    verdict.verdict = *met ? Verdict::Pass : Verdict::Fail;
  }
  verdict.text = low == high
                     ? fmt::format("{}: {:.4g}, with 95 % confidence {} {:.4g}", gate_text(gate),
                                   observed, low < observed ? "above" : "below", low)
                     : fmt::format("{}: {:.4g}, with 95 % confidence from {:.4g} to {:.4g}",
                                   gate_text(gate), observed, low, high);
  return verdict;
}

Verdict overall(const std::vector<GateVerdict>& verdicts) {
  Verdict worst = Verdict::Pass;
  for (const GateVerdict& one : verdicts) {
    if (one.verdict == Verdict::Fail) return Verdict::Fail;
    if (one.verdict == Verdict::Inconclusive) worst = Verdict::Inconclusive;
  }
  return worst;
}

}  // namespace results
