#include "lab/cli/quantity.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace lab::cli {
namespace {

/// Decimals that give a value of this size three digits.
int decimals_for(double value) {
  if (!(value > 0)) return 0;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(value))), 0, 2);
}

std::vector<double> positive(const std::vector<double>& values) {
  std::vector<double> kept;
  for (const double value : values) {
    if (std::isfinite(value) && value > 0) kept.push_back(value);
  }
  return kept;
}

double typical(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return values.empty() ? 0 : std::exp(sum / static_cast<double>(values.size()));
}

int shared_decimals(const std::vector<double>& values, double divisor) {
  if (values.empty()) return 0;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const int wanted = decimals_for(*low / divisor);
  // "12,000.00" for the sake of a small neighbour is more ink than information.
  return *high / divisor >= 1000 ? std::min(wanted, 1) : wanted;
}

}  // namespace

std::string grouped(double number, int decimals) {
  std::string text = fmt::format("{:.{}f}", number, decimals);
  const std::size_t start = text[0] == '-' ? 1 : 0;
  std::size_t at = std::min(text.find('.'), text.size());
  while (at > start + 3) text.insert(at -= 3, 1, ',');
  return text;
}

std::string grouped(std::uint64_t number) { return grouped(static_cast<double>(number), 0); }

std::string Scale::text(double value) const {
  return std::isfinite(value) ? grouped(value / divisor, decimals) : "-";
}

Scale duration_scale(const std::vector<double>& micros, const TextStyle& style) {
  const std::vector<double> values = positive(micros);
  const double size = typical(values);
  Scale scale;
  scale.unit = style.symbol("µs", "us");
  if (size >= 999'500) {
    scale.divisor = 1e6;
    scale.unit = "s";
  } else if (size >= 999.5) {
    scale.divisor = 1e3;
    scale.unit = "ms";
  }
  // A column's smallest must not vanish behind the others' unit.
  if (scale.divisor > 1 && *std::min_element(values.begin(), values.end()) < 0.1 * scale.divisor) {
    scale.unit = scale.divisor > 1e3 ? "ms" : std::string(style.symbol("µs", "us"));
    scale.divisor /= 1e3;
  }
  scale.decimals = shared_decimals(values, scale.divisor);
  return scale;
}

Scale number_scale(const std::vector<double>& values) {
  const std::vector<double> kept = positive(values);
  Scale scale;
  scale.decimals = shared_decimals(kept, 1);
  return scale;
}

std::string duration_text(double micros, const TextStyle& style) {
  if (!std::isfinite(micros)) return "-";
  const Scale scale = duration_scale({micros}, style);
  return scale.text(micros) + " " + scale.unit;
}

std::string value_text(double value, std::string_view unit, const TextStyle& style) {
  if (!std::isfinite(value)) return "-";
  if (unit == "us") return duration_text(value, style);
  const bool whole = value == std::floor(value) && std::fabs(value) < 1e15;
  const std::string number = grouped(value, whole ? 0 : decimals_for(std::fabs(value)));
  return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 1000000) return fmt::format("{} KB", (bytes + 500) / 1000);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace lab::cli
