// What lies over or under the data: phases, marks, scaling events, limits.
#include <cmath>

#include "lab/gui/plot/plot_frame.h"

namespace lab::gui::plot {

namespace {

constexpr float kNoteReach = 6;  // logical pixels around an event that tell its note

void dashes_down(ImDrawList& draw, float x, float y0, float y1, float on, float off, ImU32 color) {
  for (float y = y0; y < y1; y += on + off) {
    draw.AddRectFilled({x, y}, {x + 1, std::min(y + on, y1)}, color);
  }
}

void dashes_across(ImDrawList& draw, float x0, float x1, float y, float on, float off,
                   ImU32 color) {
  for (float x = x0; x < x1; x += on + off) {
    draw.AddRectFilled({x, y}, {std::min(x + on, x1), y + 1}, color);
  }
}

}  // namespace

void Plot::band(TimeRange phase, ImU32 color, std::string_view label, bool tint) {
  if (frame_ == nullptr) return;
  const PlotFrame& f = *frame_;
  const float a = std::floor(f.x_of(phase.begin));
  const float b = std::floor(f.x_of(phase.end));
  if (b < f.min.x || a > f.max.x) return;
  if (tint) f.draw->AddRectFilled({a, f.min.y}, {b, f.max.y}, with_alpha(color, 0.09f));
  if (a > f.min.x) f.draw->AddRectFilled({a, f.min.y}, {a + 1, f.max.y}, with_alpha(color, 0.5f));
  if (label.empty()) return;
  const float left = std::max(a, f.min.x) + 5 * f.scale;
  const float wide = f.text_size(f.fonts->small, label).x;
  if (std::min(b, f.max.x) - left < wide + 4 * f.scale) return;
  f.text(f.fonts->small, {left, f.min.y + 2 * f.scale}, color, label);
}

void Plot::mark(double t, ImU32 color, std::string_view label) {
  if (frame_ == nullptr) return;
  PlotFrame& f = *frame_;
  const float x = std::floor(f.x_of(t));
  if (x < f.min.x || x > f.max.x) return;
  dashes_down(*f.draw, x, f.min.y, f.max.y, 4 * f.scale, 3 * f.scale, with_alpha(color, 0.85f));
  if (label.empty()) return;
  const float wide = f.text_size(f.fonts->small, label).x;
  const bool fits = x + wide + 10 * f.scale < f.max.x;
  f.labels.push_back({{fits ? x + 6 * f.scale : x - wide - 6 * f.scale, f.min.y + 3 * f.scale},
                      color,
                      std::string(label)});
}

void Plot::event(double t, bool up, ImU32 color, std::string_view note) {
  if (frame_ == nullptr) return;
  PlotFrame& f = *frame_;
  const float x = std::floor(f.x_of(t));
  if (x < f.min.x || x > f.max.x) return;
  const float s = f.scale;
  dashes_down(*f.draw, x, f.min.y + 9 * s, f.max.y, 2 * s, 3 * s, with_alpha(color, 0.6f));
  draw_marker(*f.draw, {x + 0.5f, f.min.y + 6 * s}, 4 * s, up ? MarkerShape::Up : MarkerShape::Down,
              color);
  const bool near = f.hovered && std::abs(ImGui::GetIO().MousePos.x - x) <= kNoteReach * s;
  if (near && !note.empty()) {
    f.rows.push_back({std::string(note), color, MarkerShape::None, t, format_time(t)});
  }
}

void Plot::horizontal(double y, ImU32 color, std::string_view label) {
  if (frame_ == nullptr) return;
  PlotFrame& f = *frame_;
  const float at = std::floor(f.y_of(y));
  if (at < f.min.y || at > f.max.y) return;
  dashes_across(*f.draw, f.min.x, f.max.x, at, 5 * f.scale, 3 * f.scale, with_alpha(color, 0.85f));
  if (label.empty()) return;
  const ImVec2 size = f.text_size(f.fonts->small, label);
  const bool room = at - size.y - 2 * f.scale > f.min.y;
  const float top = room ? at - size.y - 1 * f.scale : at + 2 * f.scale;
  f.labels.push_back({{f.max.x - size.x - 8 * f.scale, top}, color, std::string(label)});
}

void Plot::heat_map(const HeatMap& map, HeatShade shade, ImTextureID texture) {
  if (frame_ == nullptr) return;
  PlotFrame& f = *frame_;
  f.fit->include(map.low());
  f.fit->include(map.high());
  const float top = f.y_of(map.high());
  const float bottom = f.y_of(map.low());
  if (texture != nullptr) {
    f.draw->AddImage(texture, {f.x_of(0), top}, {f.x_of(map.end_seconds()), bottom});
  } else {
    std::vector<ImU32> pixels;
    heat_pixels(map, shade, f.theme->heat, pixels);
    for (int column = 0; column < map.columns(); ++column) {
      const float x0 = f.x_of(column * map.column_seconds());
      const float x1 = f.x_of((column + 1) * map.column_seconds());
      if (x1 < f.min.x || x0 > f.max.x) continue;
      for (int row = 0; row < map.rows(); ++row) {
        const int pixel = (map.rows() - 1 - row) * map.columns() + column;
        const ImU32 color = pixels[static_cast<std::size_t>(pixel)];
        if (color == 0) continue;
        f.draw->AddRectFilled({x0, f.y_of(map.row_edge(row + 1))}, {x1, f.y_of(map.row_edge(row))},
                              color);
      }
    }
  }
  if (!f.hovered || !f.cross || *f.cross < 0 || *f.cross >= map.end_seconds()) return;
  const float mouse_y = ImGui::GetIO().MousePos.y;
  if (mouse_y < top || mouse_y >= bottom) return;
  const int column = std::min(map.columns() - 1, static_cast<int>(*f.cross / map.column_seconds()));
  const int row = std::clamp(
      static_cast<int>((bottom - mouse_y) / (bottom - top) * static_cast<float>(map.rows())), 0,
      map.rows() - 1);
  f.draw->AddRect({f.x_of(column * map.column_seconds()), f.y_of(map.row_edge(row + 1))},
                  {f.x_of((column + 1) * map.column_seconds()), f.y_of(map.row_edge(row))},
                  f.theme->text);
  const double count = static_cast<double>(map.count(column, row));
  const double total = map.column_total(column);
  const ImU32 quiet = f.theme->text_soft;
  f.rows.push_back({"latency", quiet, MarkerShape::None, 0,
                    format_value(f.options.unit, map.row_edge(row)) + " \u2013 " +
                        format_value(f.options.unit, map.row_edge(row + 1))});
  f.rows.push_back({"tasks", quiet, MarkerShape::None, count, format_value(Unit::Plain, count)});
  f.rows.push_back({"of this column", quiet, MarkerShape::None, 0,
                    format_value(Unit::Percent, total > 0 ? 100 * count / total : 0)});
}

}  // namespace lab::gui::plot
