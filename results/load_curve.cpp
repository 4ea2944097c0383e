#include "results/load_curve.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "results/capacity.h"
#include "results/comparable.h"
#include "results/sign_test.h"
#include "results/verdicts.h"

namespace results {
namespace {

double response_us(const Trial& trial, const char* stat) {
  scenarios::Expectation asked;
  asked.metric = "response_us";
  asked.stat = stat;
  const Observation seen = observe(trial, asked);
  return seen.doubt.empty() ? seen.value : NAN;
}

template <typename Figure>
double usual(const std::vector<const Trial*>& trials, Figure figure) {
  std::vector<double> values;
  for (const Trial* trial : trials) {
    if (const double value = figure(*trial); !std::isnan(value)) values.push_back(value);
  }
  return median(std::move(values));
}

LoadPoint point_of(double rate, std::vector<const Trial*> trials) {
  LoadPoint point;
  point.rate_per_s = rate;
  point.trials = static_cast<std::size_t>(std::count_if(
      trials.begin(), trials.end(), [](const Trial* trial) { return may_compare(*trial); }));
  if (point.trials > 0) std::erase_if(trials, [](const Trial* t) { return !may_compare(*t); });
  point.offered_per_s = usual(trials, [](const Trial& t) { return t.rates.offered_per_s; });
  point.throughput_per_s = usual(trials, [](const Trial& t) { return t.rates.throughput_per_s; });
  point.mean_us = usual(trials, [](const Trial& t) { return response_us(t, "mean"); });
  point.p50_us = usual(trials, [](const Trial& t) { return response_us(t, "p50"); });
  point.p99_us = usual(trials, [](const Trial& t) { return response_us(t, "p99"); });
  return point;
}

std::optional<std::size_t> knee_of(const std::vector<LoadPoint>& points) {
  std::size_t best = 0;
  double most = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double power = points[i].throughput_per_s / points[i].mean_us;
    if (!(power > most)) continue;
    most = power;
    best = i;
  }
  if (best == 0 || best + 1 == points.size()) return std::nullopt;
  return best;
}

}  // namespace

std::vector<LoadCurve> load_curves(const RunResult& result) {
  std::vector<LoadCurve> curves;
  if (result.scenario.capacity) return curves;
  using ByRate = std::map<double, std::vector<const Trial*>>;
  std::map<std::pair<std::string, scenarios::Parameters>, ByRate> groups;
  for (const Trial& trial : result.trials) {
    const double rate = rate_of(trial);
    if (std::isnan(rate) || !trial.arm.empty()) continue;
    scenarios::Parameters others = trial.parameters;
    others.erase(std::string(scenarios::kRateKnob));
    std::vector<const Trial*>& at = groups[{trial.pool, std::move(others)}][rate];
    if (trial.sound && !trial.interrupted) at.push_back(&trial);
  }
  for (auto& [who, by_rate] : groups) {
    if (by_rate.size() < kLeastLoads) continue;
    LoadCurve& curve = curves.emplace_back();
    curve.pool = who.first;
    curve.parameters = who.second;
    for (const auto& [rate, trials] : by_rate) curve.points.push_back(point_of(rate, trials));
    curve.knee = knee_of(curve.points);
  }
  const auto place = [&result](const LoadCurve& curve) {
    const auto& pools = result.scenario.pools;
    return std::find(pools.begin(), pools.end(), curve.pool) - pools.begin();
  };
  std::stable_sort(curves.begin(), curves.end(), [&place](const LoadCurve& a, const LoadCurve& b) {
    return place(a) < place(b);
  });
  return curves;
}

}  // namespace results
