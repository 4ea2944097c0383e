// Of a run at several loads: the response times at each, or the highest that was kept.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/summary.h"
#include "lab/cli/text_table.h"
#include "results/capacity.h"
#include "results/load_curve.h"

namespace lab::cli {
namespace {

using results::Capacity;
using results::LoadCurve;
using results::LoadPoint;
using results::RunResult;

std::string titled(const std::string& pool, const std::string& arm,
                   const scenarios::Parameters& parameters) {
  scenarios::TrialSpec spec;
  spec.pool = pool;
  spec.arm = arm;
  spec.parameters = parameters;
  return scenarios::TrialTitles().next(spec);
}

const LoadPoint* point_at(const LoadCurve& curve, double rate) {
  const auto found =
      std::find_if(curve.points.begin(), curve.points.end(),
                   [rate](const LoadPoint& point) { return point.rate_per_s == rate; });
  return found == curve.points.end() ? nullptr : &*found;
}

bool is_knee(const LoadCurve& curve, const LoadPoint* point) {
  return curve.knee && point == &curve.points[*curve.knee];
}

/// A row for each load, a column for each pool; the knee of each is marked.
std::string by_load(const std::string& title, const std::vector<LoadCurve>& curves,
                    double LoadPoint::*figure, const TextStyle& style) {
  std::vector<double> rates;
  std::vector<double> all;
  for (const LoadCurve& curve : curves) {
    for (const LoadPoint& point : curve.points) {
      rates.push_back(point.rate_per_s);
      all.push_back(point.*figure);
    }
  }
  std::sort(rates.begin(), rates.end());
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  const Scale scale = duration_scale(all, style);
  const Scale loads = number_scale(rates);
  std::vector<Column> table{{"load", "per s", false, 0, {}}};
  for (const double rate : rates) table.front().cells.push_back({loads.text(rate), Tone::Plain});
  int importance = 0;
  for (const LoadCurve& curve : curves) {
    Column column{titled(curve.pool, {}, curve.parameters), scale.unit, false, importance++, {}};
    for (const double rate : rates) {
      const LoadPoint* point = point_at(curve, rate);
      const double value = point == nullptr ? NAN : point->*figure;
      const bool knee = is_knee(curve, point);
      const bool doubtful = point == nullptr || point->trials == 0 || std::isnan(value);
      column.cells.push_back({scale.text(value) + (knee ? "*" : " "), doubtful ? Tone::Dim
                                                                      : knee   ? Tone::Strong
                                                                               : Tone::Plain});
    }
    table.push_back(std::move(column));
  }
  std::vector<std::string> left_out;
  const std::string lines = table_text(std::move(table), style, &left_out);
  std::string text = style.paint(Tone::Strong, title);
  if (!left_out.empty()) {
    text += style.paint(Tone::Dim, fmt::format("  ({} more in the result file)", left_out.size()));
  }
  return text + "\n" + lines;
}

std::string knee_text(const LoadCurve& curve) {
  const std::string who = titled(curve.pool, {}, curve.parameters);
  if (curve.knee) return fmt::format("{} {:g}", who, curve.points[*curve.knee].rate_per_s);
  return who + " not within these loads";
}

}  // namespace

std::string load_text(const RunResult& result, const TextStyle& style) {
  const std::vector<LoadCurve> curves = results::load_curves(result);
  if (curves.empty()) return {};
  std::string knees;
  for (const LoadCurve& curve : curves) knees += (knees.empty() ? "" : ", ") + knee_text(curve);
  const std::string legend =
      "* the knee: where throughput over mean response time is greatest. Per s: " + knees;
  return by_load("response p50 by load", curves, &LoadPoint::p50_us, style) + "\n" +
         by_load("response p99 by load", curves, &LoadPoint::p99_us, style) +
         style.paint(Tone::Dim, wrapped(legend, style.width, "  ")) + "\n";
}

std::string capacity_text(const RunResult& result, const TextStyle& style) {
  const std::vector<Capacity> all = results::capacities(result);
  if (all.empty()) return {};
  std::vector<double> rates;
  std::vector<double> bounds;
  std::size_t most = 0;
  for (const Capacity& one : all) {
    rates.push_back(one.rate_per_s);
    bounds.push_back(one.low_per_s);
    if (std::isfinite(one.high_per_s)) bounds.push_back(one.high_per_s);
    most = std::max(most, one.searches.size());
  }
  const Scale scale = number_scale(rates);
  const Scale ends = number_scale(bounds);
  Column pool{"pool", {}, true, 0, {}};
  Column rate{"capacity", "per s", false, 0, {}};
  Column interval{most < results::kLeastBlocks ? "kept - missed" : "95 %", "per s", true, 0, {}};
  Column searches{"searches", {}, false, 1, {}};
  Column trials{"trials", {}, false, 2, {}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Capacity& one = all[i];
    const bool control = !one.arm.empty();
    const bool whole = one.ended() == one.searches.size();
    pool.cells.push_back({titled(one.pool, one.arm, {}), control ? Tone::Dim : Tone::Strong});
    rate.cells.push_back(
        {(one.at_least ? std::string(style.symbol("≥", ">=")) : "") + scale.text(one.rate_per_s),
         control ? Tone::Dim : Tone::Plain});
    const bool bounded = std::isfinite(one.high_per_s);
    interval.cells.push_back(
        {std::isnan(one.low_per_s)
             ? "no search came to an end"
             : fmt::format("{} {} {}", ends.text(one.low_per_s), style.symbol("–", "-"),
                           bounded ? ends.text(one.high_per_s) : "not reached"),
         control ? Tone::Dim : Tone::Plain});
    searches.cells.push_back({whole ? fmt::format("{}", one.ended())
                                    : fmt::format("{}/{}", one.ended(), one.searches.size()),
                              whole ? Tone::Plain : Tone::Doubt});
    std::size_t count = 0;
    for (const results::Search& search : one.searches) count += search.trials;
    trials.cells.push_back({fmt::format("{}", count), Tone::Dim});
  }
  const scenarios::CapacityGoal& goal = *result.scenario.capacity;
  const std::string legend = fmt::format(
      "the highest rate with a response {}{} below {}, and at most {} % of the tasks lost; {}",
      goal.stat, goal.task_class.empty() ? "" : " of " + goal.task_class,
      duration_text(goal.below_us, style), 100 * results::kMostLost,
      most < results::kLeastBlocks
          ? fmt::format("what the {} kept and missed, for {} and more tell an interval",
                        most == 1 ? "search" : "searches", results::kLeastBlocks)
          : "median of the searches");
  return table_text({std::move(pool), std::move(rate), std::move(interval), std::move(searches),
                     std::move(trials)},
                    style) +
         style.paint(Tone::Dim, wrapped(legend, style.width, "  ")) + "\n";
}

}  // namespace lab::cli
