#include "lab/gui/panels/live_plots.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

using plot::Plot;
using plot::PlotOptions;
using plot::Unit;

template <const plot::Series& (TrialTrack::*Quantity)() const>
void draw_lines(Ui& ui, Plot& plot) {
  for_each_shown_trial(ui, [&](std::size_t trial, const plot::LineStyle& style) {
    const TrialTrack& track = ui.document.tracks()[trial];
    plot.line(track.title(), (track.*Quantity)(), style);
  });
}

/// A circuit breaker is good news where it closes.
void mark_policies(Ui& ui, Plot& plot) {
  const TrialTrack& selected = ui.document.tracks()[ui.view.trials.selected];
  for (std::size_t i = 0; i < selected.policies().size(); ++i) {
    const bool closed = selected.policies()[i].state == pools::kClosed;
    plot.event(selected.policies()[i].t_s, closed, closed ? ui.theme.good : ui.theme.warning,
               selected.policy_note(i));
  }
}

void draw_throughput(Ui& ui, Plot& plot) {
  mark_policies(ui, plot);
  if (!ui.document.offered_load().empty()) {
    plot::LineStyle offered;
    offered.color = with_alpha(ui.theme.text, 0.38f);
    offered.width = 1.2f;
    plot.line("offered", ui.document.offered_load(), offered);
  }
  draw_lines<&TrialTrack::throughput>(ui, plot);
}

void draw_latency(Ui& ui, Plot& plot) {
  const std::size_t which = ui.view.plots.percentile;
  const double limit = latency_limit_ns(ui.document.scenario(), kPercentileNames[which]);
  if (std::isfinite(limit)) {
    plot.horizontal(limit, ui.theme.bad, "gate " + plot::format_value(Unit::Nanoseconds, limit));
  }
  for_each_shown_trial(ui, [&](std::size_t trial, const plot::LineStyle& style) {
    const TrialTrack& track = ui.document.tracks()[trial];
    plot.line(track.title(), track.latency(which), style);
  });
}

void choose_percentile(Ui& ui, const Box& header) {
  const float width = segmented_width(ui, kPercentileNames, true);
  ImGui::SetCursorScreenPos({header.max.x - width - ui.px(10), header.min.y + ui.px(5)});
  segmented(ui, "percentile", kPercentileNames, ui.view.plots.percentile, true);
}

void draw_workers(Ui& ui, Plot& plot) {
  const TrialTrack& selected = ui.document.tracks()[ui.view.trials.selected];
  for (std::size_t i = 0; i < selected.scaling().size(); ++i) {
    const results::ScalingMark& mark = selected.scaling()[i];
    const bool up = mark.to > mark.from;
    plot.event(mark.t_s, up, up ? ui.theme.good : ui.theme.warning, selected.scaling_note(i));
  }
  for_each_shown_trial(ui, [&](std::size_t trial, const plot::LineStyle& style) {
    const TrialTrack& track = ui.document.tracks()[trial];
    plot.steps(track.title(), track.workers(), style);
  });
}

constexpr std::array<LivePlot, 5> kPlots{{
    {"throughput", [](const Ui&) -> std::string { return "THROUGHPUT"; },
     "tasks settled per second, and offered; the marks are of a circuit breaker", 1.10f, true,
     [](const Ui&) { return PlotOptions{.unit = Unit::PerSecond}; }, &draw_throughput},
    {"latency",
     [](const Ui& ui) {
       return std::string("LATENCY ") + kPercentileNames[ui.view.plots.percentile];
     },
     "from the intended arrival to the end, log scale", 1.30f, false,
     [](const Ui&) { return PlotOptions{.unit = Unit::Nanoseconds, .scale = plot::Scale::Log}; },
     &draw_latency, &choose_percentile,
     [](const Ui& ui) { return segmented_width(ui, kPercentileNames, true); }},
    {"queue", [](const Ui&) -> std::string { return "QUEUE DEPTH"; }, "tasks waiting", 1.0f, false,
     [](const Ui&) { return PlotOptions{.whole_numbers = true}; },
     &draw_lines<&TrialTrack::queue_depth>},
    {"steals", [](const Ui&) -> std::string { return "STEALS"; }, "tasks stolen per second", 0.80f,
     false, [](const Ui&) { return PlotOptions{.unit = Unit::PerSecond}; },
     &draw_lines<&TrialTrack::steals>},
    {"workers", [](const Ui&) -> std::string { return "WORKERS"; },
     "alive; the marks are scaling events of the selected pool", 0.80f, false,
     [](const Ui&) { return PlotOptions{.whole_numbers = true}; }, &draw_workers},
}};

double seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

/// The mean offered load of a phase, from the line that is drawn.
double mean_load(const plot::Series& offered, double begin, double end) {
  double sum = 0;
  int count = 0;
  for (auto i = offered.lower_bound(begin); i < offered.last() && offered.time(i) < end; ++i) {
    if (std::isnan(offered.value(i))) continue;
    sum += offered.value(i);
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace

std::span<const LivePlot> live_plots() { return kPlots; }

void draw_phases(Ui& ui, plot::Plot& plot, bool names) {
  const Document& document = ui.document;
  const plot::Series& offered = document.offered_load();
  const double usual = mean_load(offered, document.measured_from_s(), document.planned_s());
  for (const scenarios::PhaseSpan& phase : document.phases()) {
    const plot::TimeRange span{seconds(phase.begin), seconds(phase.end)};
    const std::string_view name = names ? std::string_view(phase.name) : std::string_view();
    if (!phase.measured) {
      plot.band(span, ui.theme.text_faint, name);
    } else if (document.phases().size() > 2 &&
               mean_load(offered, span.begin, span.end) > 1.25 * usual) {
      plot.band(span, ui.theme.warning, name);
    } else {
      plot.band(span, ui.theme.text_faint, name, false);
    }
  }
}

double latency_limit_ns(const scenarios::Scenario& scenario, const std::string& percentile) {
  double limit = NAN;
  for (const scenarios::Expectation& gate : scenario.expect) {
    const bool upper = gate.op == "<" || gate.op == "<=";
    if (gate.metric != "response_us" || gate.stat != percentile || !upper || !gate.compare.empty())
      continue;
    // Several gates, say per class: the tightest is the one to look at.
    limit = std::isnan(limit) ? gate.value * 1e3 : std::min(limit, gate.value * 1e3);
  }
  return limit;
}

}  // namespace lab::gui
