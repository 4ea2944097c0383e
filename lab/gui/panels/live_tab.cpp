// The Live tab: the plots over time at the left, one shared axis below them; latency by percentile
// and the heat map at the right; the comparison at the bottom.
#include <algorithm>
#include <string>

#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kGap = 8;
constexpr float kLeastPlotHeight = 76;  // with its header; below it the last row gives way
constexpr std::size_t kLeastPlots = 3;  // with fewer, the comparison has to go elsewhere
constexpr float kSmallHeader = 26;
constexpr float kAxisLabels = 16;
constexpr float kRightShare = 0.36f;
constexpr float kLeastRight = 250;  // of the column with the percentiles and the heat map

/// The height in which that many plots can be read.
float least_height(const Ui& ui, std::size_t count) {
  float total = 0, least = 1e9f;
  for (std::size_t i = 0; i < count; ++i) {
    total += live_plots()[i].share;
    least = std::min(least, live_plots()[i].share);
  }
  return ui.px(kLeastPlotHeight) * total / least + ui.px(kAxisLabels) +
         ui.px(kGap) * static_cast<float>(count - 1);
}

void draw_plot_panel(Ui& ui, const Box& box, const LivePlot& row, bool last) {
  const float reserve = row.controls_width != nullptr ? row.controls_width(ui) + ui.px(6) : 0;
  // In a narrow panel the words give way to the switch, and the switch to nothing.
  const bool controls = row.controls != nullptr && box.width() > reserve + ui.px(120);
  Panel panel(ui, row.id, box, row.title(ui), row.subtitle, controls ? reserve : 0);
  if (controls) row.controls(ui, panel.header());
  plot::PlotOptions options = row.options(ui);
  options.x_labels = last;
  Box area = panel.body();
  area.min.y = panel.header().min.y + ui.px(kSmallHeader);
  ImGui::SetCursorScreenPos(area.min);
  if (plot::Plot plot = ui.plots.begin(row.id, area.size(), options, &ui.time)) {
    draw_phases(ui, plot, row.phase_names);
    row.draw(ui, plot);
  }
}

void draw_plots(Ui& ui, Box box) {
  const float gap = ui.px(kGap);
  std::size_t count = live_plots().size();
  // A window this low cannot show five plots that can be read; the worker count goes first.
  while (count > 1 && box.height() < least_height(ui, count)) --count;
  float total = 0;
  for (std::size_t i = 0; i < count; ++i) total += live_plots()[i].share;
  // The last plot carries the axis' labels: give it their height on top, so that areas compare.
  const float labels = ui.px(kAxisLabels);
  const float height = box.height() - gap * static_cast<float>(count - 1) - labels;
  for (std::size_t i = 0; i < count; ++i) {
    const LivePlot& row = live_plots()[i];
    const bool last = i + 1 == count;
    const Box part = last ? box : box.cut_top(std::round(height * row.share / total), gap);
    draw_plot_panel(ui, part, row, last);
  }
}

}  // namespace

void draw_live_tab(Ui& ui, const Box& box) {
  Box rest = box;
  const float gap = ui.px(kGap);
  // What does not fit beside plots that can be read has a tab of its own: Compare.
  const float table = comparison_height(ui);
  Box below = rest;
  const bool with_table = rest.height() - table - gap >= least_height(ui, kLeastPlots);
  if (with_table) below = rest.cut_bottom(table, gap);
  if (rest.width() * kRightShare >= ui.px(kLeastRight)) {
    Box right = rest.cut_right(std::round(rest.width() * kRightShare), gap);
    draw_percentile_panel(ui, right.cut_top(std::round(right.height() * 0.47f), gap));
    draw_heat_panel(ui, right, ui.view.trials.selected, true);
  }
  draw_plots(ui, rest);
  if (with_table) draw_comparison(ui, below);
}

}  // namespace lab::gui
