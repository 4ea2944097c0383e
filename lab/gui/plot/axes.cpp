// The frame around the data: grid and labels below it, selection, crosshair and border on top.
#include <cmath>

#include "lab/gui/plot/plot_frame.h"

namespace lab::gui::plot {

namespace {

constexpr float kYGap = 26;       // logical pixels between labels,
constexpr float kLeastYGap = 17;  // or fewer where a low plot would show but one
constexpr float kTimeGap = 78;
constexpr float kPercentileGap = 34;

// One-pixel rectangles: on a software renderer far cheaper than antialiased lines.
void rule_across(ImDrawList& draw, float x0, float x1, float y, ImU32 color) {
  draw.AddRectFilled({x0, y}, {x1, y + 1}, color);
}

void rule_down(ImDrawList& draw, float x, float y0, float y1, ImU32 color) {
  draw.AddRectFilled({x, y0}, {x + 1, y1}, color);
}

}  // namespace

void PlotFrame::draw_y_axis() {
  ImFont* mono = fonts->mono;
  const auto label_at = [&](float y, const std::string& words) {
    const ImVec2 size = text_size(mono, words);
    const float top = std::clamp(y - size.y * 0.5f, outer_min.y, max.y - size.y * 0.6f);
    text(mono, {min.x - 7 * scale - size.x, top}, theme->axis_text, words);
  };
  if (options.lanes > 0) {
    const float lane = lane_height();
    const int every = std::max(1, static_cast<int>(std::ceil(mono->FontSize / lane)));
    for (int i = 0; i < options.lanes && options.y_labels; i += every) {
      if (max.y - lane * static_cast<float>(i + 1) < min.y - 1) break;
      label_at(max.y - lane * (static_cast<float>(i) + 0.5f), std::to_string(i));
    }
    return;
  }
  const bool log = logarithmic();
  const double low = log ? std::pow(10.0, y_low) : y_low;
  const double high = log ? std::pow(10.0, y_high) : y_high;
  const float gap = std::clamp(height() * 0.5f, kLeastYGap * scale, kYGap * scale);
  make_ticks(options.scale, options.unit, low, high, height(), gap, ticks);
  if (options.whole_numbers) {
    std::erase_if(ticks.major, [](double v) { return std::abs(v - std::round(v)) > 1e-6; });
  }
  // What is left of steps of 2.5 are whole numbers still.
  const double step = options.whole_numbers ? std::ceil(ticks.step) : ticks.step;
  if (log) {
    for (const double v : ticks.minor) {
      rule_across(*draw, min.x, max.x, std::floor(y_of(v)), theme->grid_minor);
    }
  }
  for (const double v : ticks.major) {
    const float y = std::floor(y_of(v));
    if (y < min.y - 1 || y > max.y + 1) continue;
    rule_across(*draw, min.x, max.x, y, theme->grid);
    if (options.y_labels) label_at(y, format_tick(options.unit, v, step));
  }
}

void PlotFrame::draw_x_axis() {
  ImFont* mono = fonts->mono;
  const Scale x_scale = axis != nullptr ? Scale::Linear : options.x_scale;
  const Unit x_unit = axis != nullptr ? Unit::Seconds : options.x_unit;
  const float gap = x_scale == Scale::Nines ? kPercentileGap : kTimeGap;
  make_ticks(x_scale, x_unit, x_low, x_high, width(), gap * scale, ticks);
  const Badge badge = time_badge();
  float free_from = outer_min.x;
  for (const double v : ticks.major) {
    const float x = std::floor(x_of(v));
    if (x > min.x && x < max.x - 1) rule_down(*draw, x, min.y, max.y, theme->grid);
    if (!options.x_labels) continue;
    const std::string words = format_tick(x_unit, v, ticks.step);
    const float wide = text_size(mono, words).x;
    const float left = std::min(x - wide * 0.5f, outer_max.x - wide);
    if (left < free_from) continue;  // the last label was pushed left onto its neighbour
    free_from = left + wide + 6 * scale;
    if (left < badge.right && left + wide > badge.left) continue;
    text(mono, {left, max.y + 5 * scale}, theme->axis_text, words);
  }
}

// The hovered time, written over the axis that has labels.
PlotFrame::Badge PlotFrame::time_badge() const {
  Badge badge;
  if (!cross || axis == nullptr || !options.x_labels || *cross < x_low || *cross > x_high) {
    return badge;
  }
  badge.words = format_time(*cross);
  const float half = text_size(fonts->mono, badge.words).x * 0.5f + 5 * scale;
  const float middle = std::clamp(x_of(*cross), outer_min.x + half, outer_max.x - half);
  badge.left = std::floor(middle - half);
  badge.right = std::floor(middle + half);
  return badge;
}

void PlotFrame::draw_overlay() {
  for (const Label& label : labels) draw_label(label);
  if (axis != nullptr && axis->selection()) {
    const float a = std::floor(x_of(axis->selection()->begin));
    const float b = std::floor(x_of(axis->selection()->end));
    // Where there is nothing else to see it would only dull the colours.
    if (a > min.x + 1 || b < max.x - 1) {
      draw->AddRectFilled({a, min.y}, {b, max.y}, with_alpha(theme->accent, 0.16f));
    }
    rule_down(*draw, a, min.y, max.y, theme->accent);
    rule_down(*draw, b, min.y, max.y, theme->accent);
  }
  const bool crossed = cross && *cross >= x_low && *cross <= x_high;
  const float x = crossed ? std::floor(x_of(*cross)) : 0;
  if (crossed) {
    rule_down(*draw, x, min.y, max.y, theme->crosshair);
    for (const TooltipRow& row : rows) {
      if (row.marker == MarkerShape::None || !drawable(row.value)) continue;
      const ImVec2 at(x + 0.5f, y_of(row.value));
      // A rim of the panel's colour keeps the marker apart from the line it sits on.
      draw_marker(*draw, at, 4.6f * scale, MarkerShape::Circle, theme->panel);
      draw_marker(*draw, at, 3.4f * scale, row.marker, row.color);
    }
  }
  draw->PopClipRect();
  draw->AddRect(min, {max.x + 1, max.y + 1}, theme->line, 3 * scale);
  const Badge badge = time_badge();
  if (!badge.words.empty()) {
    const float top = max.y + 3 * scale;
    draw->AddRectFilled({badge.left, top}, {badge.right, top + fonts->mono->FontSize + 4 * scale},
                        theme->active, 3 * scale);
    text(fonts->mono, {badge.left + 5 * scale, top + 2 * scale}, theme->text, badge.words);
  }
}

}  // namespace lab::gui::plot
