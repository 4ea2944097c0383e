// Where an axis puts its ticks: 1-2-2.5-5 for numbers, 1-2-5-10-15-30-60 s for time, decades with
// minors for logarithms, decades first and then p50 and p95 for percentiles. Pure functions.
#pragma once

#include <vector>

#include "lab/gui/plot/format.h"

namespace lab::gui::plot {

enum class Scale { Linear, Log, Nines };

struct Ticks {
  std::vector<double> major;  // ascending; labelled
  std::vector<double> minor;  // unlabelled
  double step = 0;            // between majors, 0 when they are not equally spaced
};

/// Ticks in [low, high] when the axis is `pixels` long and labels must be `min_gap` pixels apart.
/// Reuses out's memory.
void make_ticks(Scale scale, Unit unit, double low, double high, float pixels, float min_gap,
                Ticks& out);

/// The least step of the 1-2-2.5-5 row (for time: of the clock's row) that is >= raw.
double nice_step(Unit unit, double raw);

}  // namespace lab::gui::plot
