// The Heat maps tab: every trial's latencies over time side by side, on one scale.
#include <algorithm>

#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kLeastHeight = 112;     // of one heat map, with its header
constexpr float kLeastPairWidth = 420;  // of two side by side

/// Fills the odd cell: what the heat maps show in detail, as one line a trial.
void draw_overview(Ui& ui, const Box& box) {
  Panel panel(ui, "heat.overview", box, "ALL POOLS", kPercentileNames[ui.view.plots.percentile]);
  plot::PlotOptions options;
  options.unit = plot::Unit::Nanoseconds;
  options.scale = plot::Scale::Log;
  ImGui::SetCursorScreenPos(panel.body().min);
  if (plot::Plot plot = ui.plots.begin("heat.overview", panel.body().size(), options, &ui.time)) {
    draw_phases(ui, plot, true);
    for_each_shown_trial(ui, [&](std::size_t trial, const plot::LineStyle& style) {
      const TrialTrack& track = ui.document.tracks()[trial];
      plot.line(track.title(), track.latency(ui.view.plots.percentile), style);
    });
  }
}

}  // namespace

void draw_heat_maps_tab(Ui& ui, const Box& box) {
  const int count = static_cast<int>(ui.document.tracks().size());
  const int columns = count > 1 && box.width() >= ui.px(kLeastPairWidth) ? 2 : 1;
  const int rows = (count + columns - 1) / columns;
  const float gap = ui.px(8);
  // Too many to be read at once scroll.
  const float all = static_cast<float>(rows) * (ui.px(kLeastHeight) + gap) - gap;
  const bool scrolls = all > box.height();
  ImGui::SetCursorScreenPos(box.min);
  ImGui::BeginChild("heat maps", box.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  Box area{origin, {origin.x + box.width(), origin.y + std::max(all, box.height())}};
  if (scrolls) area.max.x -= ImGui::GetStyle().ScrollbarSize + ui.px(4);
  for (int trial = 0; trial < count; ++trial) {
    draw_heat_panel(ui, grid_cell(area, columns, rows, trial, gap), static_cast<std::size_t>(trial),
                    false);
  }
  if (count < columns * rows) draw_overview(ui, grid_cell(area, columns, rows, count, gap));
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, area.height()});
  ImGui::EndChild();
}

}  // namespace lab::gui
