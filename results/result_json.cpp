#include "results/result_json.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pools/metrics/ledger_keys.h"
#include "results/atomic_file.h"
#include "results/censored.h"
#include "results/comparison.h"
#include "results/fact_fields.h"
#include "results/hdr_text.h"
#include "results/layout_json.h"
#include "results/series_columns.h"
#include "results/series_histograms.h"
#include "scenarios/event_counts.h"
#include "scenarios/json/json_value.h"

namespace results {
namespace {

using Json = nlohmann::ordered_json;
using pools::LatencyHistogram;
using pools::Nanos;

/// Bytes that are not UTF-8 (a host's name, an argument) are replaced.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// One object of what is in both, with a member between them whose value is JSON text already: what
/// is in it may be unknown to this build.
std::string spliced(const Json& head, std::string_view name, std::string_view value,
                    const Json& tail) {
  std::string text = dumped(head);
  text.back() = ',';
  text += fmt::format("\"{}\":{},", name, value);
  text += std::string_view(dumped(tail)).substr(1);
  return text;
}

/// Six digits are more than any measurement here has, and halve the file.
Json measure(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0.0;
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::fabs(value))));
  if (!std::isfinite(scale) || scale == 0) return value;
  return std::round(value * scale) / scale;
}

Json written(double value) { return measure(value); }
Json written(Nanos time) { return measure(std::chrono::duration<double>(time).count()); }
template <typename Fact>
Json written(const Fact& fact) {
  return fact;
}

/// Adds the facts that each_field knows.
template <typename Facts>
void add_fields(Json& json, const Facts& facts) {
  each_field(facts, [&](std::string_view name, const auto& fact) {
    json[std::string(name)] = written(fact);
  });
}

template <typename Facts>
Json fields_json(const Facts& facts) {
  Json json;
  add_fields(json, facts);
  return json;
}

template <typename Facts>
Json list_json(const std::vector<Facts>& list) {
  Json json = Json::array();
  for (const Facts& facts : list) json.push_back(fields_json(facts));
  return json;
}

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

Json config_json(const PoolFacts& config) {
  return {{"dispatch", choice_json(config.dispatch)},
          {"sizing", choice_json(config.sizing)},
          {"workers", {{"min", config.min_workers}, {"max", config.max_workers}}},
          {"queue_capacity", config.queue_capacity},
          {"on_full", config.on_full},
          {"metrics", config.metrics},
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

Json histograms_json(const Trial& trial, const std::vector<double>& percentiles) {
  Json list = Json::array();
  const LatencyHistogram none;
  for (const SeriesResult& series : trial.series) {
    for (const SeriesHistogram& row : kSeriesHistograms) {
      const LatencyHistogram& histogram = series.figures.*row.histogram;
      if (row.rare && histogram.empty()) continue;
      Json json{{"metric", row.metric}};
      add_fields(json, series);
      json.update(histogram_json(
          histogram, row.unserved == nullptr ? none : series.figures.*row.unserved, percentiles));
      list.push_back(std::move(json));
    }
  }
  return list;
}

/// What became of tasks, by the keys that are known of each series.
void add_outcomes(Json& json, const pools::Ledger& tasks) {
  for (const pools::LedgerKey& key : pools::kLedgerKeys) {
    if (counted_by_series(key)) json[std::string(key.name)] = tasks.*key.count;
  }
}

Json outcomes_json(const Trial& trial) {
  Json list = Json::array();
  for (const SeriesResult& series : trial.series) {
    Json& json = list.emplace_back(fields_json(series));
    add_outcomes(json, ledger_of(series.figures));
  }
  return list;
}

/// Tasks of the measured phases, and what the pool did in the measured time.
Json counts_json(const Trial& trial) {
  Json json;
  add_outcomes(json, counted_tasks(trial));
  for (const scenarios::EventKey& key : scenarios::kEventKeys) {
    json[std::string(key.name)] = trial.events.*key.count;
  }
  return json;
}

Json ledger_json(const pools::Ledger& ledger) {
  Json json;
  for (const pools::LedgerKey& key : pools::kLedgerKeys) {
    json[std::string(key.name)] = ledger.*key.count;
  }
  return json;
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
    Json& json = list.emplace_back();
    json["type"] = mark.to > mark.from ? "scale_up" : "scale_down";
    add_fields(json, mark);
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

/// Values are in the trial as --set takes them: JSON, or a bare word.
std::string parameters_text(const scenarios::TrialSpec& spec) {
  std::string text = "{";
  for (const auto& [pointer, value] : spec.parameters) {
    std::vector<scenarios::JsonFault> faults;
    const auto parsed = scenarios::parse_json(value, 0, faults);
    const bool json = parsed && faults.empty();
    if (text.size() > 1) text += ',';
    text += dumped(pointer) + ":" + (json ? scenarios::json_text(*parsed) : dumped(value));
  }
  return text + "}";
}

std::string trial_text(const Trial& trial, const std::vector<double>& percentiles) {
  const Json head{{"pool", trial.pool},
                  {"block", trial.block},
                  {"position", trial.position},
                  {"arm", trial.arm}};
  Json json{{"config", config_json(trial.config)}};
  add_fields(json, trial);
  json["ledger"] = ledger_json(trial.ledger);
  json["closes"] = trial.ledger.closes();
  json["counts"] = counts_json(trial);
  json["rates"] = fields_json(trial.rates);
  json["latency"] = whole_json(trial, percentiles);
  json["phases"] = list_json(trial.phases);
  json["cost"] = fields_json(trial.cost);
  Json& generator = json["generator"] = fields_json(trial.generator);
  generator["lag"] = histogram_json(trial.generator.lag, LatencyHistogram(), percentiles);
  json["workers"] = list_json(trial.workers);
  json["steal_matrix"] = matrix_json(trial);
  Json& figures = json["figures"] = Json::object();
  for (const auto& [name, value] : trial.figures) figures[name] = measure(value);
  json["outcomes"] = outcomes_json(trial);
  json["histograms"] = histograms_json(trial, percentiles);
  json["series"] = series_json(trial.timeline);
  json["events"] = events_json(trial.timeline);
  return spliced(head, "parameters", parameters_text(trial), json);
}

Json env_json(const Environment& environment) {
  Json json = fields_json(environment);
  if (!(environment.cgroup_cpus > 0)) json["cgroup_cpus"] = nullptr;  // no limit
  return json;
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

/// Infinite where there are too few blocks to say.
Json bound(double value) { return std::isfinite(value) && value > 0 ? Json(value) : Json(nullptr); }

Json comparison_json(const Comparison& c) {
  Json json{{"metric", c.measure.metric}, {"stat", c.measure.stat}};
  if (!c.measure.task_class.empty()) json["class"] = c.measure.task_class;
  if (!c.measure.phase.empty()) json["phase"] = c.measure.phase;
  json["pool"] = c.pool;
  if (!c.arm.empty()) json["arm"] = c.arm;
  if (!c.parameters.empty()) json["parameters"] = c.parameters;
  json["baseline"] = c.baseline;
  json["blocks"] = c.blocks;
  json["ratio"] = measure(c.ratio);
  json["low"] = bound(c.low);
  json["high"] = bound(c.high);
  json["p"] = c.p;
  json["verdict"] = standing_name(c.standing);
  json["detectable"] = bound(c.detectable);
  if (!c.why.empty()) json["why"] = c.why;
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
  Json head{{"schema", kResultSchema}};
  add_fields(head, result);
  head["build"] = fields_json(result.build);
  head["env"] = env_json(result.environment);
  Json compared = Json::array();
  for (const Comparison& one : comparisons(result)) compared.push_back(comparison_json(one));
  Json verdicts = Json::array();
  for (const GateVerdict& verdict : result.verdicts) verdicts.push_back(verdict_json(verdict));
  std::string text =
      spliced(head, "scenario", result.scenario.text.empty() ? "{}" : result.scenario.text,
              Json{{"comparisons", std::move(compared)}, {"verdicts", std::move(verdicts)}});
  text.back() = ',';
  text += "\"trials\":[";
  for (const Trial& trial : result.trials) {
    if (&trial != &result.trials.front()) text += ',';
    text += trial_text(trial, result.scenario.percentiles);
  }
  text += "]}";
  return laid_out(text) + "\n";
}

void write_result_file(const std::string& path, const RunResult& result) {
  if (result.trials.empty()) {
    throw FileError(fmt::format("{}: not written, for nothing was measured", path));
  }
  write_file_atomically(path, result_to_json(result));
}

}  // namespace results
