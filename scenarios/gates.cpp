#include "scenarios/gates.h"

#include <algorithm>
#include <iterator>

#include "pools/catalog.h"
#include "pools/metrics/ledger_keys.h"
#include "scenarios/event_counts.h"

namespace scenarios {
namespace {

constexpr const char* kNoThieves = "its workers take no tasks from one another";

/// The pool with every knob; false where it names what does not exist.
bool complete(pools::PoolConfig& config) {
  try {
    config = pools::resolved(config);
    return true;
  } catch (const pools::ConfigError&) {
    return false;
  }
}

/// A strategy for which stealing is a choice has a switch of that name. With it off a task waits
/// for its worker, wherever it waits.
bool stealing_is_off(const pools::PoolConfig& config) {
  const auto& knobs = config.dispatch.settings.given();
  const auto found = knobs.find("steal");
  const bool* on = found == knobs.end() ? nullptr : std::get_if<bool>(&found->second);
  return on != nullptr && !*on;
}

bool steals(const pools::PoolConfig& config) {
  const pools::DispatchRow* row = pools::find_dispatch(config.dispatch.name);
  return row != nullptr && row->capabilities.steals && !stealing_is_off(config);
}

bool retries(const pools::PoolConfig& config) {
  const auto tries = [](const pools::Choice& retry) { return retry.name != "discard"; };
  if (config.classes.empty()) return tries(config.retry);
  return std::ranges::any_of(config.classes, [&](const pools::ClassRules& rules) {
    return tries(rules.retry ? *rules.retry : config.retry);
  });
}

bool has_time_limits(const pools::PoolConfig& config) {
  return std::ranges::any_of(
      config.classes, [](const pools::ClassRules& rules) { return rules.timeout.count() != 0; });
}

using Stats = std::vector<std::string_view>;

/// What becomes of tasks: all of them, those refused, and how the others ended.
void add_outcomes(std::vector<GateMetric>& metrics, const Stats& stats) {
  for (const auto role :
       {pools::LedgerRole::Total, pools::LedgerRole::Rejected, pools::LedgerRole::Settled}) {
    for (const pools::LedgerKey& key : pools::kLedgerKeys) {
      if (key.role != role || !counted_by_series(key)) continue;
      const bool limit = key.count == &pools::Ledger::timed_out;
      metrics.push_back({key.name, "tasks", key.help, stats, true, true,
                         limit ? GateNeed::TimeLimits : GateNeed::Nothing});
    }
  }
}

std::vector<GateMetric> all_metrics() {
  const Stats times{"p50", "p90", "p95", "p99", "p99.9", "mean", "min", "max", "count"};
  const Stats level{"mean", "min", "max"};
  const Stats count{"count", "rate_per_s"};
  const Stats mean{"mean"};
  std::vector<GateMetric> metrics{
      {"response_us", "us", "intended arrival to finish", times, true, true, GateNeed::Times},
      {"queue_wait_us", "us", "accepted to start", times, true, true, GateNeed::Times},
      {"service_us", "us", "start to finish", times, true, true, GateNeed::Times},
      {"generator_lag_us", "us", "intended arrival to submit", times},
      {"throughput_per_s", "tasks/s", "tasks completed or failed in the measured time", mean},
      {"goodput_per_s", "tasks/s", "tasks completed in the measured time", mean},
      {"offered_per_s", "tasks/s", "arrivals over the length of the measured phases", mean},
      {"utilisation", "", "share of the workers' time spent in tasks, 0 to 1", mean, false, false,
       GateNeed::BusyTime},
      {"cpu_s", "s", "process CPU time, generator included", mean},
      {kCapacityMetric, "tasks/s", "the highest rate that a search found kept", mean},
      {"workers", "workers", "workers alive", level},
      {"queue_depth", "tasks", "tasks waiting", level},
  };
  add_outcomes(metrics, count);
  for (const pools::AttemptKey& key : pools::kAttemptKeys) {
    metrics.push_back({key.name, key.unit, key.help, count, true, true, GateNeed::Retries});
  }
  for (const EventKey& key : kEventKeys) {
    metrics.push_back({key.name, key.unit, key.help, count, false, false, key.needs});
  }
  // The strategies' own figures, by the names that they report them under, and the engine's.
  const GateMetric own[] = {
      {"starvation_rescues", "tasks", "served before more urgent ones, because they had aged",
       count, false, false, GateNeed::Ageing},
      {"batches", "batches", "batches handed to workers", count, false, false, GateNeed::Batches},
      {"partial_batches", "batches", "of those, not full", count, false, false, GateNeed::Batches},
      {"mean_batch_size", "tasks", "tasks per batch", mean, false, false, GateNeed::Batches},
      {"retries_denied", "attempts", "retries that the budget did not pay for", count, false, false,
       GateNeed::Retries},
      {"overrun_ms", "ms", "time that timed out tasks still held a thread", count, false, false,
       GateNeed::TimeLimits},
      {"lost_workers", "workers", "workers whose task did not come back", count, false, false,
       GateNeed::Watch},
      {"claims", "tasks", "tasks had from another worker that had taken but not begun them", count,
       false, false, GateNeed::Claims},
  };
  metrics.insert(metrics.end(), std::begin(own), std::end(own));
  return metrics;
}

}  // namespace

const std::vector<GateMetric>& gate_metrics() {
  static const std::vector<GateMetric> kMetrics = all_metrics();
  return kMetrics;
}

const GateMetric* find_gate_metric(std::string_view name) {
  for (const GateMetric& metric : gate_metrics()) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

std::string what_lacks(const GateMetric& metric, const pools::PoolConfig& config) {
  pools::PoolConfig pool = config;
  if (metric.needs == GateNeed::Nothing || !complete(pool)) return {};
  const std::string& kind = pool.dispatch.name;
  const bool foreign = pools::find_dispatch(kind) == nullptr;
  switch (metric.needs) {
    case GateNeed::Times:
      if (pool.metrics == pools::MetricsLevel::Off) return "with metrics \"off\" it times no task";
      break;
    case GateNeed::BusyTime:
      if (foreign && pool.metrics != pools::MetricsLevel::Full) {
        return "a foreign pool's tasks are all timed only with metrics \"full\"";
      }
      break;
    case GateNeed::Wakes:
      if (foreign) return "how a foreign pool wakes its workers cannot be seen";
      break;
    case GateNeed::Thieves:
      if (!steals(pool)) return kNoThieves;
      if (pool.max_workers == 1) return "it has one worker";
      break;
    case GateNeed::Sizing:
      if (pool.sizing.name == "fixed") return "with sizing \"fixed\" its workers never change";
      break;
    case GateNeed::Retries:
      if (!retries(pool)) return "with retry \"discard\" it tries no task again";
      break;
    case GateNeed::TimeLimits:
      if (!has_time_limits(pool)) return "no class has a timeout_us";
      break;
    case GateNeed::Watch:
      if (pool.stuck_after.count() == 0) return "without stuck_after_ms it looks for none";
      break;
    case GateNeed::Ageing:
      if (kind != "priority") return "only dispatch \"priority\" has it";
      if (pool.dispatch.settings.real("ageing_ms") == 0) return "with ageing_ms 0 nothing ages";
      if (pool.dispatch.settings.integer("levels") == 1) return "it has one level";
      break;
    case GateNeed::Batches:
      if (kind != "batch") return "only dispatch \"batch\" has it";
      break;
    case GateNeed::Claims:
      if (foreign) return "what a foreign pool's workers have from one another cannot be seen";
      if (stealing_is_off(pool)) return kNoThieves;
      if (pool.max_workers == 1) return "it has one worker";
      break;
    case GateNeed::Nothing:
      break;
  }
  return {};
}

std::string_view why_constant(std::string_view ledger_key) {
  constexpr std::string_view kUncounted = "nothing in this build does that to a task";
  constexpr std::string_view kAlways0 =
      "a trial ends when none is left; what had to be given up counts as \"cancelled\"";
  const auto* key = std::ranges::find(pools::kLedgerKeys, ledger_key, &pools::LedgerKey::name);
  if (key == std::end(pools::kLedgerKeys)) return {};
  if (!key->happens) return kUncounted;
  return key->role == pools::LedgerRole::Open ? kAlways0 : std::string_view();
}

const std::vector<std::string_view>& gate_bounds() {
  static const std::vector<std::string_view> kBounds{"estimate", "ci_upper", "ci_lower",
                                                     "interval"};
  return kBounds;
}

const std::vector<std::string_view>& gate_operators() {
  static const std::vector<std::string_view> kOperators{"<", "<=", ">", ">=", "=="};
  return kOperators;
}

}  // namespace scenarios
