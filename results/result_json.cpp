#include "results/result_json.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pools/catalog.h"
#include "results/atomic_file.h"
#include "results/censored.h"
#include "results/hdr_text.h"
#include "results/layout_json.h"
#include "results/series_columns.h"
#include "scenarios/scenario_json.h"

namespace results {
namespace {

using Json = nlohmann::ordered_json;
using pools::LatencyHistogram;
using pools::Nanos;

/// Six digits are more than any measurement here has, and halve the file.
Json measure(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0.0;
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::fabs(value))));
  if (!std::isfinite(scale) || scale == 0) return value;
  return std::round(value * scale) / scale;
}

double seconds(Nanos t) { return std::chrono::duration<double>(t).count(); }
double micros(Nanos t) { return static_cast<double>(t.count()) / 1e3; }

/// A sum may exceed what fits an integer.
Json whole(double value) {
  return value < 0x1p63 ? Json(std::llround(value)) : Json(std::round(value));
}

Json knob_json(const pools::KnobValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json choice_json(const pools::Choice& choice) {
  Json json{{"name", choice.name}};
  for (const auto& [name, value] : choice.settings.given()) json[name] = knob_json(value);
  return json;
}

Json config_json(const pools::PoolConfig& config) {
  std::string_view on_full;
  for (const pools::OnFullRow& row : pools::on_full_catalog()) {
    if (row.value == config.on_full) on_full = row.name;
  }
  return {{"dispatch", choice_json(config.dispatch)},
          {"sizing", choice_json(config.sizing)},
          {"workers", {{"min", config.min_workers}, {"max", config.max_workers}}},
          {"queue_capacity", config.queue_capacity},
          {"on_full", on_full},
          {"metrics", pools::name_of(config.metrics)},
          {"spin_us", micros(config.spin)}};
}

/// A distribution's figures alone. With `unserved` some may be lower bounds, and are named.
Json figures_json(const LatencyHistogram& histogram, const LatencyHistogram& unserved,
                  const std::vector<double>& percentiles) {
  const CensoredLatency latency(histogram, unserved);
  Json json;
  Json at_least = Json::array();
  const auto shown = [&](const std::string& name, const Bounds& bounds) {
    if (!bounds.exact()) at_least.push_back(name);
    return measure(bounds.low);
  };
  json["n"] = histogram.count();
  json["mean_us"] = shown("mean_us", latency.mean());
  json["min_us"] = shown("min_us", latency.min());
  json["max_us"] = shown("max_us", latency.max());
  Json& quantiles = json["percentiles"] = Json::object();
  for (const double p : percentiles) {
    const std::string name = fmt::format("p{}", p);
    quantiles[name] =
        trustworthy(latency.lower(), p) ? shown(name, latency.percentile(p)) : Json(nullptr);
  }
  if (latency.censored()) {
    json["unserved"] = unserved.count();
    json["at_least"] = std::move(at_least);
  }
  return json;
}

Json histogram_json(const LatencyHistogram& histogram, const LatencyHistogram& unserved,
                    const std::vector<double>& percentiles) {
  Json json = figures_json(histogram, unserved, percentiles);
  json["sum_ns"] = whole(histogram.sum_ns());
  json["max_ns"] = histogram.max().count();
  json["hdr"] = hdr_text(histogram);
  return json;
}

/// The measured phases together: the figures that a table of pools begins with.
Json whole_json(const Trial& trial, const std::vector<double>& percentiles) {
  const pools::SeriesReport sum = merged(trial);
  return {{"response_us", figures_json(sum.response, sum.unserved_response, percentiles)},
          {"since_send_us", figures_json(sum.since_send(), sum.unserved_response, percentiles)},
          {"queue_wait_us", figures_json(sum.queue_wait, sum.unserved_wait, percentiles)},
          {"service_us", figures_json(sum.service, LatencyHistogram(), percentiles)}};
}

Json phases_json(const Trial& trial) {
  Json list = Json::array();
  for (const PhaseResult& phase : trial.phases) {
    list.push_back({{"phase", phase.name},
                    {"measured", phase.measured},
                    {"begin_s", measure(phase.begin_s)},
                    {"end_s", measure(phase.end_s)},
                    {"submitted_per_s", measure(phase.submitted_per_s)},
                    {"throughput_per_s", measure(phase.throughput_per_s)}});
  }
  return list;
}

Json histograms_json(const Trial& trial, const std::vector<double>& percentiles) {
  Json list = Json::array();
  for (const SeriesResult& series : trial.series) {
    const pools::SeriesReport& f = series.figures;
    struct Metric {
      std::string_view name;
      const LatencyHistogram* histogram;
      const LatencyHistogram* unserved;
    };
    const LatencyHistogram none;
    const Metric metrics[] = {{"response_us", &f.response, &f.unserved_response},
                              {"queue_wait_us", &f.queue_wait, &f.unserved_wait},
                              {"service_us", &f.service, &none},
                              {"unserved_response_us", &f.unserved_response, &none},
                              {"unserved_wait_us", &f.unserved_wait, &none},
                              {"late_response_us", &f.late_response, &none},
                              {"late_since_send_us", &f.late_since_send, &none}};
    for (const auto& [metric, histogram, unserved] : metrics) {
      // Mostly everything is served and nobody is late.
      const bool rare = metric.starts_with("unserved_") || metric.starts_with("late_");
      if (rare && histogram->empty()) continue;
      Json json{{"metric", metric},
                {"phase", series.phase},
                {"class", series.task_class},
                {"measured", series.measured}};
      json.update(histogram_json(*histogram, *unserved, percentiles));
      list.push_back(std::move(json));
    }
  }
  return list;
}

std::uint64_t settled(const SeriesResult& series) {
  return series.figures.completed + series.figures.failed + series.figures.cancelled;
}

Json outcomes_json(const Trial& trial) {
  Json list = Json::array();
  for (const SeriesResult& series : trial.series) {
    list.push_back({{"phase", series.phase},
                    {"class", series.task_class},
                    {"measured", series.measured},
                    {"submitted", settled(series) + series.figures.rejected},
                    {"rejected", series.figures.rejected},
                    {"completed", series.figures.completed},
                    {"failed", series.figures.failed},
                    {"cancelled", series.figures.cancelled}});
  }
  return list;
}

/// Tasks of the measured phases, and what the pool did in the measured time.
Json counts_json(const Trial& trial) {
  const TaskCounts tasks = counted_tasks(trial);
  const EventCounts& events = trial.events;
  return {{"submitted", tasks.submitted},
          {"rejected", tasks.rejected},
          {"completed", tasks.completed},
          {"failed", tasks.failed},
          {"cancelled", tasks.cancelled},
          {"steals", events.steals},
          {"steal_attempts", events.steal_attempts},
          {"steal_hits", events.steal_hits},
          {"wakes", events.wakes},
          {"scale_up", events.scale_up},
          {"scale_down", events.scale_down}};
}

Json ledger_json(const pools::Ledger& l) {
  return {{"submitted", l.submitted}, {"rejected", l.rejected},   {"completed", l.completed},
          {"failed", l.failed},       {"cancelled", l.cancelled}, {"expired", l.expired},
          {"shed", l.shed},           {"evicted", l.evicted},     {"timed_out", l.timed_out},
          {"queued", l.queued},       {"running", l.running},     {"backing_off", l.backing_off}};
}

Json worker_json(const pools::WorkerSnapshot& w) {
  return {{"completed", w.completed},           {"failed", w.failed},
          {"steal_attempts", w.steal_attempts}, {"steal_hits", w.steal_hits},
          {"steal_items", w.steal_items},       {"wakes", w.wakes},
          {"busy_s", measure(seconds(w.busy))}, {"parked_s", measure(seconds(w.parked))}};
}

Json series_json(const PoolTimeline& timeline) {
  Json json;
  for (const SeriesColumn& column : kSeriesColumns) {
    Json& values = json[std::string(column.name)] = Json::array();
    for (const TimelinePoint& point : timeline.points) {
      values.push_back(measure(point.*column.field));
    }
  }
  // Sparse: most of the bins of an interval are empty.
  Json& bins = json["latency_bins"] = Json::array();
  for (const TimelinePoint& point : timeline.points) {
    Json pairs = Json::array();
    for (std::size_t i = 0; i < kLatencyBins; ++i) {
      if (point.latency_bins[i] != 0) pairs.push_back(Json::array({i, point.latency_bins[i]}));
    }
    bins.push_back(std::move(pairs));
  }
  return json;
}

Json events_json(const PoolTimeline& timeline) {
  Json list = Json::array();
  for (const ScalingMark& mark : timeline.scaling) {
    list.push_back({{"type", mark.to > mark.from ? "scale_up" : "scale_down"},
                    {"t_s", measure(mark.t_s)},
                    {"from", mark.from},
                    {"to", mark.to},
                    {"policy", mark.policy},
                    {"reason", mark.reason}});
  }
  return list;
}

Json matrix_json(const Trial& trial) {
  Json rows = Json::array();
  if (trial.slots == 0 || trial.steal_matrix.size() != std::size_t{trial.slots} * trial.slots) {
    return rows;
  }
  for (std::size_t thief = 0; thief < trial.slots; ++thief) {
    const auto row = trial.steal_matrix.begin() + static_cast<std::ptrdiff_t>(thief * trial.slots);
    rows.push_back(std::vector<std::uint64_t>(row, row + trial.slots));
  }
  return rows;
}

Json parameters_json(const scenarios::TrialSpec& spec) {
  Json json = Json::object();
  for (const auto& [pointer, value] : spec.parameters) {
    json[pointer] = Json::accept(value) ? Json::parse(value) : Json(value);
  }
  return json;
}

Json trial_json(const Trial& trial, const std::vector<double>& percentiles) {
  Json json{{"pool", trial.pool},
            {"block", trial.block},
            {"position", trial.position},
            {"arm", trial.arm},
            {"parameters", parameters_json(trial)},
            {"config", config_json(trial.config)},
            {"seed", trial.seed},
            {"valid", trial.valid},
            {"sound", trial.sound},
            {"flags", trial.flags},
            {"interrupted", trial.interrupted},
            {"drained", trial.drained},
            {"measured_from_s", measure(trial.measured_from_s)},
            {"measured_s", measure(trial.measured_s)},
            {"elapsed_s", measure(trial.elapsed_s)},
            {"ledger", ledger_json(trial.ledger)},
            {"closes", trial.ledger.closes()}};
  json["counts"] = counts_json(trial);
  json["rates"] = {{"offered_per_s", measure(trial.rates.offered_per_s)},
                   {"throughput_per_s", measure(trial.rates.throughput_per_s)},
                   {"goodput_per_s", measure(trial.rates.goodput_per_s)},
                   {"utilisation", measure(trial.rates.utilisation)}};
  json["latency"] = whole_json(trial, percentiles);
  json["phases"] = phases_json(trial);
  json["cost"] = {{"user_s", measure(trial.cost.user_s)},
                  {"system_s", measure(trial.cost.system_s)},
                  {"voluntary_switches", trial.cost.voluntary_switches},
                  {"involuntary_switches", trial.cost.involuntary_switches},
                  {"minor_faults", trial.cost.minor_faults},
                  {"major_faults", trial.cost.major_faults},
                  {"rss_bytes", trial.cost.rss_bytes},
                  {"stolen_s", measure(trial.cost.stolen_s)},
                  {"others_s", measure(trial.cost.others_s)},
                  {"run_delay_s", measure(trial.cost.run_delay_s)},
                  {"throttled_s", measure(trial.cost.throttled_s)}};
  json["generator"] = {
      {"sent", trial.generator.sent},
      {"refused", trial.generator.refused},
      {"unsent", trial.generator.unsent},
      {"stopped", trial.generator.stopped},
      {"urgency", scenarios::urgency_name(trial.generator.urgency)},
      {"held_up_s", measure(seconds(trial.generator.held_up))},
      {"shift_s", measure(seconds(trial.generator.shift))},
      {"lag", histogram_json(trial.generator.lag, LatencyHistogram(), percentiles)}};
  json["queue_capacity"] = trial.queue_capacity;
  json["wakes"] = trial.wakes;
  Json& workers = json["workers"] = Json::array();
  for (const pools::WorkerSnapshot& worker : trial.workers) workers.push_back(worker_json(worker));
  json["steal_matrix"] = matrix_json(trial);
  Json& figures = json["figures"] = Json::object();
  for (const auto& [name, value] : trial.figures) figures[name] = measure(value);
  json["outcomes"] = outcomes_json(trial);
  json["histograms"] = histograms_json(trial, percentiles);
  json["series"] = series_json(trial.timeline);
  json["events"] = events_json(trial.timeline);
  json["events_dropped"] = trial.timeline.scaling_dropped;
  return json;
}

Json env_json(const Environment& e) {
  return {{"cpu", e.cpu},
          {"cores", e.cores},
          {"usable_cores", e.usable_cores},
          {"virtualised", e.virtualised},
          {"smt", e.smt},
          {"governor", e.governor},
          {"kernel", e.kernel},
          {"os", e.os},
          {"host_hash", e.hostname_hash},
          {"clock_source", e.clock_source},
          {"kernel_clock_source", e.kernel_clock_source},
          {"clock_read_ns", measure(e.clock_read_ns)},
          {"timer_slack_ns", e.timer_slack_ns},
          {"cgroup_cpus", e.cgroup_cpus > 0 ? measure(e.cgroup_cpus) : Json(nullptr)},
          {"load_1min", measure(e.load_1min)},
          {"memory_bytes", e.memory_bytes},
          {"thp", e.thp}};
}

Json verdict_json(const GateVerdict& v) {
  Json json{{"metric", v.gate.metric}};
  if (!v.gate.stat.empty()) json["stat"] = v.gate.stat;
  if (!v.gate.task_class.empty()) json["class"] = v.gate.task_class;
  if (!v.gate.phase.empty()) json["phase"] = v.gate.phase;
  if (!v.gate.compare.empty()) json["compare"] = v.gate.compare;
  json["op"] = v.gate.op;
  json["value"] = v.gate.value;
  json["pool"] = v.pool;
  json["observed"] = measure(v.observed);
  json["at_least"] = v.at_least;
  json["verdict"] = verdict_name(v.verdict);
  json["text"] = v.text;
  return json;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::Pass:
      return "pass";
    case Verdict::Fail:
      return "fail";
    case Verdict::Inconclusive:
      break;
  }
  return "inconclusive";
}

std::string result_to_json(const RunResult& result) {
  const BuildFacts& b = result.build;
  Json json{{"schema", kResultSchema},
            {"run_id", result.run_id},
            {"started_at", result.started_at},
            {"interrupted", result.interrupted},
            {"gui", result.gui},
            {"quick", result.quick},
            {"command", result.command}};
  json["build"] = {{"version", b.version},    {"commit", b.commit}, {"dirty", b.dirty},
                   {"compiler", b.compiler},  {"flags", b.flags},   {"build_type", b.build_type},
                   {"sanitizer", b.sanitizer}};
  json["env"] = env_json(result.environment);
  json["scenario_hash"] = result.scenario_hash;
  json["scenario"] = Json::parse(scenarios::scenario_to_json(result.scenario));
  Json& verdicts = json["verdicts"] = Json::array();
  for (const GateVerdict& verdict : result.verdicts) verdicts.push_back(verdict_json(verdict));
  Json& trials = json["trials"] = Json::array();
  for (const Trial& trial : result.trials) {
    trials.push_back(trial_json(trial, result.scenario.run.percentiles));
  }
  // Bytes that are not UTF-8 (a host's name, an argument) are replaced.
  return laid_out(json.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

void write_result_file(const std::string& path, const RunResult& result) {
  if (result.trials.empty()) {
    throw FileError(fmt::format("{}: not written, for nothing was measured", path));
  }
  write_file_atomically(path, result_to_json(result));
}

}  // namespace results
