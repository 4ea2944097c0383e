#include "lab/gui/plot/range_fit.h"

#include <algorithm>
#include <cmath>

#include "lab/gui/plot/plot.h"

namespace lab::gui::plot {

namespace {

constexpr double kEasePerSecond = 10;
constexpr double kSettled = 1e-3;  // of the range: closer than any pixel
constexpr double kHeadroom = 1.06;
constexpr double kLeastDecades = 1.08;  // of a logarithmic axis: a label or two must fit

double round_up(double value) {
  const double decade = std::pow(10.0, std::floor(std::log10(value)));
  for (const double m : {1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0}) {
    if (m * decade >= value * (1 - 1e-9)) return m * decade;
  }
  return 10 * decade;
}

}  // namespace

void RangeFit::include(double value) {
  if (!std::isfinite(value) || (logarithmic_ && value <= 0)) return;
  seen_low_ = std::min(seen_low_, value);
  seen_high_ = std::max(seen_high_, value);
}

bool RangeFit::moving() const {
  return moving_ ||
         (seen_high_ >= seen_low_ && (seen_low_ != fitted_low_ || seen_high_ != fitted_high_));
}

RangeFit::Limits RangeFit::target(const PlotOptions& options) const {
  const bool seen = fitted_high_ >= fitted_low_;
  Limits t{0, 1};
  if (logarithmic_) {
    const double least = seen ? fitted_low_ : 1e3;
    const double most = seen ? fitted_high_ : 1e6;
    t = {std::floor(std::log10(least) * 3) / 3, std::ceil(std::log10(most) * 3 + 0.3) / 3};
    t.high = std::max(t.high, t.low + kLeastDecades);
    if (!std::isnan(options.low)) t.low = std::log10(options.low);
    if (!std::isnan(options.high)) t.high = std::log10(options.high);
  } else {
    const double least = seen ? fitted_low_ : 0;
    const double most = seen ? fitted_high_ : 1;
    if (options.whole_numbers && !options.from_zero) {
      t = {std::max(0.0, std::floor(least) - 1), std::ceil(most) + 1};
    } else if (options.from_zero) {
      t.high = most > 0 ? round_up(most * kHeadroom) : 1;
      t.low = least < 0 ? -round_up(-least * kHeadroom) : 0;
      if (options.whole_numbers) t.high = std::max(t.high, 4.0);
    } else {
      const double step = round_up(std::max((most - least) / 4, std::abs(most) * 1e-3 + 1e-9));
      t = {std::floor((least - step * 0.2) / step) * step,
           std::ceil((most + step * 0.2) / step) * step};
    }
    if (!std::isnan(options.low)) t.low = options.low;
    if (!std::isnan(options.high)) t.high = options.high;
  }
  if (!(t.high > t.low)) t.high = t.low + 1;
  return t;
}

void RangeFit::update(const PlotOptions& options, double seconds_passed) {
  const bool logarithmic = options.scale == Scale::Log;
  if (logarithmic != logarithmic_) *this = RangeFit{};  // neither the range nor what was seen fits
  logarithmic_ = logarithmic;
  const bool seen = seen_high_ >= seen_low_;
  fitted_low_ = seen_low_;
  fitted_high_ = seen_high_;
  seen_low_ = std::numeric_limits<double>::infinity();
  seen_high_ = -std::numeric_limits<double>::infinity();

  const Limits t = target(options);
  const double part = settled_once_ ? std::min(1.0, seconds_passed * kEasePerSecond) : 1.0;
  settled_once_ = settled_once_ || seen;
  low_ += (t.low - low_) * part;
  high_ += (t.high - high_) * part;
  const double near = (t.high - t.low) * kSettled;
  if (std::abs(low_ - t.low) < near) low_ = t.low;
  if (std::abs(high_ - t.high) < near) high_ = t.high;
  moving_ = low_ != t.low || high_ != t.high;
}

}  // namespace lab::gui::plot
