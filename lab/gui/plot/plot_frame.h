// What the parts of an open plot share: private to the plot module's own files.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lab/gui/plot/columns.h"
#include "lab/gui/plot/plot.h"
#include "lab/gui/plot/range_fit.h"
#include "lab/gui/plot/strip.h"

namespace lab::gui::plot {

/// One line of the tooltip. Rows with a marker are pools: sorted by value, shown at the crosshair.
struct TooltipRow {
  std::string name;
  ImU32 color;
  MarkerShape marker;
  double value;
  std::string text;  // instead of the value, if not empty
};

struct PlotFrame {
  const Plots* plots = nullptr;
  const Theme* theme = nullptr;
  const Fonts* fonts = nullptr;
  float scale = 1;  // pixels per logical pixel

  PlotOptions options;
  LinkedX* axis = nullptr;
  RangeFit* fit = nullptr;
  std::unordered_map<std::uint64_t, ColumnCache>* columns = nullptr;
  ImDrawList* draw = nullptr;

  ImVec2 outer_min, outer_max;  // with the labels
  ImVec2 min, max;              // the area the data is in, whole pixels
  double x_low = 0, x_high = 1;
  double y_low = 0, y_high = 1;  // log10 of the value on a logarithmic axis
  bool hovered = false;
  std::optional<double> cross;  // the hovered x, also when the mouse is over a linked plot

  std::vector<TooltipRow> rows;
  struct Label {
    ImVec2 at;
    ImU32 color;
    std::string words;
  };
  std::vector<Label> labels;  // drawn at the end, over the data
  Ticks ticks;
  std::vector<ImVec2> points;
  std::vector<StripPoint> strip;

  float width() const { return max.x - min.x; }
  float height() const { return max.y - min.y; }
  /// Whole pixels, so that all lanes are of one height.
  float lane_height() const {
    return std::max(3.0f, std::floor(height() / static_cast<float>(std::max(1, options.lanes))));
  }
  bool logarithmic() const { return options.scale == Scale::Log; }
  /// A value in the axis' own coordinate; the least float keeps log10 finite.
  double on_axis(double value) const {
    return logarithmic() ? std::log10(std::max(value, 1e-30)) : value;
  }
  float x_of(double x) const {
    return min.x +
           static_cast<float>((x - x_low) / (x_high - x_low) * static_cast<double>(width()));
  }
  float y_of(double value) const {
    // Far outside stays far outside but finite: huge coordinates break the rasteriser's arithmetic.
    const double part = std::clamp((on_axis(value) - y_low) / (y_high - y_low), -10.0, 11.0);
    return max.y - static_cast<float>(part * static_cast<double>(height()));
  }
  double x_per_pixel() const { return (x_high - x_low) / static_cast<double>(width()); }
  bool drawable(double value) const {
    return std::isfinite(value) && (!logarithmic() || value > 0);
  }

  struct Badge {
    std::string words;
    float left = 0, right = 0;
  };
  void draw_y_axis();  // axes.cpp: grid and labels
  void draw_x_axis();
  Badge time_badge() const;
  void draw_overlay();  // axes.cpp: selection, crosshair, border
  void draw_tooltip();  // tooltip.cpp

  ImVec2 text_size(ImFont* font, std::string_view text) const;
  void text(ImFont* font, ImVec2 at, ImU32 color, std::string_view text) const;
  /// On a patch of the panel's colour, so that it can be read over data.
  void draw_label(const Label& label) const;
};

struct Plots::Memory {
  struct Kept {
    RangeFit fit;
    std::unordered_map<std::uint64_t, ColumnCache> columns;  // by series identity
    int used_in_frame = 0;
  };
  std::unordered_map<ImGuiID, Kept> plots;
  PlotFrame frame;
};

}  // namespace lab::gui::plot
