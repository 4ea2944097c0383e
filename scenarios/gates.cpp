#include "scenarios/gates.h"

#include "pools/catalog.h"

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

bool steals(const pools::PoolConfig& config) {
  const pools::DispatchRow* row = pools::find_dispatch(config.dispatch.name);
  if (row == nullptr || !row->capabilities.steals) return false;
  // A strategy for which stealing is a choice has a switch of that name.
  const auto& knobs = config.dispatch.settings.given();
  const auto found = knobs.find("steal");
  const bool* on = found == knobs.end() ? nullptr : std::get_if<bool>(&found->second);
  return on == nullptr || *on;
}

}  // namespace

const std::vector<GateMetric>& gate_metrics() {
  using Stats = std::vector<std::string_view>;
  static const Stats kTimes{"p50", "p90", "p95", "p99", "p99.9", "mean", "min", "max", "count"};
  static const Stats kLevel{"mean", "min", "max"};
  static const Stats kCount{"count", "rate_per_s"};
  static const Stats kMean{"mean"};
  static const std::vector<GateMetric> kMetrics{
      {"response_us", "us", "intended arrival to finish", kTimes, true, true, GateNeed::Times},
      {"queue_wait_us", "us", "accepted to start", kTimes, true, true, GateNeed::Times},
      {"service_us", "us", "start to finish", kTimes, true, true, GateNeed::Times},
      {"generator_lag_us", "us", "intended arrival to submit", kTimes},
      {"throughput_per_s", "tasks/s", "tasks completed or failed in the measured time", kMean},
      {"goodput_per_s", "tasks/s", "tasks completed in the measured time", kMean},
      {"offered_per_s", "tasks/s", "arrivals over the length of the measured phases", kMean},
      {"utilisation", "", "share of the workers' time spent in tasks, 0 to 1", kMean, false, false,
       GateNeed::BusyTime},
      {"cpu_s", "s", "process CPU time, generator included", kMean},
      {"workers", "workers", "workers alive", kLevel},
      {"queue_depth", "tasks", "tasks waiting", kLevel},
      {"submitted", "tasks", "submit calls", kCount, true, true},
      {"rejected", "tasks", "refused at the door", kCount, true, true},
      {"completed", "tasks", "ran to their end", kCount, true, true},
      {"failed", "tasks", "ran and threw", kCount, true, true},
      {"cancelled", "tasks", "given back unrun", kCount, true, true},
      {"steals", "tasks", "tasks taken from another worker", kCount, false, false,
       GateNeed::Thieves},
      {"steal_attempts", "probes", "victims looked at", kCount, false, false, GateNeed::Thieves},
      {"steal_hits", "probes", "of those, with something to take", kCount, false, false,
       GateNeed::Thieves},
      {"wakes", "wakes", "workers woken from sleep", kCount, false, false, GateNeed::Wakes},
      {"scale_up", "events", "times the worker target was raised", kCount, false, false,
       GateNeed::Sizing},
      {"scale_down", "events", "times the worker target was lowered", kCount, false, false,
       GateNeed::Sizing},
      {"starvation_rescues", "tasks", "served before more urgent ones, because they had aged",
       kCount, false, false, GateNeed::Ageing},
      {"batches", "batches", "batches handed to workers", kCount, false, false, GateNeed::Batches},
      {"partial_batches", "batches", "of those, not full", kCount, false, false, GateNeed::Batches},
      {"mean_batch_size", "tasks", "tasks per batch", kMean, false, false, GateNeed::Batches},
  };
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
    case GateNeed::Ageing:
      if (kind != "priority") return "only dispatch \"priority\" has it";
      if (pool.dispatch.settings.real("ageing_ms") == 0) return "with ageing_ms 0 nothing ages";
      if (pool.dispatch.settings.integer("levels") == 1) return "it has one level";
      break;
    case GateNeed::Batches:
      if (kind != "batch") return "only dispatch \"batch\" has it";
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
  static constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"expired", kUncounted},     {"shed", kUncounted}, {"evicted", kUncounted},
      {"timed_out", kUncounted},   {"queued", kAlways0}, {"running", kAlways0},
      {"backing_off", kUncounted},
  };
  for (const auto& [name, why] : kKeys) {
    if (name == ledger_key) return why;
  }
  return {};
}

const std::vector<std::string_view>& gate_operators() {
  static const std::vector<std::string_view> kOperators{"<", "<=", ">", ">=", "=="};
  return kOperators;
}

}  // namespace scenarios
