#include "results/result_json.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pools/metrics/ledger_keys.h"
#include "results/atomic_file.h"
#include "results/censored.h"
#include "results/conclusions_json.h"
#include "results/fields_json.h"
#include "results/hdr_text.h"
#include "results/layout_json.h"
#include "results/noise_json.h"
#include "results/series_columns.h"
#include "results/series_histograms.h"
#include "scenarios/event_counts.h"
#include "scenarios/json/json_value.h"

namespace results {
namespace {

using pools::LatencyHistogram;
using pools::Nanos;

/// Bytes that are not UTF-8 (a host's name, an argument) are replaced.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// One object of what is in both, with a member between them whose value is JSON text already: what
/// is in it may be unknown to this build.
std::string spliced(const Json& head, std::string_view name, std::string_view value,
                    std::string_view tail) {
  std::string text = dumped(head);
  text.back() = ',';
  text += fmt::format("\"{}\":{},", name, value);
  text += tail.substr(1);
  return text;
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

Json classes_json(const std::vector<pools::ClassRules>& classes) {
  Json list = Json::array();
  for (const pools::ClassRules& rules : classes) {
    Json& json = list.emplace_back(Json{{"name", rules.name}});
    if (rules.retry) json["retry"] = choice_json(*rules.retry);
    json["timeout_us"] = micros(rules.timeout);
  }
  return list;
}

Json config_json(const PoolFacts& config) {
  return {{"dispatch", choice_json(config.dispatch)},
          {"sizing", choice_json(config.sizing)},
          {"retry", choice_json(config.retry)},
          {"classes", classes_json(config.classes)},
          {"stuck_after_ms", static_cast<double>(config.stuck_after.count()) / 1e6},
          {"spares", config.spares},
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
      if (row.histogram == &pools::SeriesReport::response) {
        json["since_send"] = figures_json(series.figures.since_send(),
                                          series.figures.unserved_response, percentiles);
      }
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

void add_attempts(Json& json, const pools::SeriesReport& figures) {
  for (const pools::AttemptKey& key : pools::kAttemptKeys) {
    json[std::string(key.name)] = figures.*key.count;
  }
}

Json outcomes_json(const Trial& trial) {
  Json list = Json::array();
  for (const SeriesResult& series : trial.series) {
    Json& json = list.emplace_back(fields_json(series));
    add_outcomes(json, ledger_of(series.figures));
    add_attempts(json, series.figures);
  }
  return list;
}

/// Tasks of the measured phases, and what the pool did in the measured time.
Json counts_json(const Trial& trial) {
  Json json;
  add_outcomes(json, counted_tasks(trial));
  add_attempts(json, merged(trial));
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
    json["type"] = mark.to > mark.from ? "scale_up" : mark.to < mark.from ? "scale_down" : "notice";
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
                  {"arm", trial.arm},
                  {"point", trial.point}};
  Json json{{"config", config_json(trial.config)}};
  add_fields(json, trial);
  json["frames_drawn"] = trial.frames_drawn;
  json["ledger"] = ledger_json(trial.ledger);
  json["closes"] = trial.ledger.closes();
  json["counts"] = counts_json(trial);
  json["rates"] = fields_json(trial.rates);
  json["latency"] = whole_json(trial, percentiles);
  json["phases"] = list_json(trial.phases);
  json["cost"] = fields_json(trial.cost);
  Json& generator = json["generator"] = fields_json(trial.generator);
  generator["spin_us"] = measure(trial.generator.spin_us);
  generator["lag"] = histogram_json(trial.generator.lag, LatencyHistogram(), percentiles);
  if (trial.steady.asked) json["steady_state"] = fields_json(trial.steady);
  json["workers"] = list_json(trial.workers);
  json["steal_matrix"] = matrix_json(trial);
  Json& figures = json["figures"] = Json::object();
  for (const auto& [name, value] : trial.figures) figures[name] = measure(value);
  json["outcomes"] = outcomes_json(trial);
  json["histograms"] = histograms_json(trial, percentiles);
  json["arrivals"] = arrivals_json(trial.arrivals);
  json["noise"] = noise_json(trial.noise);
  json["slowest"] = slowest_json(trial.slowest);
  json["series"] = series_json(trial.timeline);
  json["events"] = events_json(trial.timeline);
  return spliced(head, "parameters", parameters_text(trial), dumped(json));
}

Json env_json(const Environment& environment) {
  Json json = fields_json(environment);
  if (!(environment.cgroup_cpus > 0)) json["cgroup_cpus"] = nullptr;  // no limit
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
  std::string text =
      spliced(head, "scenario", result.scenario.text.empty() ? "{}" : result.scenario.text,
              conclusions_text(result));
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
