// Numbers as people read them: three significant digits with a unit for values, and tick labels
// with just the digits their step needs. Pure functions.
#pragma once

#include <string>

namespace lab::gui::plot {

/// What a number is. Nines: -log10(1 - p), the percentile axis' own coordinate (2 is p99).
enum class Unit { Plain, Nanoseconds, Seconds, PerSecond, Percent, Nines };

/// "326 µs", "69.7 k/s", "p99.9"; an en dash for what is not finite.
std::string format_value(Unit unit, double value);

/// A tick's label; `step` is the distance to the next tick (0 when ticks are not equally spaced).
std::string format_tick(Unit unit, double value, double step);

/// A time on the axis: "57.14 s", "12:07.5".
std::string format_time(double seconds);

/// Against a baseline: "-69%", "2.3×", "±0%"; empty when there is nothing to compare with.
std::string format_change(double value, double baseline);

/// Percentile in [0, 1) to the percentile axis' coordinate and back.
double nines(double fraction);
double fraction_of_nines(double nines);

}  // namespace lab::gui::plot
