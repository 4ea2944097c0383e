#include "lab/gui/plot/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace lab::gui::plot {

namespace {

constexpr std::string_view kNothing = "\u2013";

struct Prefix {
  double factor;
  std::string_view value_suffix, tick_suffix;
};
constexpr std::array<Prefix, 4> kTimes{
    {{1, " ns", " ns"}, {1e3, " \u00b5s", " \u00b5s"}, {1e6, " ms", " ms"}, {1e9, " s", " s"}}};
constexpr std::array<Prefix, 4> kCounts{
    {{1, "", ""}, {1e3, " k", "k"}, {1e6, " M", "M"}, {1e9, " G", "G"}}};

// The largest prefix that leaves at least 1 once the number is rounded to three digits, so that
// nothing ever reads "1000 µs".
const Prefix& prefix_for(const std::array<Prefix, 4>& prefixes, double magnitude) {
  std::size_t i = prefixes.size() - 1;
  while (i > 0 && magnitude < prefixes[i].factor * 0.9995) --i;
  return prefixes[i];
}

int three_digits(double magnitude) { return magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2; }

int digits_of_step(double step) {
  return step >= 1 || step <= 0
             ? 0
             : std::min(9, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
}

// 2.5 needs a digit that 2 does not.
int digits_for(double value, double step) {
  int digits = digits_of_step(step);
  const double unit = std::pow(10.0, digits);
  const auto whole = [unit](double x) { return std::abs(x * unit - std::round(x * unit)) < 1e-6; };
  return whole(value) && (step <= 0 || whole(step)) ? digits : digits + 1;
}

std::string percentile(double at) {
  const int digits = std::max(0, static_cast<int>(std::ceil(at - 1e-9)) - 1);
  std::string text = fmt::format("p{:.{}f}", 100 * fraction_of_nines(at), digits);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string clock(double seconds, double step) {
  const int digits = digits_of_step(step);
  const double magnitude = std::abs(seconds);
  const auto minutes = static_cast<long>(magnitude / 60 + 1e-9);
  const double rest = std::max(0.0, magnitude - 60.0 * static_cast<double>(minutes));
  return fmt::format("{}{}:{:0{}.{}f}", seconds < 0 ? "-" : "", minutes, rest,
                     digits > 0 ? 3 + digits : 2, digits);
}

}  // namespace

double nines(double fraction) { return -std::log10(1 - fraction); }
double fraction_of_nines(double at) { return 1 - std::pow(10.0, -at); }

std::string format_value(Unit unit, double value) {
  if (!std::isfinite(value)) return std::string(kNothing);
  const double magnitude = std::abs(value);
  switch (unit) {
    case Unit::Nanoseconds: {
      const Prefix& prefix = prefix_for(kTimes, magnitude);
      const double shown = value / prefix.factor;
      const int digits = prefix.factor == 1 ? 0 : three_digits(std::abs(shown));
      return fmt::format("{:.{}f}{}", shown, digits, prefix.value_suffix);
    }
    case Unit::Seconds:
      return fmt::format("{:.2f} s", value);
    case Unit::Percent:
      return fmt::format("{:.1f} %", value);
    case Unit::Nines:
      return percentile(value);
    case Unit::Plain:
    case Unit::PerSecond: {
      // Counts are read to the last digit while they fit.
      const bool exact = magnitude < (unit == Unit::Plain ? 1e4 : 1e3);
      const Prefix& prefix = exact ? kCounts[0] : prefix_for(kCounts, magnitude);
      const double shown = value / prefix.factor;
      const bool whole = exact && value == std::round(value);
      const int digits = whole ? 0 : three_digits(std::abs(shown));
      if (unit == Unit::Plain) {
        return fmt::format("{:.{}f}{}", shown, digits, prefix.value_suffix);
      }
      return fmt::format("{:.{}f} {}/s", shown, digits, prefix.tick_suffix);
    }
  }
  return {};
}

std::string format_tick(Unit unit, double value, double step) {
  const double magnitude = std::abs(value);
  switch (unit) {
    case Unit::Nanoseconds:
    case Unit::Plain:
    case Unit::PerSecond: {
      if (value == 0) return "0";
      const auto& prefixes = unit == Unit::Nanoseconds ? kTimes : kCounts;
      // Four-digit counts stay whole: "1500", not "1.5k".
      const bool whole = unit == Unit::Plain && magnitude < 1e4;
      const Prefix& prefix = whole ? prefixes[0] : prefix_for(prefixes, magnitude);
      const double shown = value / prefix.factor;
      return fmt::format("{:.{}f}{}", shown, digits_for(shown, step / prefix.factor),
                         prefix.tick_suffix);
    }
    case Unit::Seconds:
      if (step >= 60 || magnitude >= 600) return clock(value, step);
      return fmt::format("{:.{}f} s", value, digits_for(value, step));
    case Unit::Percent:
      return fmt::format("{:.{}f}%", value, digits_for(value, step));
    case Unit::Nines:
      return percentile(value);
  }
  return {};
}

std::string format_time(double seconds) {
  return std::abs(seconds) < 600 ? fmt::format("{:.2f} s", seconds) : clock(seconds, 0.1);
}

std::string format_change(double value, double baseline) {
  if (!std::isfinite(value) || !std::isfinite(baseline) || baseline <= 0) return {};
  const double ratio = value / baseline;
  if (std::abs(ratio - 1) < 0.005) return "\u00b10%";
  if (ratio >= 99.5) return fmt::format("{:.0f}\u00d7", ratio);
  if (ratio >= 2) return fmt::format("{:.1f}\u00d7", ratio);
  return fmt::format("{:+.0f}%", (ratio - 1) * 100);
}

}  // namespace lab::gui::plot
