// Reading result files back: facts, which need no build that could run them. Names of strategies,
// knobs and rules are kept as words and looked up nowhere, and what this build does not know of is
// passed over, since a newer one may have written it. What it does know must be there and of its
// type.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pools/metrics/ledger_keys.h"
#include "results/atomic_file.h"
#include "results/fact_fields.h"
#include "results/fact_reader.h"
#include "results/hdr_text.h"
#include "results/read_noise.h"
#include "results/read_pool_facts.h"
#include "results/result_json.h"
#include "results/series_columns.h"
#include "results/series_histograms.h"
#include "scenarios/event_counts.h"
#include "scenarios/scenario_json.h"

namespace results {
namespace {

using pools::LatencyHistogram;
using pools::Nanos;
using scenarios::JsonMember;
using scenarios::JsonValue;
using Kind = JsonValue::Kind;

constexpr std::size_t kLargestResult = std::size_t{1} << 30U;

template <typename Facts>
void read_fields(FactReader& from, Facts& facts) {
  each_field(facts, [&](std::string_view name, auto& fact) { from.read(name, fact); });
}

/// An object of which all is in `facts`.
template <typename Facts>
void read_object(FactReader& from, std::string_view key, Facts& facts) {
  from.object(key, [&](FactReader& object) { read_fields(object, facts); });
}

template <typename Facts>
void read_objects(FactReader& from, std::string_view key, std::vector<Facts>& list) {
  from.objects(key, [&](FactReader& object) { read_fields(object, list.emplace_back()); });
}

LatencyHistogram read_histogram(FactReader& from) {
  std::string text;
  double sum_ns = 0;
  std::uint64_t max_ns = 0;
  from.read("hdr", text);
  from.read("sum_ns", sum_ns);
  from.read("max_ns", max_ns);
  if (!(sum_ns >= 0)) from.problem("sum_ns", "expected a number from 0, got another");
  try {
    return LatencyHistogram::restored(LatencyHistogram::kExactBits, hdr_buckets(text), sum_ns,
                                      Nanos{static_cast<Nanos::rep>(max_ns)});
  } catch (const HdrFormatError& error) {
    from.problem("hdr", std::string("expected an HdrHistogram as text, got: ") + error.what());
    return LatencyHistogram();
  }
}

/// Counts by their table; what was added to it later may be missing, for it was not counted then.
template <typename Key, typename Counts>
void read_count(FactReader& from, const Key& key, Counts& counts) {
  if (!key.later || from.has(key.name)) from.read(key.name, counts.*key.count);
}

void read_ledger(FactReader& from, pools::Ledger& ledger) {
  from.object("ledger", [&](FactReader& object) {
    for (const pools::LedgerKey& key : pools::kLedgerKeys) read_count(object, key, ledger);
  });
}

void read_events(FactReader& from, scenarios::EventCounts& events) {
  from.object("counts", [&](FactReader& object) {
    for (const scenarios::EventKey& key : scenarios::kEventKeys) read_count(object, key, events);
  });
}

/// The series that an outcome or a histogram belongs to.
SeriesResult& series_of(FactReader& from, Trial& trial) {
  SeriesResult which;
  read_fields(from, which);
  const auto known = std::ranges::find_if(trial.series, [&](const SeriesResult& one) {
    return one.phase == which.phase && one.task_class == which.task_class &&
           one.measured == which.measured;
  });
  return known != trial.series.end() ? *known : trial.series.emplace_back(std::move(which));
}

void read_series(FactReader& from, Trial& trial) {
  from.objects("outcomes", [&](FactReader& outcome) {
    pools::Ledger tasks;
    for (const pools::LedgerKey& key : pools::kLedgerKeys) {
      if (key.by_series != nullptr) read_count(outcome, key, tasks);
    }
    pools::SeriesReport& figures = series_of(outcome, trial).figures;
    for (const pools::AttemptKey& key : pools::kAttemptKeys) read_count(outcome, key, figures);
    for (const pools::LedgerKey& key : pools::kLedgerKeys) {
      if (key.by_series != nullptr) figures.*key.by_series = tasks.*key.count;
    }
  });
  from.objects("histograms", [&](FactReader& histogram) {
    std::string metric;
    histogram.read("metric", metric);
    pools::SeriesReport& figures = series_of(histogram, trial).figures;
    for (const SeriesHistogram& row : kSeriesHistograms) {
      if (row.metric == metric) figures.*row.histogram = read_histogram(histogram);
    }
  });
}

void read_bins(FactReader& columns, const JsonValue& pairs, const std::string& pointer,
               TimelinePoint& point) {
  for (std::size_t i = 0; i < pairs.items.size(); ++i) {
    const std::vector<JsonValue>& pair = pairs.items[i].items;
    const bool good = pair.size() == 2 && pair[0].is(Kind::Integer) && pair[1].is(Kind::Integer) &&
                      pair[0].integer >= 0 && std::cmp_less(pair[0].integer, kLatencyBins) &&
                      std::in_range<std::uint32_t>(pair[1].integer);
    if (!good) {
      columns.document().problem(scenarios::pointer_to(pointer, i),
                                 "expected [bin, tasks] with a bin from 0 to " +
                                     std::to_string(kLatencyBins - 1) + ", got another pair");
      continue;
    }
    point.latency_bins[static_cast<std::size_t>(pair[0].integer)] =
        static_cast<std::uint32_t>(pair[1].integer);
  }
}

void read_timeline(FactReader& from, PoolTimeline& timeline) {
  from.object("series", [&](FactReader& columns) {
    const JsonMember* first = columns.value().find(kSeriesColumns[0].name);
    timeline.points.resize(first == nullptr ? 0 : first->value.items.size());
    const auto is_full = [&](std::string_view key, std::size_t size) {
      if (size == timeline.points.size()) return true;
      columns.problem(key, "expected as many as in the first column (" +
                               std::to_string(timeline.points.size()) + "), got " +
                               std::to_string(size));
      return false;
    };
    for (const SeriesColumn& column : kSeriesColumns) {
      std::vector<double> values;
      columns.read(column.name, values);
      if (!columns.has(column.name) || !is_full(column.name, values.size())) continue;
      for (std::size_t i = 0; i < values.size(); ++i) timeline.points[i].*column.field = values[i];
    }
    std::size_t rows = 0;
    columns.list("latency_bins", [&](const JsonValue& pairs, const std::string& pointer) {
      if (rows < timeline.points.size()) read_bins(columns, pairs, pointer, timeline.points[rows]);
      ++rows;
    });
    is_full("latency_bins", rows);
  });
  read_objects(from, "events", timeline.scaling);
}

void read_matrix(FactReader& from, Trial& trial) {
  constexpr std::string_view kKey = "steal_matrix";
  from.list(kKey, [&](const JsonValue& thief, const std::string& pointer) {
    ++trial.slots;
    for (const JsonValue& cell : thief.items) {
      if (!cell.is(Kind::Integer) || cell.integer < 0) {
        from.document().problem(pointer,
                                "expected counts of tasks, got " + scenarios::described(cell));
      }
      trial.steal_matrix.push_back(
          static_cast<std::uint64_t>(std::max<std::int64_t>(0, cell.integer)));
    }
  });
  if (trial.steal_matrix.size() != std::size_t{trial.slots} * trial.slots) {
    from.problem(kKey, "expected as many columns as rows, got " +
                           std::to_string(trial.steal_matrix.size()) + " cells in " +
                           std::to_string(trial.slots) + " rows");
  }
}

/// What the trial was for. Files written before trials were a list lack all but
/// the pool (and the seed).
void read_spec(FactReader& from, scenarios::TrialSpec& spec) {
  from.read("pool", spec.pool);
  from.read_if_there("block", spec.block);
  from.read_if_there("position", spec.position);
  from.read_if_there("arm", spec.arm);
  from.read_if_there("point", spec.point);
  if (!from.has("parameters")) return;
  from.object("parameters", [&](FactReader& parameters) {
    for (const JsonMember& member : parameters.value().members) {
      spec.parameters[member.key] = scenarios::override_text(member.value);
    }
  });
}

void read_trial(FactReader& from, Trial& trial) {
  read_spec(from, trial);
  read_fields(from, trial);
  from.object("config", [&](FactReader& config) { read_pool_facts(config, trial.config); });
  trial.config.id = trial.pool;
  trial.timeline.pool = trial.pool;
  read_ledger(from, trial.ledger);
  read_events(from, trial.events);
  read_object(from, "rates", trial.rates);
  read_object(from, "cost", trial.cost);
  if (from.has("steady_state")) {
    trial.steady.asked = true;
    read_object(from, "steady_state", trial.steady);
  }
  from.object("generator", [&](FactReader& generator) {
    read_fields(generator, trial.generator);
    generator.read_if_there("spin_us", trial.generator.spin_us);  // files of before lack it
    generator.object("lag", [&](FactReader& lag) { trial.generator.lag = read_histogram(lag); });
  });
  read_objects(from, "phases", trial.phases);
  read_objects(from, "workers", trial.workers);
  read_matrix(from, trial);
  from.object("figures", [&](FactReader& figures) {
    for (const JsonMember& member : figures.value().members) {
      figures.read(member.key, trial.figures.emplace_back(member.key, NAN).second);
    }
  });
  from.read_if_there("frames_drawn", trial.frames_drawn);  // files of before lack it
  read_series(from, trial);
  read_timeline(from, trial.timeline);
  read_noise(from, trial);
}

/// Which fields a gate and its verdict have in common. All but the metric may be left out.
void read_gate(FactReader& from, scenarios::Expectation& gate) {
  from.read("metric", gate.metric);
  from.read_if_there("stat", gate.stat);
  from.read_if_there("class", gate.task_class);
  from.read_if_there("phase", gate.phase);
  from.read_if_there("compare", gate.compare);
  from.read_if_there("bound", gate.bound);
  from.read_if_there("op", gate.op);
  from.read_if_there("value", gate.value);
}

void read_verdict(FactReader& from, GateVerdict& verdict) {
  read_gate(from, verdict.gate);
  from.read("pool", verdict.pool);
  from.read("observed", verdict.observed);
  from.read("at_least", verdict.at_least);
  from.read("text", verdict.text);
  std::string name;
  from.read("verdict", name);
  for (const Verdict one : {Verdict::Pass, Verdict::Fail, Verdict::Inconclusive}) {
    if (verdict_name(one) == name) {
      verdict.verdict = one;
      return;
    }
  }
  if (!name.empty()) {
    from.problem("verdict",
                 "expected pass, fail or inconclusive, got " + scenarios::quoted_text(name));
  }
}

/// What the views need of a scenario that nobody has to be able to run. One of another version may
/// have these things elsewhere: then its text is all there is.
void read_scenario(FactReader& from, ScenarioFacts& facts) {
  facts.text = scenarios::json_text(from.value());
  std::string schema(scenarios::kScenarioSchema);
  from.read_if_there("schema", schema);
  from.read_if_there("name", facts.name);
  if (schema != scenarios::kScenarioSchema) return;
  from.read_if_there("seed", facts.seed);
  const auto if_there = [&](std::string_view key, auto read) {
    if (from.has(key)) from.objects(key, read);
  };
  if (from.has("run")) {
    from.object("run", [&](FactReader& run) {
      run.read_if_there("percentiles", facts.percentiles);
      run.read_if_there("repetitions", facts.repetitions);
      run.read_if_there("until_conclusive", facts.until_conclusive);
    });
  }
  if (from.has("capacity")) {
    scenarios::CapacityGoal& goal = facts.capacity.emplace();
    from.object("capacity", [&](FactReader& capacity) {
      capacity.read_if_there("stat", goal.stat);
      capacity.read_if_there("class", goal.task_class);
      capacity.read_if_there("below_us", goal.below_us);
      capacity.read_if_there("precision_pct", goal.precision_pct);
    });
  }
  if_there("phases", [&](FactReader& one) {
    PhaseFacts& phase = facts.phases.emplace_back();
    one.read_if_there("name", phase.name);
    double duration_s = 0;
    one.read_if_there("duration_s", duration_s);
    phase.duration = scenarios::Seconds{duration_s};
  });
  if_there("classes",
           [&](FactReader& one) { one.read_if_there("name", facts.classes.emplace_back()); });
  if_there("pools", [&](FactReader& one) { one.read_if_there("id", facts.pools.emplace_back()); });
  if (!facts.pools.empty()) facts.baseline = facts.pools.front();
  from.read_if_there("baseline", facts.baseline);
  if_there("expect", [&](FactReader& one) {
    scenarios::Expectation& gate = facts.expect.emplace_back();
    read_gate(one, gate);
    one.read_if_there("pool", gate.pool);
  });
}

void read_result(FactReader& from, RunResult& result) {
  read_fields(from, result);
  read_object(from, "build", result.build);
  read_object(from, "env", result.environment);
  if (std::isnan(result.environment.cgroup_cpus)) result.environment.cgroup_cpus = 0;  // no limit
  from.object("scenario", [&](FactReader& object) { read_scenario(object, result.scenario); });
  from.objects("trials", [&](FactReader& one) { read_trial(one, result.trials.emplace_back()); });
  from.objects("verdicts",
               [&](FactReader& one) { read_verdict(one, result.verdicts.emplace_back()); });
}

/// Of another version nothing can be said but that.
void check_schema(scenarios::Document& document) {
  const JsonMember* schema = document.root.find("schema");
  if (schema != nullptr && schema->value.is(Kind::String) && schema->value.text == kResultSchema) {
    return;
  }
  document.problem(document.root.is(Kind::Object) ? "/schema" : "",
                   "expected a result with the schema \"" + std::string(kResultSchema) +
                       "\", got " +
                       scenarios::described(schema != nullptr ? schema->value : document.root));
  document.throw_problems<ResultFormatError>();
}

}  // namespace

RunResult result_from_json(std::string_view text, const std::string& shown_path) {
  scenarios::Document document({shown_path});
  if (!document.parse(text, kLargestResult)) document.throw_problems<ResultFormatError>();
  check_schema(document);
  RunResult result;
  FactReader reader(document, document.root, "");
  read_result(reader, result);
  document.throw_problems<ResultFormatError>();
  return result;
}

RunResult read_result_file(const std::string& path) {
  return result_from_json(read_whole_file(path, kLargestResult), path);
}

}  // namespace results
