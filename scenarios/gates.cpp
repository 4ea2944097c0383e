#include "scenarios/gates.h"

namespace scenarios {

const std::vector<GateMetric>& gate_metrics() {
  using Stats = std::vector<std::string_view>;
  static const Stats kTimes{"p50", "p90", "p95", "p99", "p99.9", "mean", "min", "max", "count"};
  static const Stats kLevel{"mean", "min", "max"};
  static const Stats kCount{"count", "rate_per_s"};
  static const Stats kMean{"mean"};
  static const std::vector<GateMetric> kMetrics{
      {"response_us", "us", "intended arrival to finish", kTimes, true, true},
      {"queue_wait_us", "us", "accepted to start", kTimes, true, true},
      {"service_us", "us", "start to finish", kTimes, true, true},
      {"generator_lag_us", "us", "intended arrival to submit", kTimes},
      {"throughput_per_s", "tasks/s", "tasks settled in the measured phases", kMean},
      {"goodput_per_s", "tasks/s", "tasks completed in the measured phases", kMean},
      {"offered_per_s", "tasks/s", "tasks submitted in the measured phases", kMean},
      {"utilisation", "", "share of the workers' time spent in tasks, 0 to 1", kMean},
      {"cpu_s", "s", "process CPU time, generator included", kMean},
      {"workers", "workers", "workers alive", kLevel},
      {"queue_depth", "tasks", "tasks waiting", kLevel},
      {"submitted", "tasks", "submit calls", kCount},
      {"rejected", "tasks", "refused at the door", kCount},
      {"completed", "tasks", "ran to their end", kCount, true, true},
      {"failed", "tasks", "ran and threw", kCount, true, true},
      {"cancelled", "tasks", "given back unrun", kCount},
      {"expired", "tasks", "deadline passed while queued", kCount},
      {"shed", "tasks", "dropped by overload control", kCount},
      {"evicted", "tasks", "pushed out by a newer task", kCount},
      {"timed_out", "tasks", "overran their time limit", kCount},
      {"queued", "tasks", "still waiting at the end", kCount},
      {"running", "tasks", "still running at the end", kCount},
      {"backing_off", "tasks", "waiting for a retry at the end", kCount},
      {"steals", "tasks", "tasks taken from another worker", kCount},
      {"steal_attempts", "probes", "victims looked at", kCount},
      {"steal_hits", "probes", "of those, with something to take", kCount},
      {"wakes", "wakes", "workers woken from sleep", kCount},
      {"scale_up", "events", "times the worker target was raised", kCount},
      {"scale_down", "events", "times the worker target was lowered", kCount},
      {"starvation_rescues", "tasks", "served before more urgent ones, because they had aged",
       kCount, false, false, "priority"},
      {"batches", "batches", "batches handed to workers", kCount, false, false, "batch"},
      {"partial_batches", "batches", "of those, not full", kCount, false, false, "batch"},
      {"mean_batch_size", "tasks", "tasks per batch", kMean, false, false, "batch"},
  };
  return kMetrics;
}

const GateMetric* find_gate_metric(std::string_view name) {
  for (const GateMetric& metric : gate_metrics()) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

const std::vector<std::string_view>& gate_operators() {
  static const std::vector<std::string_view> kOperators{"<", "<=", ">", ">=", "=="};
  return kOperators;
}

}  // namespace scenarios
