#include "lab/gui/plot/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lab::gui::plot {

namespace {

constexpr float kMinorGap = 8;    // pixels between minors, else none
constexpr float kDecadeGap = 40;  // pixels a decade needs for its 2..9
constexpr double kTolerance = 1e-9;

double plain_step(double raw) {
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double m : {1.0, 2.0, 2.5, 5.0}) {
    if (m * decade >= raw * (1 - kTolerance)) return m * decade;
  }
  return 10 * decade;
}

double clock_step(double raw) {
  constexpr std::array<double, 17> kRow{1,   2,   5,    10,   15,   30,    60,    120,  300,
                                        600, 900, 1800, 3600, 7200, 10800, 21600, 43200};
  for (const double step : kRow) {
    if (step >= raw * (1 - kTolerance)) return step;
  }
  return std::ceil(raw / 86400) * 86400;
}

// How many parts a step falls into so that each part is a round number again.
int parts_of(Unit unit, double step) {
  if (unit == Unit::Seconds && step >= 10) {
    const int seconds = static_cast<int>(std::lround(step));
    if (seconds % 60 == 0) return seconds == 60 ? 6 : 5;
    return seconds == 15 ? 3 : seconds == 30 ? 6 : 5;
  }
  const double mantissa = step / std::pow(10.0, std::floor(std::log10(step) + kTolerance));
  return mantissa < 1.5 || mantissa > 2.2 ? 5 : 4;
}

void linear(Unit unit, double low, double high, float pixels, float min_gap, Ticks& out) {
  const double per_pixel = (high - low) / static_cast<double>(pixels);
  const double step = nice_step(unit, per_pixel * static_cast<double>(min_gap));
  out.step = step;
  // Multiples, not a running sum: a sum drifts.
  const double first = std::ceil(low / step - kTolerance);
  const double last = std::floor(high / step + kTolerance);
  for (double k = first; k <= last; ++k) out.major.push_back(k * step + 0.0);  // no -0
  const int parts = parts_of(unit, step);
  const double part = step / parts;
  if (part / per_pixel < kMinorGap) return;
  const double begin = std::ceil(low / part - kTolerance);
  const double end = std::floor(high / part + kTolerance);
  for (double k = begin; k <= end; ++k) {
    if (std::fmod(std::abs(k), parts) != 0) out.minor.push_back(k * part);
  }
}

void logarithmic(Unit unit, double low, double high, float pixels, float min_gap, Ticks& out) {
  if (low <= 0) return;
  const double a = std::log10(low);
  const double b = std::log10(high);
  const double decade = static_cast<double>(pixels) / (b - a);
  const int every = std::max(1, static_cast<int>(std::ceil(static_cast<double>(min_gap) / decade)));
  const int first = static_cast<int>(std::floor(a + kTolerance));
  const int last = static_cast<int>(std::floor(b + kTolerance));
  const auto inside = [&](double v) {
    return v >= low * (1 - kTolerance) && v <= high * (1 + kTolerance);
  };
  for (int e = first; e <= last; ++e) {
    const double power = std::pow(10.0, e);
    if (inside(power)) (e % every == 0 ? out.major : out.minor).push_back(power);
    if (decade < kDecadeGap) continue;
    for (int k = 2; k < 10; ++k) {
      if (inside(k * power)) out.minor.push_back(k * power);
    }
  }
  if (out.major.size() >= 2) return;
  // Few decades in sight: label 1-2-5 where there is room for that, else powers from the first on;
  // if that is less than two, as on a linear axis.
  out.major.clear();
  const bool roomy = decade * std::log10(2.0) >= static_cast<double>(min_gap);
  int powers = 0;
  for (int e = first; e <= last; ++e) {
    const double power = std::pow(10.0, e);
    if (roomy) {
      for (const double k : {1.0, 2.0, 5.0}) {
        if (inside(k * power)) out.major.push_back(k * power);
      }
    } else if (inside(power) && powers++ % every == 0) {
      out.major.push_back(power);
    }
  }
  std::erase_if(out.minor, [&](double v) {
    return std::any_of(out.major.begin(), out.major.end(),
                       [v](double m) { return std::abs(m - v) < v * kTolerance; });
  });
  if (out.major.size() < 2) {
    out.major.clear();
    out.minor.clear();
    linear(unit, low, high, pixels, min_gap, out);
    // Equal steps crowd towards the upper end here.
    double taken = -INFINITY;
    std::erase_if(out.major, [&](double v) {
      const double at = decade * std::log10(v);
      if (at - taken < static_cast<double>(min_gap)) return true;
      taken = at;
      return false;
    });
  }
}

void percentiles(double low, double high, float pixels, float min_gap, Ticks& out) {
  // In order of importance: one that would touch an earlier one's label becomes a minor.
  constexpr std::array<double, 14> kFractions{0,       0.9,      0.99,      0.999, 0.9999,
                                              0.99999, 0.999999, 0.9999999, 0.5,   0.95,
                                              0.995,   0.9995,   0.99995,   0.75};
  const double per_unit = static_cast<double>(pixels) / (high - low);
  for (const double fraction : kFractions) {
    const double at = nines(fraction);
    if (at < low - kTolerance || at > high + kTolerance) continue;
    const bool clash = std::any_of(out.major.begin(), out.major.end(), [&](double other) {
      // "p99.95" is half as wide again as "p95".
      const double gap = static_cast<double>(min_gap) * (std::max(at, other) > 2.5 ? 1.4 : 1.0);
      return std::abs(other - at) * per_unit < gap;
    });
    (clash ? out.minor : out.major).push_back(at);
  }
  std::sort(out.major.begin(), out.major.end());
  std::sort(out.minor.begin(), out.minor.end());
}

}  // namespace

double nice_step(Unit unit, double raw) {
  return unit == Unit::Seconds && raw > 0.5 ? clock_step(raw) : plain_step(raw);
}

void make_ticks(Scale scale, Unit unit, double low, double high, float pixels, float min_gap,
                Ticks& out) {
  out.major.clear();
  out.minor.clear();
  out.step = 0;
  if (!(high > low) || !(pixels >= 4)) return;
  switch (scale) {
    case Scale::Linear:
      linear(unit, low, high, pixels, min_gap, out);
      break;
    case Scale::Log:
      logarithmic(unit, low, high, pixels, min_gap, out);
      break;
    case Scale::Nines:
      percentiles(low, high, pixels, min_gap, out);
      break;
  }
}

}  // namespace lab::gui::plot
