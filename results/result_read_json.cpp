// Reading result files back. Strict about version and shape, tolerant of columns and keys a newer
// minor build may have added.
#include <cmath>

// Exceptions then name the place in the document. Must come before the library.
#define JSON_DIAGNOSTICS 1
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pools/catalog.h"
#include "results/atomic_file.h"
#include "results/hdr_text.h"
#include "results/result_json.h"
#include "results/series_columns.h"
#include "scenarios/scenario_json.h"

namespace results {
namespace {

using Json = nlohmann::json;
using pools::LatencyHistogram;
using pools::Nanos;

template <typename T>
void read(const Json& json, const char* key, T& out) {
  json.at(key).get_to(out);
}

/// null is "not measured".
void read(const Json& json, const char* key, double& out) {
  const Json& value = json.at(key);
  out = value.is_null() ? NAN : value.get<double>();
}

LatencyHistogram histogram_of(const Json& json) {
  return LatencyHistogram::restored(
      LatencyHistogram::kExactBits, hdr_buckets(json.at("hdr").get_ref<const std::string&>()),
      json.at("sum_ns").get<double>(), Nanos{json.at("max_ns").get<Nanos::rep>()});
}

pools::KnobValue knob_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_array()) return json.get<pools::Numbers>();
  return json.get<std::string>();
}

pools::Choice choice_of(const Json& json) {
  pools::Choice choice{json.at("name").get<std::string>(), {}};
  for (const auto& [name, value] : json.items()) {
    if (name != "name") choice.settings.set(name, knob_of(value));
  }
  return choice;
}

pools::PoolConfig config_of(const Json& json) {
  pools::PoolConfig config;
  config.dispatch = choice_of(json.at("dispatch"));
  config.sizing = choice_of(json.at("sizing"));
  read(json.at("workers"), "min", config.min_workers);
  read(json.at("workers"), "max", config.max_workers);
  read(json, "queue_capacity", config.queue_capacity);
  const auto on_full = json.at("on_full").get<std::string>();
  for (const pools::OnFullRow& row : pools::on_full_catalog()) {
    if (row.name == on_full) config.on_full = row.value;
  }
  const auto* level = pools::find_metrics(json.at("metrics").get<std::string>());
  if (level != nullptr) config.metrics = level->value;
  config.spin = pools::Nanos{std::llround(json.at("spin_us").get<double>() * 1e3)};
  return config;
}

pools::Ledger ledger_of(const Json& json) {
  pools::Ledger l;
  read(json, "submitted", l.submitted);
  read(json, "rejected", l.rejected);
  read(json, "completed", l.completed);
  read(json, "failed", l.failed);
  read(json, "cancelled", l.cancelled);
  read(json, "expired", l.expired);
  read(json, "shed", l.shed);
  read(json, "evicted", l.evicted);
  read(json, "timed_out", l.timed_out);
  read(json, "queued", l.queued);
  read(json, "running", l.running);
  read(json, "backing_off", l.backing_off);
  return l;
}

SeriesResult& series_named(Trial& trial, const Json& json) {
  const auto phase = json.at("phase").get<std::string>();
  const auto task_class = json.at("class").get<std::string>();
  const auto measured = json.at("measured").get<bool>();
  for (SeriesResult& series : trial.series) {
    if (series.phase == phase && series.task_class == task_class && series.measured == measured) {
      return series;
    }
  }
  SeriesResult& fresh = trial.series.emplace_back();
  fresh.phase = phase;
  fresh.task_class = task_class;
  fresh.measured = measured;
  return fresh;
}

void read_series(const Json& json, Trial& trial) {
  for (const Json& outcome : json.at("outcomes")) {
    SeriesResult& series = series_named(trial, outcome);
    read(outcome, "rejected", series.figures.rejected);
    read(outcome, "completed", series.figures.completed);
    read(outcome, "failed", series.figures.failed);
    read(outcome, "cancelled", series.figures.cancelled);
  }
  for (const Json& one : json.at("histograms")) {
    pools::SeriesReport& figures = series_named(trial, one).figures;
    const auto metric = one.at("metric").get<std::string>();
    if (metric == "response_us") figures.response = histogram_of(one);
    if (metric == "queue_wait_us") figures.queue_wait = histogram_of(one);
    if (metric == "service_us") figures.service = histogram_of(one);
    if (metric == "late_response_us") figures.late_response = histogram_of(one);
    if (metric == "late_since_send_us") figures.late_since_send = histogram_of(one);
    if (metric == "unserved_response_us") figures.unserved_response = histogram_of(one);
    if (metric == "unserved_wait_us") figures.unserved_wait = histogram_of(one);
  }
}

std::vector<PhaseResult> phases_of(const Json& json) {
  std::vector<PhaseResult> phases;
  for (const Json& one : json) {
    PhaseResult& phase = phases.emplace_back();
    read(one, "phase", phase.name);
    read(one, "measured", phase.measured);
    read(one, "begin_s", phase.begin_s);
    read(one, "end_s", phase.end_s);
    read(one, "submitted_per_s", phase.submitted_per_s);
    read(one, "throughput_per_s", phase.throughput_per_s);
  }
  return phases;
}

PoolTimeline timeline_of(const Json& json) {
  PoolTimeline timeline;
  timeline.pool = json.at("pool").get<std::string>();
  const Json& columns = json.at("series");
  timeline.points.resize(columns.at("t_s").size());
  for (const SeriesColumn& column : kSeriesColumns) {
    const Json& values = columns.at(std::string(column.name));
    for (std::size_t i = 0; i < timeline.points.size(); ++i) {
      const Json& value = values.at(i);
      timeline.points[i].*column.field = value.is_null() ? NAN : value.get<double>();
    }
  }
  for (std::size_t i = 0; i < timeline.points.size(); ++i) {
    for (const Json& pair : columns.at("latency_bins").at(i)) {
      timeline.points[i].latency_bins.at(pair.at(0).get<std::size_t>()) =
          pair.at(1).get<std::uint32_t>();
    }
  }
  for (const Json& event : json.at("events")) {
    ScalingMark& mark = timeline.scaling.emplace_back();
    read(event, "t_s", mark.t_s);
    read(event, "from", mark.from);
    read(event, "to", mark.to);
    read(event, "policy", mark.policy);
    read(event, "reason", mark.reason);
  }
  read(json, "events_dropped", timeline.scaling_dropped);
  return timeline;
}

Nanos seconds_of(const Json& json, const char* key) {
  return Nanos{std::llround(json.at(key).get<double>() * 1e9)};
}

pools::WorkerSnapshot worker_of(const Json& json) {
  pools::WorkerSnapshot w;
  read(json, "completed", w.completed);
  read(json, "failed", w.failed);
  read(json, "steal_attempts", w.steal_attempts);
  read(json, "steal_hits", w.steal_hits);
  read(json, "steal_items", w.steal_items);
  read(json, "wakes", w.wakes);
  w.busy = seconds_of(json, "busy_s");
  w.parked = seconds_of(json, "parked_s");
  return w;
}

EventCounts events_of(const Json& json) {
  EventCounts e;
  read(json, "steals", e.steals);
  read(json, "steal_attempts", e.steal_attempts);
  read(json, "steal_hits", e.steal_hits);
  read(json, "wakes", e.wakes);
  read(json, "scale_up", e.scale_up);
  read(json, "scale_down", e.scale_down);
  return e;
}

/// Files written before trials were a list lack all but the pool and the seed.
void read_spec(const Json& json, scenarios::TrialSpec& spec) {
  read(json, "pool", spec.pool);
  read(json, "seed", spec.seed);
  spec.block = json.value("block", spec.block);
  spec.position = json.value("position", spec.position);
  spec.arm = json.value("arm", spec.arm);
  const Json parameters = json.value("parameters", Json::object());
  for (const auto& [pointer, value] : parameters.items()) {
    const bool word = value.is_string() && !Json::accept(value.get_ref<const std::string&>());
    spec.parameters[pointer] = word ? value.get<std::string>() : value.dump();
  }
}

Trial trial_of(const Json& json) {
  Trial trial;
  read_spec(json, trial);
  trial.config = config_of(json.at("config"));
  trial.config.id = trial.pool;
  read(json, "valid", trial.valid);
  read(json, "sound", trial.sound);
  read(json, "flags", trial.flags);
  read(json, "interrupted", trial.interrupted);
  read(json, "drained", trial.drained);
  read(json, "measured_from_s", trial.measured_from_s);
  read(json, "measured_s", trial.measured_s);
  read(json, "elapsed_s", trial.elapsed_s);
  trial.ledger = ledger_of(json.at("ledger"));
  trial.events = events_of(json.at("counts"));
  const Json& rates = json.at("rates");
  read(rates, "offered_per_s", trial.rates.offered_per_s);
  read(rates, "throughput_per_s", trial.rates.throughput_per_s);
  read(rates, "goodput_per_s", trial.rates.goodput_per_s);
  read(rates, "utilisation", trial.rates.utilisation);
  const Json& cost = json.at("cost");
  read(cost, "user_s", trial.cost.user_s);
  read(cost, "system_s", trial.cost.system_s);
  read(cost, "voluntary_switches", trial.cost.voluntary_switches);
  read(cost, "involuntary_switches", trial.cost.involuntary_switches);
  read(cost, "minor_faults", trial.cost.minor_faults);
  read(cost, "major_faults", trial.cost.major_faults);
  read(cost, "rss_bytes", trial.cost.rss_bytes);
  read(cost, "stolen_s", trial.cost.stolen_s);
  read(cost, "others_s", trial.cost.others_s);
  read(cost, "run_delay_s", trial.cost.run_delay_s);
  read(cost, "throttled_s", trial.cost.throttled_s);
  const Json& generator = json.at("generator");
  read(generator, "sent", trial.generator.sent);
  read(generator, "refused", trial.generator.refused);
  read(generator, "unsent", trial.generator.unsent);
  read(generator, "stopped", trial.generator.stopped);
  trial.generator.urgency = scenarios::urgency_named(generator.at("urgency").get<std::string>());
  trial.generator.held_up = seconds_of(generator, "held_up_s");
  trial.generator.shift = seconds_of(generator, "shift_s");
  trial.generator.lag = histogram_of(generator.at("lag"));
  read(json, "queue_capacity", trial.queue_capacity);
  read(json, "wakes", trial.wakes);
  for (const Json& worker : json.at("workers")) trial.workers.push_back(worker_of(worker));
  for (const Json& row : json.at("steal_matrix")) {
    for (const Json& cell : row) trial.steal_matrix.push_back(cell.get<std::uint64_t>());
  }
  trial.slots = static_cast<std::uint32_t>(json.at("steal_matrix").size());
  for (const auto& [name, value] : json.at("figures").items()) {
    trial.figures.emplace_back(name, value.is_null() ? NAN : value.get<double>());
  }
  trial.phases = phases_of(json.at("phases"));
  read_series(json, trial);
  trial.timeline = timeline_of(json);
  return trial;
}

Environment environment_of(const Json& json) {
  Environment e;
  read(json, "cpu", e.cpu);
  read(json, "cores", e.cores);
  read(json, "usable_cores", e.usable_cores);
  read(json, "virtualised", e.virtualised);
  read(json, "smt", e.smt);
  read(json, "governor", e.governor);
  read(json, "kernel", e.kernel);
  read(json, "os", e.os);
  read(json, "host_hash", e.hostname_hash);
  read(json, "clock_source", e.clock_source);
  read(json, "kernel_clock_source", e.kernel_clock_source);
  read(json, "clock_read_ns", e.clock_read_ns);
  read(json, "timer_slack_ns", e.timer_slack_ns);
  if (!json.at("cgroup_cpus").is_null()) read(json, "cgroup_cpus", e.cgroup_cpus);
  read(json, "load_1min", e.load_1min);
  read(json, "memory_bytes", e.memory_bytes);
  read(json, "thp", e.thp);
  return e;
}

BuildFacts build_of(const Json& json) {
  BuildFacts b;
  read(json, "version", b.version);
  read(json, "commit", b.commit);
  read(json, "dirty", b.dirty);
  read(json, "compiler", b.compiler);
  read(json, "flags", b.flags);
  read(json, "build_type", b.build_type);
  read(json, "sanitizer", b.sanitizer);
  return b;
}

GateVerdict verdict_of(const Json& json) {
  GateVerdict v;
  read(json, "metric", v.gate.metric);
  v.gate.stat = json.value("stat", "");
  v.gate.task_class = json.value("class", "");
  v.gate.phase = json.value("phase", "");
  v.gate.compare = json.value("compare", "");
  read(json, "op", v.gate.op);
  read(json, "value", v.gate.value);
  read(json, "pool", v.pool);
  read(json, "observed", v.observed);
  read(json, "at_least", v.at_least);
  read(json, "text", v.text);
  const auto name = json.at("verdict").get<std::string>();
  v.verdict = name == "pass"   ? Verdict::Pass
              : name == "fail" ? Verdict::Fail
                               : Verdict::Inconclusive;
  return v;
}

}  // namespace

RunResult result_from_json(std::string_view text, const std::string& shown_path) {
  try {
    const Json json = Json::parse(text);
    const auto schema = json.at("schema").get<std::string>();
    if (schema != kResultSchema) {
      throw ResultFormatError(
          fmt::format("schema is '{}', this build reads '{}'", schema, kResultSchema));
    }
    RunResult result;
    read(json, "run_id", result.run_id);
    read(json, "started_at", result.started_at);
    read(json, "interrupted", result.interrupted);
    read(json, "gui", result.gui);
    read(json, "quick", result.quick);
    read(json, "command", result.command);
    result.build = build_of(json.at("build"));
    result.environment = environment_of(json.at("env"));
    read(json, "scenario_hash", result.scenario_hash);
    result.scenario = scenarios::read_scenario_text(json.at("scenario").dump(), shown_path);
    for (const Json& trial : json.at("trials")) result.trials.push_back(trial_of(trial));
    for (const Json& verdict : json.at("verdicts")) {
      result.verdicts.push_back(verdict_of(verdict));
    }
    return result;
  } catch (const Json::exception& error) {
    throw ResultFormatError(fmt::format("{}: no result file: {}", shown_path, error.what()));
  } catch (const HdrFormatError& error) {
    throw ResultFormatError(fmt::format("{}: no result file: {}", shown_path, error.what()));
  } catch (const ResultFormatError& error) {
    throw ResultFormatError(fmt::format("{}: no result file: {}", shown_path, error.what()));
  } catch (const std::out_of_range&) {
    throw ResultFormatError(
        fmt::format("{}: no result file: latency bin out of range", shown_path));
  }
}

RunResult read_result_file(const std::string& path) {
  return result_from_json(read_whole_file(path), path);
}

}  // namespace results
