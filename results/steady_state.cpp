#include "results/steady_state.h"

#include <cmath>
#include <vector>

namespace results {
namespace {

double TimelinePoint::*field_of(const std::string& metric) {
  if (metric == "response_p50_us") return &TimelinePoint::p50_us;
  if (metric == "queue_depth") return &TimelinePoint::queue_depth;
  return &TimelinePoint::throughput_per_s;
}

}  // namespace

bool Trend::within(double limit_pct) const noexcept {
  constexpr double kErrors = 2;
  return std::abs(change_pct) <= limit_pct + kErrors * error_pct;
}

std::optional<Trend> trend_of(const PoolTimeline& timeline, const std::string& metric,
                              double window_s, double now_s) {
  double TimelinePoint::*const field = field_of(metric);
  const double from = now_s - window_s;
  if (from < 0) return std::nullopt;
  double n = 0;
  double sum_t = 0;
  double sum_y = 0;
  double sum_tt = 0;
  double sum_ty = 0;
  double sum_yy = 0;
  for (auto point = timeline.points.rbegin(); point != timeline.points.rend(); ++point) {
    if (point->t_s <= from) break;
    const double y = *point.*field;
    if (std::isnan(y) || point->t_s > now_s) continue;
    const double t = point->t_s - now_s;
    ++n;
    sum_t += t;
    sum_y += y;
    sum_tt += t * t;
    sum_ty += t * y;
    sum_yy += y * y;
  }
  constexpr double kFewest = 5;
  if (n < kFewest || sum_y == 0) return std::nullopt;
  const double spread = sum_tt - sum_t * sum_t / n;
  if (!(spread > 0)) return std::nullopt;
  const double slope = (sum_ty - sum_t * sum_y / n) / spread;
  const double off = sum_yy - sum_y * sum_y / n - slope * slope * spread;
  const double error = std::sqrt(std::max(off, 0.0) / (n - 2) / spread);
  const double to_pct = 100 * window_s / (sum_y / n);
  return Trend{slope * to_pct, error * to_pct};
}

bool SteadyWatch::settled(const PoolTimeline& timeline) {
  if (report_.attained || timeline.points.empty()) return false;
  const double now_s = timeline.points.back().t_s;
  if (now_s > least_s_ + plan_.max_wait.count()) return false;  // too late: it is over
  const auto trend = trend_of(timeline, plan_.metric, plan_.window.count(), now_s);
  if (!trend) return false;
  report_.change_pct = trend->change_pct;
  if (now_s < least_s_ || !trend->within(plan_.limit_pct)) return false;
  report_.attained = true;
  report_.after_s = now_s;
  return true;
}

}  // namespace results
