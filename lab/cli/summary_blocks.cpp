// Of a run of several blocks: what each pool usually does, and which differences can be told from
// noise.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/summary.h"
#include "lab/cli/text_table.h"
#include "results/comparable.h"
#include "results/comparison.h"
#include "results/sign_test.h"
#include "results/verdicts.h"
#include "scenarios/gates.h"

namespace lab::cli {
namespace {

using results::Comparison;
using results::Measure;
using results::RunResult;
using results::Standing;
using results::Trial;

/// The trials of one pool and arm, with the same parameters.
struct Group {
  std::string title;
  std::vector<const Trial*> trials;
  std::size_t valid = 0;
};

std::vector<Group> groups(const RunResult& result) {
  std::vector<Group> out;
  for (const Trial& trial : result.trials) {
    // A title of its own: the first of its kind has no number.
    scenarios::TrialTitles naming;
    const std::string title = naming.next(trial);
    auto group =
        std::find_if(out.begin(), out.end(), [&](const Group& one) { return one.title == title; });
    if (group == out.end()) group = out.insert(out.end(), Group{title, {}, 0});
    group->trials.push_back(&trial);
    group->valid += results::may_compare(trial) ? 1 : 0;
  }
  // By block and position they come in any order: the scenario's, a copy behind its original.
  const auto place = [&](const Group& group) {
    const auto& pools = result.scenario.pools;
    return std::find(pools.begin(), pools.end(), group.trials.front()->pool) - pools.begin();
  };
  std::stable_sort(out.begin(), out.end(), [&](const Group& a, const Group& b) {
    const auto arm = [](const Group& group) { return group.trials.front()->arm; };
    return place(a) != place(b) ? place(a) < place(b) : arm(a) < arm(b);
  });
  return out;
}

scenarios::Expectation asked(const Measure& measure) {
  scenarios::Expectation gate;
  gate.metric = measure.metric;
  gate.stat = measure.stat;
  return gate;
}

/// The median over the valid trials; NAN where most of them cannot say.
double usual(const Group& group, const Measure& measure) {
  std::vector<double> values;
  for (const Trial* trial : group.trials) {
    if (!results::may_compare(*trial)) continue;
    const results::Observation seen = results::observe(*trial, asked(measure));
    if (seen.doubt.empty() && !std::isnan(seen.value)) values.push_back(seen.value);
  }
  if (2 * values.size() <= group.valid) return NAN;
  return results::median(std::move(values));
}

Column medians(const std::string& title, int importance, const std::vector<Group>& of,
               const Measure& measure, const TextStyle& style) {
  std::vector<double> values;
  for (const Group& group : of) values.push_back(usual(group, measure));
  const bool time = measure.metric.ends_with("_us");
  const Scale scale = time ? duration_scale(values, style) : number_scale(values);
  Column column{title, time ? scale.unit : std::string(), false, importance, {}};
  for (const double value : values) {
    column.cells.push_back({scale.text(value), std::isnan(value) ? Tone::Dim : Tone::Plain});
  }
  return column;
}

std::string measure_title(const Measure& measure) {
  if (measure.metric == "response_us") return "response " + measure.stat;
  if (measure.metric == "throughput_per_s") return "throughput";
  if (measure.metric == scenarios::kCapacityMetric) return "capacity";
  return measure.metric == "cpu_s" ? "CPU time" : measure.metric + " " + measure.stat;
}

Tone tone_of(Standing standing) {
  switch (standing) {
    case Standing::Better:
      return Tone::Good;
    case Standing::Worse:
      return Tone::Bad;
    case Standing::Equivalent:
      return Tone::Plain;
    case Standing::Inconclusive:
      break;
  }
  return Tone::Dim;
}

std::string ratio_text(double ratio) {
  return std::isnan(ratio) ? "-" : fmt::format("{:.2f}", ratio);
}

std::string interval_text(const Comparison& one, const TextStyle& style) {
  if (!std::isfinite(one.high)) return "-";
  return fmt::format("{:.2f} {} {:.2f}", one.low, style.symbol("–", "-"), one.high);
}

std::string verdict_text(const Comparison& one) {
  if (!one.arm.empty() && one.blocks >= results::kLeastBlocks) {
    const bool same = one.low <= 1 && one.high >= 1;
    return same ? "the baseline again: agrees" : "the baseline again: differs from itself";
  }
  const std::string name = results::standing_name(one.standing);
  return one.why.empty() ? name : "open: " + one.why;
}

}  // namespace

std::string blocks_text(const RunResult& result, const TextStyle& style) {
  const std::vector<Group> of = groups(result);
  Column names{"pool", {}, true, 0, {}};
  Column trials{"trials", "valid", false, 4, {}};
  for (const Group& group : of) {
    const bool all = group.valid == group.trials.size();
    names.cells.push_back({group.title, all ? Tone::Strong : Tone::Doubt});
    trials.cells.push_back(
        {fmt::format("{}/{}", group.valid, group.trials.size()), all ? Tone::Plain : Tone::Doubt});
  }
  std::vector<Column> table{std::move(names), std::move(trials)};
  Column done = medians("done", 0, of, {"throughput_per_s", "mean"}, style);
  done.unit = "per s";
  table.push_back(std::move(done));
  for (const double p : result.scenario.percentiles) {
    const int importance = p == 50 || p == 99 ? 0 : p > 99 ? 1 : 5;
    table.push_back(medians(fmt::format("p{}", p), importance, of,
                            {"response_us", fmt::format("p{}", p)}, style));
  }
  table.push_back(medians("wait p99", 6, of, {"queue_wait_us", "p99"}, style));
  Column cpu = medians("cpu", 3, of, {"cpu_s", "mean"}, style);
  cpu.unit = "s";
  table.push_back(std::move(cpu));
  const std::string legend =
      "medians of the valid trials; percentiles of the response time, counted from the intended "
      "arrival";
  return table_text(std::move(table), style) +
         style.paint(Tone::Dim, wrapped(legend, style.width, "  ")) + "\n";
}

std::string comparison_text(const RunResult& result, const TextStyle& style) {
  const std::vector<Comparison> all = results::comparisons(result);
  if (all.empty()) return {};
  Column what{"", {}, true, 0, {}};
  Column pool{"pool", {}, true, 0, {}};
  Column ratio{"ratio", {}, false, 0, {}};
  Column interval{"95 %", {}, true, 1, {}};
  Column verdict{"verdict", {}, true, 0, {}};
  std::string before;
  std::size_t blocks = 0;
  for (const Comparison& one : all) {
    blocks = std::max(blocks, one.blocks);
    const std::string title = measure_title(one.measure);
    const bool control = !one.arm.empty();
    const Tone quiet = control ? Tone::Dim : Tone::Plain;
    scenarios::TrialSpec spec;
    spec.pool = one.pool;
    spec.arm = one.arm;
    spec.parameters = one.parameters;
    scenarios::TrialTitles naming;
    what.cells.push_back({title == before ? std::string() : title, Tone::Plain});
    pool.cells.push_back({naming.next(spec), control ? Tone::Dim : Tone::Strong});
    ratio.cells.push_back({ratio_text(one.ratio), quiet});
    interval.cells.push_back({interval_text(one, style), quiet});
    verdict.cells.push_back({verdict_text(one), control ? Tone::Dim : tone_of(one.standing)});
    before = title;
  }
  const std::string head = fmt::format("against {}", result.scenario.baseline);
  const bool looked = result.scenario.until_conclusive > 0;
  const std::string legend = fmt::format(
      "median ratio of the trials of a block, {} blocks{}; different: sign test, Holm's "
      "correction, at least 5 % (rates, up to p50), 10 % (up to p99), 15 % (beyond)",
      blocks,
      looked ? fmt::format(" of at most {}, confidence divided among the looks",
                           result.scenario.until_conclusive)
             : "");
  return "\n" + style.paint(Tone::Strong, head) + "\n" +
         table_text({std::move(what), std::move(pool), std::move(ratio), std::move(interval),
                     std::move(verdict)},
                    style) +
         style.paint(Tone::Dim, wrapped(legend, style.width, "  ")) + "\n";
}

}  // namespace lab::cli
