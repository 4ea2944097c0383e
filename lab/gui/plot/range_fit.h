// The y range of a plot that fits itself to what is drawn: round limits, so that it rests while the
// values move a little, and an eased way from one range to the next. It fits what the last frame
// drew. Works in the axis' own coordinate: log10 of the value on a logarithmic axis.
#pragma once

#include <limits>

namespace lab::gui::plot {

struct PlotOptions;

class RangeFit {
 public:
  /// Once a frame, before drawing: moves towards the fit of the values included since the last
  /// call.
  void update(const PlotOptions& options, double seconds_passed);

  /// A value that the plot shows. Not finite, or not positive on a logarithmic axis: ignored.
  void include(double value);

  double low() const { return low_; }
  double high() const { return high_; }
  /// Not there yet, or what was just included will not fit: another frame would differ.
  bool moving() const;

 private:
  struct Limits {
    double low, high;
  };
  Limits target(const PlotOptions& options) const;

  bool logarithmic_ = false;
  bool settled_once_ = false;  // the first fit is taken at once
  bool moving_ = true;
  double low_ = 0, high_ = 1;
  double seen_low_ = std::numeric_limits<double>::infinity();
  double seen_high_ = -std::numeric_limits<double>::infinity();
  double fitted_low_ = 0, fitted_high_ = 0;  // the extremes the last update() fitted
};

}  // namespace lab::gui::plot
