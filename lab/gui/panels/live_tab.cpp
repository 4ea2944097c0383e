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
constexpr float kLeastPlotHeight = 74;  // with its header; below it the last row gives way
constexpr float kSmallHeader = 26;

void draw_plot_panel(Ui& ui, const Box& box, const LivePlot& row, bool last) {
  Panel panel(ui, row.id, box, row.title(ui), row.subtitle);
  if (row.controls != nullptr) row.controls(ui, panel.header());
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
  while (count > 1 && box.height() / static_cast<float>(count) < ui.px(kLeastPlotHeight)) --count;
  float total = 0;
  for (std::size_t i = 0; i < count; ++i) total += live_plots()[i].share;
  // The last plot carries the axis' labels: give it their height on top, so that areas compare.
  const float labels = ui.px(16);
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
  const Box table = rest.cut_bottom(std::min(comparison_height(ui), rest.height() * 0.36f), gap);
  Box right = rest.cut_right(std::round(rest.width() * 0.36f), gap);
  draw_plots(ui, rest);
  const Box percentiles = right.cut_top(std::round(right.height() * 0.47f), gap);
  draw_percentile_panel(ui, percentiles);
  draw_heat_panel(ui, right, ui.view.selected, true);
  draw_comparison(ui, table);
}

}  // namespace lab::gui
