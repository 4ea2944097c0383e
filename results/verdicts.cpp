#include "results/verdicts.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "results/self_check.h"
#include "scenarios/gates.h"

namespace results {
namespace {

using pools::LatencyHistogram;
using pools::Ledger;
using scenarios::Expectation;

double micros(pools::Nanos t) { return static_cast<double>(t.count()) / 1e3; }

/// The number in "p99.9", or nothing.
std::optional<double> percentile_of(const std::string& stat) {
  if (stat.size() < 2 || stat[0] != 'p') return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(stat.c_str() + 1, &end);
  if (*end != '\0' || !(value >= 0 && value < 100)) return std::nullopt;
  return value;
}

Observation of_histogram(const LatencyHistogram& histogram, const std::string& stat) {
  if (stat == "count") return {static_cast<double>(histogram.count()), {}};
  if (histogram.empty()) return {NAN, "no samples"};
  if (stat == "mean") return {histogram.mean_ns() / 1e3, {}};
  if (stat == "min") return {micros(histogram.min()), {}};
  if (stat == "max") return {micros(histogram.max()), {}};
  const std::optional<double> percentile = percentile_of(stat);
  if (!percentile) return {NAN, fmt::format("no statistic '{}'", stat)};
  Observation seen{micros(histogram.quantile(*percentile / 100.0)), {}};
  if (!trustworthy(histogram, *percentile)) {
    seen.doubt = fmt::format("{} samples, fewer than {} of them beyond {}", histogram.count(),
                             kSamplesBeyond, stat);
  }
  return seen;
}

Observation of_column(const Trial& trial, double TimelinePoint::*field, const std::string& stat) {
  double sum = 0;
  double low = INFINITY;
  double high = -low;
  for (const TimelinePoint& point : trial.timeline.points) {
    sum += point.*field;
    low = std::min(low, point.*field);
    high = std::max(high, point.*field);
  }
  if (trial.timeline.points.empty()) return {NAN, "no samples"};
  if (stat == "max") return {high, {}};
  if (stat == "min") return {low, {}};
  return {sum / static_cast<double>(trial.timeline.points.size()), {}};
}

struct LedgerKey {
  const char* name;
  std::uint64_t Ledger::*field;
};
constexpr LedgerKey kLedgerKeys[] = {
    {"submitted", &Ledger::submitted}, {"rejected", &Ledger::rejected},
    {"completed", &Ledger::completed}, {"failed", &Ledger::failed},
    {"cancelled", &Ledger::cancelled},
};

struct WorkerKey {
  const char* name;
  std::uint64_t pools::WorkerSnapshot::*field;
};
constexpr WorkerKey kWorkerKeys[] = {
    {"steals", &pools::WorkerSnapshot::steal_items},
    {"steal_attempts", &pools::WorkerSnapshot::steal_attempts},
    {"steal_hits", &pools::WorkerSnapshot::steal_hits},
};

/// A figure only this pool's strategy has.
std::optional<double> own_figure(const Trial& trial, const std::string& metric) {
  for (const auto& [name, value] : trial.figures) {
    if (metric == name) return value;
  }
  return std::nullopt;
}

/// Things one counts over the whole trial; nothing when `metric` is no such thing.
std::optional<double> counted(const Trial& trial, const Expectation& gate) {
  const bool filtered = !gate.phase.empty() || !gate.task_class.empty();
  if (filtered && (gate.metric == "completed" || gate.metric == "failed")) {
    const pools::SeriesReport sum = merged(trial, gate.phase, gate.task_class);
    return static_cast<double>(gate.metric == "failed" ? sum.failed : sum.completed);
  }
  for (const LedgerKey& key : kLedgerKeys) {
    if (gate.metric == key.name) return static_cast<double>(trial.ledger.*key.field);
  }
  for (const WorkerKey& key : kWorkerKeys) {
    if (gate.metric != key.name) continue;
    std::uint64_t sum = 0;
    for (const pools::WorkerSnapshot& worker : trial.workers) sum += worker.*key.field;
    return static_cast<double>(sum);
  }
  if (const std::optional<double> figure = own_figure(trial, gate.metric)) return figure;
  if (gate.metric == "wakes") return static_cast<double>(trial.wakes);
  if (gate.metric == "scale_up" || gate.metric == "scale_down") {
    const bool up = gate.metric == "scale_up";
    return static_cast<double>(
        std::count_if(trial.timeline.scaling.begin(), trial.timeline.scaling.end(),
                      [up](const ScalingMark& mark) { return (mark.to > mark.from) == up; }));
  }
  return std::nullopt;
}

std::optional<double> rated(const Trial& trial, const std::string& metric) {
  if (metric == "throughput_per_s") return trial.rates.throughput_per_s;
  if (metric == "goodput_per_s") return trial.rates.goodput_per_s;
  if (metric == "offered_per_s") return trial.rates.offered_per_s;
  if (metric == "utilisation") return trial.rates.utilisation;
  if (metric == "cpu_s") return trial.cost.cpu_s();
  return std::nullopt;
}

bool holds(double observed, const std::string& op, double value) {
  if (op == "<") return observed < value;
  if (op == "<=") return observed <= value;
  if (op == ">") return observed > value;
  if (op == ">=") return observed >= value;
  return observed == value;
}

/// What is counted, not timed: exact however noisy the machine was.
bool noise_free(const Trial& trial, const Expectation& gate) {
  return gate.stat == "count" || (gate.stat != "rate_per_s" && counted(trial, gate));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// Whether late sends are a good part of this very figure, if not of the whole trial's. Not where a
/// full queue holds the submitter up: that is the pool's own doing.
bool spoilt(const Trial& trial, const Expectation& gate) {
  const std::optional<double> percentile = percentile_of(gate.stat);
  if (gate.metric != "response_us" || !percentile) return false;
  if (trial.queue_capacity != 0 && trial.config.on_full != pools::OnFull::Reject) return false;
  return lateness(merged(trial, gate.phase, gate.task_class), *percentile).spoils();
}

struct PoolFigure {
  double value = NAN;
  std::string doubt;
  bool valid = true;
};

/// Why the figure says nothing about this pool: it has no such thing, so it would never change.
std::string lacking(const Trial& trial, const Expectation& gate) {
  if (const scenarios::GateMetric* metric = scenarios::find_gate_metric(gate.metric)) {
    return scenarios::what_lacks(*metric, trial.config);
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
  for (const Trial& trial : trials) {
    if (trial.pool != pool) continue;
    const Observation seen = observe(trial, gate);
    if (!std::isnan(seen.value)) values.push_back(seen.value);
    if (figure.doubt.empty()) figure.doubt = lacking(trial, gate);
    if (figure.doubt.empty()) figure.doubt = seen.doubt;
    if (!trial.sound) figure.doubt = "the trial is not sound";
    if (trial.interrupted) figure.doubt = "the trial was interrupted";
    figure.valid = figure.valid && (trial.valid || noise_free(trial, gate)) && !spoilt(trial, gate);
  }
  if (!values.empty()) figure.value = median(std::move(values));
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
  GateVerdict verdict{gate, std::move(pool), figure.value, Verdict::Pass, {}};
  const bool met = !std::isnan(figure.value) && holds(figure.value, gate.op, gate.value);
  std::string why = figure.doubt;
  if (!figure.doubt.empty() || std::isnan(figure.value)) {
    verdict.verdict = Verdict::Inconclusive;
  } else if (!met) {
    verdict.verdict = figure.valid ? Verdict::Fail : Verdict::Inconclusive;
    if (!figure.valid) why = "the trial is not valid";
  }
  verdict.text = fmt::format(
      "{}: {}", gate_text(gate),
      std::isnan(figure.value) ? "nothing measured" : fmt::format("{:.4g}", figure.value));
  if (!why.empty()) verdict.text += fmt::format(" ({})", why);
  return verdict;
}

void judge_ratio(const Expectation& gate, const std::vector<Trial>& trials,
                 std::vector<GateVerdict>& verdicts) {
  const std::size_t slash = gate.compare.find('/');
  const std::string above = gate.compare.substr(0, slash);
  const std::string below = slash == std::string::npos ? "" : gate.compare.substr(slash + 1);
  if (!was_run(trials, above) || !was_run(trials, below)) return;
  const PoolFigure a = figure_of(trials, above, gate);
  const PoolFigure b = figure_of(trials, below, gate);
  PoolFigure ratio{a.value / b.value, a.doubt.empty() ? b.doubt : a.doubt, a.valid && b.valid};
  // 0/0: both had none of it, which says nothing about either.
  if (b.value == 0 && ratio.doubt.empty()) ratio.doubt = below + " has 0";
  if (!std::isfinite(ratio.value)) ratio.value = NAN;
  // Noise in the divisor works in the gate's favour, so unlike an absolute gate this one cannot
  // even be passed by a spoilt trial.
  if (!ratio.valid && ratio.doubt.empty()) ratio.doubt = "a trial is not valid";
  verdicts.push_back(judged(gate, gate.compare, ratio));
}

}  // namespace

Observation observe(const Trial& trial, const Expectation& gate) {
  if (gate.metric == "generator_lag_us") return of_histogram(trial.generator.lag, gate.stat);
  const pools::SeriesReport sum = merged(trial, gate.phase, gate.task_class);
  if (gate.metric == "response_us") return of_histogram(sum.response, gate.stat);
  if (gate.metric == "queue_wait_us") return of_histogram(sum.queue_wait, gate.stat);
  if (gate.metric == "service_us") return of_histogram(sum.service, gate.stat);
  if (gate.metric == "workers") return of_column(trial, &TimelinePoint::workers, gate.stat);
  if (gate.metric == "queue_depth") return of_column(trial, &TimelinePoint::queue_depth, gate.stat);
  if (const std::optional<double> count = counted(trial, gate)) {
    if (gate.stat != "rate_per_s") return {*count, {}};
    if (trial.elapsed_s <= 0) return {NAN, "no time has passed"};
    return {*count / trial.elapsed_s, {}};
  }
  if (const std::optional<double> rate = rated(trial, gate.metric)) return {*rate, {}};
  return {NAN, fmt::format("this pool has no '{}'", gate.metric)};
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
      verdicts.push_back(judged(gate, pool, figure_of(trials, pool, gate)));
    }
  }
  return verdicts;
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
