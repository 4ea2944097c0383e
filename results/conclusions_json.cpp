#include "results/conclusions_json.h"

#include <cmath>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "results/capacity.h"
#include "results/comparison.h"
#include "results/fields_json.h"
#include "results/load_curve.h"
#include "results/result_json.h"

namespace results {
namespace {

Json verdict_json(const GateVerdict& v) {
  Json json{{"metric", v.gate.metric}};
  if (!v.gate.stat.empty()) json["stat"] = v.gate.stat;
  if (!v.gate.task_class.empty()) json["class"] = v.gate.task_class;
  if (!v.gate.phase.empty()) json["phase"] = v.gate.phase;
  if (!v.gate.compare.empty()) json["compare"] = v.gate.compare;
  if (!v.gate.bound.empty()) json["bound"] = v.gate.bound;
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
  if (c.baseline_parameters != c.parameters) json["baseline_parameters"] = c.baseline_parameters;
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

Json search_json(const Search& search) {
  return {{"block", search.block},
          {"trials", search.trials},
          {"kept_per_s", measure(search.kept_per_s)},
          {"missed_per_s", measure(search.missed_per_s)},
          {"open", search.open}};
}

Json capacity_json(const Capacity& one, const scenarios::CapacityGoal& goal) {
  Json json{{"pool", one.pool}};
  if (!one.arm.empty()) json["arm"] = one.arm;
  json["metric"] = "response_us";
  json["stat"] = goal.stat;
  if (!goal.task_class.empty()) json["class"] = goal.task_class;
  json["below"] = goal.below_us;
  json["rate_per_s"] = measure(one.rate_per_s);
  json["low_per_s"] = measure(one.low_per_s);
  json["high_per_s"] = measure(one.high_per_s);
  json["at_least"] = one.at_least;
  Json& searches = json["searches"] = Json::array();
  for (const Search& search : one.searches) searches.push_back(search_json(search));
  return json;
}

Json curve_json(const LoadCurve& curve) {
  Json json{{"pool", curve.pool}};
  if (!curve.parameters.empty()) json["parameters"] = curve.parameters;
  json["knee_per_s"] = curve.knee ? Json(curve.points[*curve.knee].rate_per_s) : Json(nullptr);
  Json& points = json["points"] = Json::array();
  for (const LoadPoint& point : curve.points) {
    points.push_back({{"rate_per_s", point.rate_per_s},
                      {"trials", point.trials},
                      {"offered_per_s", measure(point.offered_per_s)},
                      {"throughput_per_s", measure(point.throughput_per_s)},
                      {"mean_us", measure(point.mean_us)},
                      {"p50_us", measure(point.p50_us)},
                      {"p99_us", measure(point.p99_us)}});
  }
  return json;
}

}  // namespace

std::string conclusions_text(const RunResult& result) {
  Json compared_pools = Json::array();
  for (const Comparison& one : comparisons(result)) compared_pools.push_back(comparison_json(one));
  Json json{{"comparisons", std::move(compared_pools)}};
  if (result.scenario.capacity) {
    Json& list = json["capacity"] = Json::array();
    for (const Capacity& one : capacities(result)) {
      list.push_back(capacity_json(one, *result.scenario.capacity));
    }
  }
  if (const std::vector<LoadCurve> curves = load_curves(result); !curves.empty()) {
    Json& list = json["latency_load"] = Json::array();
    for (const LoadCurve& curve : curves) list.push_back(curve_json(curve));
  }
  Json verdicts = Json::array();
  for (const GateVerdict& verdict : result.verdicts) verdicts.push_back(verdict_json(verdict));
  json["verdicts"] = std::move(verdicts);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace results
