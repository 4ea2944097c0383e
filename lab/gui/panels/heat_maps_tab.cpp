// The Heat maps tab: every pool's latencies over time side by side, on one scale.
#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

/// Fills the odd cell: what the heat maps show in detail, as one line a pool.
void draw_overview(Ui& ui, const Box& box) {
  Panel panel(ui, "heat.overview", box, "ALL POOLS", kPercentileNames[ui.view.percentile]);
  plot::PlotOptions options;
  options.unit = plot::Unit::Nanoseconds;
  options.scale = plot::Scale::Log;
  ImGui::SetCursorScreenPos(panel.body().min);
  if (plot::Plot plot = ui.plots.begin("heat.overview", panel.body().size(), options, &ui.time)) {
    draw_phases(ui, plot, true);
    for_each_shown_pool(ui, [&](std::size_t slot, const plot::LineStyle& style) {
      const PoolTrack& track = ui.bench.tracks()[slot];
      plot.line(track.id(), track.latency(ui.view.percentile), style);
    });
  }
}

}  // namespace

void draw_heat_maps_tab(Ui& ui, const Box& box) {
  const std::size_t count = ui.bench.tracks().size();
  const int columns = count > 1 ? 2 : 1;
  const int rows = (static_cast<int>(count) + columns - 1) / columns;
  const float gap = ui.px(8);
  for (std::size_t slot = 0; slot < count; ++slot) {
    draw_heat_panel(ui, grid_cell(box, columns, rows, static_cast<int>(slot), gap), slot, false);
  }
  if (static_cast<int>(count) < columns * rows) {
    draw_overview(ui, grid_cell(box, columns, rows, static_cast<int>(count), gap));
  }
}

}  // namespace lab::gui
