// Series and curves: polylines while samples are sparse, exact column extremes where they are
// dense.
#include <algorithm>
#include <cmath>

#include "lab/gui/plot/plot_frame.h"

namespace lab::gui::plot {

namespace {

constexpr double kDense = 1.2;    // samples a pixel from which columns are drawn
constexpr float kHoverReach = 3;  // pixels past the first or last sample still count as over it
constexpr std::size_t kCurveMarkers = 6;

struct IndexRange {
  std::uint64_t begin, end;
};

// The visible samples and one neighbour on either side, so that lines run to the edges.
IndexRange visible(const Series& series, double low, double high) {
  IndexRange r{};
  r.begin = series.lower_bound(low);
  r.end = series.lower_bound(high, r.begin);
  if (r.begin > series.first()) --r.begin;
  if (r.end < series.last()) ++r.end;
  return r;
}

std::uint64_t nearest(const Series& series, double t) {
  const std::uint64_t after = series.lower_bound(t);
  if (after == series.last()) return after - 1;
  if (after == series.first()) return after;
  return series.time(after) - t < t - series.time(after - 1) ? after : after - 1;
}

void note_hover(PlotFrame& f, std::string_view name, const Series& series, const LineStyle& style,
                bool holds) {
  if (!f.cross || !style.in_tooltip) return;
  const double t = *f.cross;
  const double reach = static_cast<double>(kHoverReach) * f.x_per_pixel();
  const double data_end = f.axis != nullptr ? f.axis->data().end : series.latest_time();
  const double end = holds ? std::max(series.latest_time(), data_end) : series.latest_time();
  if (t < series.time(series.first()) - reach || t > end + reach) return;
  const double value =
      static_cast<double>(holds ? series.value_at(t) : series.value(nearest(series, t)));
  if (!std::isnan(value))
    f.rows.push_back({std::string(name), style.color, style.marker, value, {}});
}

void flush(PlotFrame& f, const LineStyle& style) {
  if (f.points.size() == 1) {
    // A lone sample between gaps would be invisible as a line.
    f.draw->AddCircleFilled(f.points[0], style.width * f.scale, style.color, 8);
  }
  draw_polyline(*f.draw, f.points, style.color, style.width * f.scale);
  f.points.clear();
}

void draw_sparse_line(PlotFrame& f, const Series& series, IndexRange r, const LineStyle& style) {
  f.points.clear();
  for (std::uint64_t i = r.begin; i < r.end; ++i) {
    const double value = static_cast<double>(series.value(i));
    if (f.drawable(value)) {
      f.points.push_back({f.x_of(series.time(i)), f.y_of(value)});
    } else {
      flush(f, style);
    }
  }
  flush(f, style);
}

// Whole-pixel rectangles: steps are crisp, and nothing is blended twice at the corners.
void draw_sparse_steps(PlotFrame& f, const Series& series, IndexRange r, const LineStyle& style) {
  const float w = std::max(1.0f, std::round(style.width * f.scale));
  const float shift = style.offset * f.scale;
  const double data_end = f.axis != nullptr ? f.axis->data().end : series.latest_time();
  float last_y = 0;
  bool joined = false;
  for (std::uint64_t i = r.begin; i < r.end; ++i) {
    const double value = static_cast<double>(series.value(i));
    if (!f.drawable(value)) {
      joined = false;
      continue;
    }
    const bool newest = i + 1 == series.last();
    const double until =
        std::min(f.x_high, newest ? std::max(data_end, series.time(i)) : series.time(i + 1));
    const float x0 = std::max(std::floor(f.x_of(series.time(i))), f.min.x - w);
    const float x1 = std::floor(f.x_of(until));
    const float y = std::floor(f.y_of(value) + shift - w * 0.5f);
    if (joined && y != last_y) {
      f.draw->AddRectFilled({x0, std::min(y, last_y)}, {x0 + w, std::max(y, last_y) + w},
                            style.color);
    }
    const float from = joined && y != last_y ? x0 + w : x0;
    // A level held for less than a pixel is still seen as the riser.
    if (x1 > from) f.draw->AddRectFilled({from, y}, {x1, y + w}, style.color);
    last_y = y;
    joined = true;
  }
}

void draw_dense(PlotFrame& f, const Series& series, const LineStyle& style) {
  ColumnCache& cache = (*f.columns)[series.identity()];
  const double asked = f.x_per_pixel();
  const auto first = static_cast<std::int64_t>(std::floor(f.x_low / asked));
  const auto end = static_cast<std::int64_t>(std::floor(f.x_high / asked)) + 1;
  cache.update(series, asked, first, end);

  const double seconds = cache.column_seconds();
  const double half = static_cast<double>(style.width * f.scale) * 0.5 - 0.5;  // plus the fringe
  const float shift = style.offset * f.scale;
  Extremes all;
  float last_top = 0;
  float last_bottom = 0;
  bool joined = false;
  f.strip.clear();
  const auto finish = [&] {
    draw_strip(*f.draw, f.strip, style.color);
    f.strip.clear();
    joined = false;
  };
  for (std::int64_t k = first; k < end; ++k) {
    const Extremes& column = cache.column(k);
    if (column.empty()) continue;
    all.add(column);
    if (f.logarithmic() && column.high <= 0) {
      finish();
      continue;
    }
    const float top = f.y_of(static_cast<double>(column.high)) + shift;
    const float bottom =
        column.low == column.high ? top : f.y_of(static_cast<double>(column.low)) + shift;
    // Reach to where the last column ended, or a steep line falls apart into dashes.
    float t = joined ? std::min(top, last_bottom) : top;
    float b = joined ? std::max(bottom, last_top) : bottom;
    last_top = top;
    last_bottom = bottom;
    joined = true;
    t -= static_cast<float>(half);
    b += static_cast<float>(half);
    if (b - t < 1) {
      const float middle = 0.5f * (t + b);
      t = middle - 0.5f;
      b = middle + 0.5f;
    }
    f.strip.push_back({f.x_of((static_cast<double>(k) + 0.5) * seconds), t, b});
  }
  finish();
  f.fit->include(static_cast<double>(all.low));
  f.fit->include(static_cast<double>(all.high));
}

void draw_series(PlotFrame& f, std::string_view name, const Series& series, const LineStyle& style,
                 bool holds) {
  if (series.empty()) return;
  note_hover(f, name, series, style, holds);
  const IndexRange r = visible(series, f.x_low, f.x_high);
  if (r.begin >= r.end) return;
  if (static_cast<double>(r.end - r.begin) / static_cast<double>(f.width()) >= kDense) {
    draw_dense(f, series, style);
    return;
  }
  if (f.logarithmic()) {
    for (std::uint64_t i = r.begin; i < r.end; ++i) {
      f.fit->include(static_cast<double>(series.value(i)));  // skips what a logarithm cannot show
    }
  } else {
    const Extremes all = series.extremes(r.begin, r.end);
    f.fit->include(static_cast<double>(all.low));
    f.fit->include(static_cast<double>(all.high));
  }
  if (holds) {
    draw_sparse_steps(f, series, r, style);
  } else {
    draw_sparse_line(f, series, r, style);
  }
}

}  // namespace

void Plot::line(std::string_view name, const Series& series, const LineStyle& style) {
  LineStyle flat = style;
  flat.offset = 0;  // only steps may leave their true height
  if (frame_ != nullptr) draw_series(*frame_, name, series, flat, false);
}

void Plot::steps(std::string_view name, const Series& series, const LineStyle& style) {
  if (frame_ != nullptr) draw_series(*frame_, name, series, style, true);
}

void Plot::curve(std::string_view name, std::span<const double> xs, std::span<const double> ys,
                 const LineStyle& style) {
  if (frame_ == nullptr || xs.empty() || xs.size() != ys.size()) return;
  PlotFrame& f = *frame_;
  f.points.clear();
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!f.drawable(ys[i])) continue;
    if (xs[i] >= f.x_low && xs[i] <= f.x_high) f.fit->include(ys[i]);
    f.points.push_back({f.x_of(xs[i]), f.y_of(ys[i])});
  }
  draw_polyline(*f.draw, f.points, style.color, style.width * f.scale);
  // At equal distances in x, so that the markers of several curves stand in rows.
  if (style.marker != MarkerShape::None && !f.points.empty()) {
    for (std::size_t k = 0; k < kCurveMarkers; ++k) {
      const float x = f.min.x + f.width() * (static_cast<float>(k) + 0.5f) / kCurveMarkers;
      const auto at = std::lower_bound(f.points.begin(), f.points.end(), x,
                                       [](const ImVec2& p, float v) { return p.x < v; });
      if (at != f.points.end())
        draw_marker(*f.draw, *at, 3.2f * f.scale, style.marker, style.color);
    }
  }
  if (f.cross && style.in_tooltip) {
    const auto at = std::lower_bound(xs.begin(), xs.end(), *f.cross);
    if (at == xs.end()) return;
    const double value = ys[static_cast<std::size_t>(at - xs.begin())];
    if (!std::isnan(value))
      f.rows.push_back({std::string(name), style.color, style.marker, value, {}});
  }
}

void Plot::lane(int lane, const Series& states, std::span<const ImU32> colors) {
  if (frame_ == nullptr || states.empty() || colors.empty()) return;
  const PlotFrame& f = *frame_;
  const float high = f.lane_height();
  const float bottom = f.max.y - high * static_cast<float>(lane) - 1;
  const float top = f.max.y - high * static_cast<float>(lane + 1) + 1;
  const double fold = 2 * f.x_per_pixel();  // states too short to see are drawn as their first
  const double data_end = f.axis != nullptr ? f.axis->data().end : states.latest_time();
  const IndexRange r = visible(states, f.x_low, f.x_high);
  for (std::uint64_t i = r.begin; i < r.end;) {
    const float value = states.value(i);
    std::uint64_t j = i + 1;
    while (j < r.end && (states.value(j) == value || states.time(j) - states.time(i) < fold)) ++j;
    const double until = j < states.last() ? states.time(j) : std::max(data_end, states.time(i));
    const auto last = static_cast<float>(colors.size() - 1);
    const auto state =
        static_cast<std::size_t>(std::clamp(std::isnan(value) ? 0 : value, 0.0f, last));
    if ((colors[state] & IM_COL32_A_MASK) != 0) {
      f.draw->AddRectFilled({std::floor(f.x_of(std::max(states.time(i), f.x_low))), top},
                            {std::floor(f.x_of(std::min(until, f.x_high))), bottom}, colors[state]);
    }
    i = j;
  }
}

}  // namespace lab::gui::plot
