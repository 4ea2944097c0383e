#include <fmt/format.h>

#include <cmath>
#include <string>

#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

std::string stretch_text(const Ui& ui) {
  if (const auto range = ui.time.selection()) {
    return fmt::format("selection {:.2f} to {:.2f} s", range->begin, range->end);
  }
  if (ui.document.blocks() > 1) {
    return ui.document.running() ? "this block so far, and medians" : "medians of the blocks";
  }
  return ui.document.running() ? "so far, without the warm-up" : "all measured phases";
}

}  // namespace

void draw_percentile_panel(Ui& ui, const Box& box) {
  Panel panel(ui, "percentiles", box, "LATENCY BY PERCENTILE", stretch_text(ui));
  plot::PlotOptions options;
  options.unit = plot::Unit::Nanoseconds;
  options.scale = plot::Scale::Log;
  options.x_unit = plot::Unit::Nines;
  options.x_scale = plot::Scale::Nines;
  // Below the median there is little to tell, and the fastest task would stretch the axis.
  options.x_low = plot::nines(0.5);
  options.x_high = 4;
  ImGui::SetCursorScreenPos(panel.body().min);
  if (plot::Plot plot = ui.plots.begin("percentiles", panel.body().size(), options, nullptr)) {
    const double limit = latency_limit_ns(ui.document.scenario(), "p99");
    if (std::isfinite(limit)) {
      plot.horizontal(limit, ui.theme.bad,
                      "gate p99 " + plot::format_value(plot::Unit::Nanoseconds, limit));
    }
    for_each_shown_trial(ui, [&](std::size_t trial, const plot::LineStyle& style) {
      const TrialTrack& track = ui.document.tracks()[trial];
      const PercentileCurve& curve = track.curve(ui.time.selection());
      plot.curve(track.title(), curve.nines, curve.response_ns, style);
    });
  }
}

}  // namespace lab::gui
