#include <cmath>
#include <string>

#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

void draw_percentile_panel(Ui& ui, const Box& box) {
  Panel panel(ui, "percentiles", box, "LATENCY BY PERCENTILE",
              ui.bench.result() != nullptr ? "all measured phases" : "so far, without the warm-up");
  plot::PlotOptions options;
  options.unit = plot::Unit::Nanoseconds;
  options.scale = plot::Scale::Log;
  options.x_unit = plot::Unit::Nines;
  options.x_scale = plot::Scale::Nines;
  options.x_low = 0;
  options.x_high = 4;
  ImGui::SetCursorScreenPos(panel.body().min);
  if (plot::Plot plot = ui.plots.begin("percentiles", panel.body().size(), options, nullptr)) {
    const double limit = latency_limit_ns(ui.bench.scenario(), "p99");
    if (std::isfinite(limit)) {
      plot.horizontal(limit, ui.theme.bad,
                      "gate p99 " + plot::format_value(plot::Unit::Nanoseconds, limit));
    }
    for_each_shown_pool(ui, [&](std::size_t slot, const plot::LineStyle& style) {
      const PoolTrack& track = ui.bench.tracks()[slot];
      plot.curve(track.id(), track.curve().nines, track.curve().response_ns, style);
    });
  }
}

}  // namespace lab::gui
