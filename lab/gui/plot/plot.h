// Plots on ImDrawList. Plots holds what outlives a frame (eased ranges, cached columns); Plot is
// one plot in one frame, from Plots::begin() to its end():
//
//   if (Plot plot = plots.begin("queue", size, {.unit = Unit::Plain}, &axis)) {
//     plot.band({48, 58}, theme.warning, "burst");
//     plot.line("stealing", depth, pool_line(theme, slot, selected));
//   }   // the destructor ends it: crosshair, selection, frame, tooltip
//
// Draw order is call order; bands first, the selected pool last. GUI thread only, one open plot at
// a time. Names and labels are copied: they may be gone before the plot ends.
#pragma once

#include <imgui.h>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "lab/gui/fonts.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/plot/heat_map.h"
#include "lab/gui/plot/linked_x.h"
#include "lab/gui/plot/series.h"
#include "lab/gui/plot/ticks.h"
#include "lab/gui/theme.h"

namespace lab::gui::plot {

/// Takes "plot.<name>" or "chip.<name>" and its rectangle on the screen: tests click names.
using RectangleHook = std::function<void(std::string_view name, ImVec2 min, ImVec2 max)>;

inline constexpr double kAuto = std::numeric_limits<double>::quiet_NaN();

struct PlotOptions {
  Unit unit = Unit::Plain;
  Scale scale = Scale::Linear;
  double low = kAuto, high = kAuto;  // kAuto: eased to fit what is drawn
  bool from_zero = true;             // a linear axis that fits itself includes zero
  bool whole_numbers = false;        // counts: no ticks between 0 and 1
  float gutter = 62;                 // logical pixels for the labels at the left
  bool x_labels = true;              // off: grid only, for plots stacked over one that has them
  bool y_labels = true;              // off: a plot with its own row names
  int lanes = 0;                     // > 0: so many rows for lane(), numbered from 0, no y scale
  bool tooltip = true;
  // Used when there is no LinkedX.
  Unit x_unit = Unit::Plain;
  Scale x_scale = Scale::Linear;
  double x_low = 0, x_high = 1;
};

struct LineStyle {
  ImU32 color = 0;
  float width = 1.4f;                      // logical pixels
  MarkerShape marker = MarkerShape::None;  // in the tooltip, at the crosshair, along curves
  float offset = 0;                        // logical pixels down, so that equal steps both show
  bool in_tooltip = true;
};

/// A pool's line: its colour and marker, thicker and opaque when it is the selected one. Steps of
/// different slots are set a little apart, two pixels at the most.
LineStyle pool_line(const Theme& theme, std::size_t slot, bool selected);

class Plot;
struct PlotFrame;  // plot_frame.h, the module's own

class Plots {
 public:
  /// Both are read at every plot and must outlive this; change them between frames.
  Plots(const Theme& theme, const Fonts& fonts);
  ~Plots();
  Plots(const Plots&) = delete;
  Plots& operator=(const Plots&) = delete;

  /// Opens a plot as the next ImGui item. `axis` null: a plot over something else than time. The
  /// result is false when nothing of it can be seen; drawing into it then is harmless.
  [[nodiscard]] Plot begin(const char* name, ImVec2 size, const PlotOptions& options,
                           LinkedX* axis);

  /// Once a frame, before the first plot: forgets caches of plots that are gone.
  void begin_frame();

  /// An eased range still moves: draw another frame even if nothing else happens.
  bool animating() const;

  /// Called with each plot's and chip's rectangle; empty for none.
  void report_rectangles(RectangleHook hook);
  void report(std::string_view prefix, std::string_view name, ImVec2 min, ImVec2 max) const;

  const Theme& theme() const { return theme_; }
  const Fonts& fonts() const { return fonts_; }
  float scale() const { return fonts_.scale; }

 private:
  friend class Plot;
  struct Memory;

  const Theme& theme_;
  const Fonts& fonts_;
  RectangleHook hook_;
  std::unique_ptr<Memory> memory_;
};

class Plot {
 public:
  Plot(Plot&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Plot& operator=(Plot&&) = delete;
  ~Plot() { end(); }

  explicit operator bool() const { return frame_ != nullptr; }

  /// A quantity over time. Below about one sample a pixel a polyline, above it the exact least and
  /// greatest value of each pixel column.
  void line(std::string_view name, const Series& series, const LineStyle& style);
  /// The same for what holds its value until the next sample (worker counts).
  void steps(std::string_view name, const Series& series, const LineStyle& style);
  /// y over x, ascending in x, with markers along it.
  void curve(std::string_view name, std::span<const double> xs, std::span<const double> ys,
             const LineStyle& style);
  /// One worker's states over time in row `lane` of options.lanes, 0 at the bottom; the value
  /// indexes `colors`, and a clear colour draws nothing.
  void lane(int lane, const Series& states, std::span<const ImU32> colors);
  /// `texture` is HeatTexture::refresh()'s; null draws rectangles (tests, no OpenGL).
  void heat_map(const HeatMap& map, HeatShade shade, ImTextureID texture);

  /// A phase: a tint from begin to end, a rule at its start, its name at the top if it fits. With
  /// `tint` false the rule and the name only.
  void band(TimeRange phase, ImU32 color, std::string_view label, bool tint = true);
  /// A vertical dashed line with a label.
  void mark(double t, ImU32 color, std::string_view label);
  /// A scaling event: a triangle at the top edge, up or down, over a dotted line. `note`, if not
  /// empty, is told in the tooltip while the mouse is near.
  void event(double t, bool up, ImU32 color, std::string_view note = {});
  /// A horizontal dashed line with its label at the right: an SLO.
  void horizontal(double y, ImU32 color, std::string_view label);

  // For what a panel draws itself.
  float to_x(double t) const;
  float to_y(double value) const;
  double from_x(float x) const;
  ImVec2 area_min() const;
  ImVec2 area_max() const;
  ImDrawList& draw_list() const;
  bool hovered() const;

  /// Draws what lies on top and closes the plot; the destructor does it too.
  void end();

 private:
  friend class Plots;
  explicit Plot(PlotFrame* frame) : frame_(frame) {}

  PlotFrame* frame_;  // owned by Plots, used by one plot after the other; null once ended
};

}  // namespace lab::gui::plot
