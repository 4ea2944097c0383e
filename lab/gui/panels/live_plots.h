// The plots over time of the Live tab, as a table: a new one is a row in live_plots.cpp.
#pragma once

#include <span>
#include <string>

#include "lab/gui/box.h"
#include "lab/gui/ui.h"

namespace lab::gui {

struct LivePlot {
  const char* id;  ///< of the plot and its panel, for tests: "plot.<id>"
  std::string (*title)(const Ui& ui);
  const char* subtitle;
  float share;       ///< of the height
  bool phase_names;  ///< name the phases at the top of this plot
  plot::PlotOptions (*options)(const Ui& ui);
  void (*draw)(Ui& ui, plot::Plot& plot);
  void (*controls)(Ui& ui, const Box& header) = nullptr;  ///< at the header's right end
  float (*controls_width)(const Ui& ui) = nullptr;
};

std::span<const LivePlot> live_plots();

/// The scenario's phases behind a plot over time; the warm-up is told apart, load peaks are tinted.
void draw_phases(Ui& ui, plot::Plot& plot, bool names);

/// Calls draw(trial, style) for each trial that is shown and has data, the selected one last.
template <typename Draw>
void for_each_shown_trial(Ui& ui, Draw draw) {
  const std::vector<TrialTrack>& tracks = ui.document.tracks();
  const auto one = [&](std::size_t trial) {
    if (!ui.view.trials.shown.shown(trial) || tracks[trial].point_count() == 0) return;
    plot::LineStyle style =
        plot::pool_line(ui.theme, tracks[trial].slot(), trial == ui.view.trials.selected);
    // There to be seen, not to be believed.
    if (tracks[trial].standing({}) == Standing::Invalid)
      style.color = with_alpha(style.color, 0.45f);
    draw(trial, style);
  };
  for (std::size_t trial = 0; trial < tracks.size(); ++trial) {
    if (trial != ui.view.trials.selected) one(trial);
  }
  if (ui.view.trials.selected < tracks.size()) one(ui.view.trials.selected);
}

/// The limit the scenario's gates set for that percentile of the response time, in ns; NaN: none.
double latency_limit_ns(const scenarios::Scenario& scenario, const std::string& percentile);

}  // namespace lab::gui
