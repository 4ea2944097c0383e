// Whether a figure has settled: its trend over a window, by least squares. Pure functions.
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "results/timeline.h"
#include "scenarios/scenario.h"

namespace results {

/// A straight line through the figure over a window.
struct Trend {
  double change_pct = 0;  ///< of the line over the window, as a share of the mean
  double error_pct = 0;   ///< its standard error, from how far the points lie off the line
  /// No more than `limit_pct` up or down, with what chance makes of a level line (two standard
  /// errors) allowed for.
  bool within(double limit_pct) const noexcept;
};

/// Of the points in the last `window` before `now_s`; nothing while they do not fill it, or where
/// the figure is 0 throughout. Points without the figure are passed over.
std::optional<Trend> trend_of(const PoolTimeline& timeline, const std::string& metric,
                              double window_s, double now_s);

/// What became of a trial's wait for it.
struct SteadyReport {
  bool asked = false;
  bool attained = false;
  double after_s = 0;     ///< from the start of the warm-up
  double cut_s = 0;       ///< of the longest warm-up left out
  double change_pct = 0;  ///< of the last trend; NAN: there was none
};

/// Follows a trial point by point. Not thread-safe.
class SteadyWatch {
 public:
  /// Looks from `least_s` on, for as long as the plan says.
  SteadyWatch(const scenarios::SteadyState& plan, double least_s)
      : plan_(plan), least_s_(least_s) {}

  /// After each new point; true once, when the figure has settled.
  bool settled(const PoolTimeline& timeline);
  const SteadyReport& report() const noexcept { return report_; }

 private:
  const scenarios::SteadyState plan_;
  const double least_s_;
  SteadyReport report_{.asked = true, .change_pct = NAN};
};

}  // namespace results
