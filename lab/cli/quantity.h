// Numbers for people: one unit and one number of decimals per column, so that a column of figures
// can be compared at a glance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/cli/text_style.h"

namespace lab::cli {

/// 1234567 -> "1,234,567".
std::string grouped(std::uint64_t number);
std::string grouped(double number, int decimals);

/// How a set of values is shown together.
struct Scale {
  double divisor = 1;
  int decimals = 0;
  std::string unit;
  std::string text(double value) const;  ///< without the unit; "-" for NAN
};

/// For durations in microseconds: us, ms or s after their typical size.
Scale duration_scale(const std::vector<double>& micros, const TextStyle& style);
/// For plain numbers: decimals after their size, no unit.
Scale number_scale(const std::vector<double>& values);

/// A single duration with its unit: "1.84 ms".
std::string duration_text(double micros, const TextStyle& style);
/// A single value of a gate metric in that metric's unit ("us" durations are scaled).
std::string value_text(double value, std::string_view unit, const TextStyle& style);
/// "214 KB"
std::string size_text(std::uint64_t bytes);

}  // namespace lab::cli
