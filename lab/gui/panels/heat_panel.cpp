#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr std::array<const char*, 2> kShadeNames{"count", "% column"};

/// The decades in which any trial has answers, so that all heat maps share one scale.
struct Decades {
  double low = 1e3, high = 1e8;
};

Decades decades_of(const std::vector<TrialTrack>& tracks) {
  double least = 1e300, most = 0;
  for (const TrialTrack& track : tracks) {
    if (track.curve().response_ns.empty()) continue;
    least = std::min(least, track.curve().response_ns.front());
    const plot::Series& tail = track.latency(kPercentiles.size() - 1);
    const auto range = tail.extremes(tail.first(), tail.last());
    if (!range.empty()) most = std::max(most, static_cast<double>(range.high));
  }
  if (most <= 0) return {};
  Decades d;
  d.low = std::clamp(std::pow(10.0, std::floor(std::log10(std::max(least, 1.0)))), 1e3, 1e6);
  d.high = std::clamp(std::pow(10.0, std::ceil(std::log10(most * 1.02))), d.low * 100, 1e9);
  return d;
}

void draw_scale(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  constexpr int kSteps = 24;
  // The map never uses the palette's first shades: one task must show.
  constexpr int kFirst = static_cast<int>(0.14f * kHeatShades);
  const float width = ui.px(132);
  const float y = std::floor(box.centre().y - ui.px(3));
  const float x = box.min.x + ui.px(62);
  for (int i = 0; i < kSteps; ++i) {
    const int shade = kFirst + i * (static_cast<int>(kHeatShades) - 1 - kFirst) / (kSteps - 1);
    draw.AddRectFilled({std::floor(x + width * static_cast<float>(i) / kSteps), y},
                       {std::floor(x + width * static_cast<float>(i + 1) / kSteps), y + ui.px(7)},
                       t.heat[static_cast<std::size_t>(shade)]);
  }
  const float words = x + width + ui.px(10);
  draw_text_fitted(ui.fonts.small, t.text_faint,
                   {words, centred_y(ui.fonts.small, box.min.y, box.max.y)}, box.max.x - words,
                   ui.view.plots.shade == plot::HeatShade::Count ? "1 to most tasks in a cell"
                                                                 : "1 task to the whole column");
}

void choose_shade(Ui& ui, const Box& header) {
  const float width = segmented_width(ui, kShadeNames, true);
  ImGui::SetCursorScreenPos({header.max.x - width - ui.px(10), header.min.y + ui.px(5)});
  std::size_t shade = ui.view.plots.shade == plot::HeatShade::Count ? 0 : 1;
  if (segmented(ui, "shade", kShadeNames, shade, true)) {
    ui.view.plots.shade = shade == 0 ? plot::HeatShade::Count : plot::HeatShade::ColumnShare;
  }
}

void draw_caption(Ui& ui, const Box& header, std::size_t trial) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[trial];
  const float x = header.min.x + ui.px(17);
  draw_marker(*ImGui::GetWindowDrawList(), {x, header.centre().y + ui.px(1)}, ui.px(5),
              ui.trial_marker(trial), ui.trial_color(trial));
  const float y = centred_y(ui.fonts.semibold, header.min.y, header.max.y) + ui.px(1);
  const bool invalid = track.standing({}) == Standing::Invalid;
  const double p99 = track.figures(std::nullopt).percentile_ns[2];
  const std::string figure =
      std::isfinite(p99) ? "p99 " + plot::format_value(plot::Unit::Nanoseconds, p99) : "";
  const std::string words = invalid ? standing_word(Standing::Invalid) : figure;
  const ImFont* beside = invalid ? ui.fonts.caption : ui.fonts.mono;
  const float taken = text_width(beside, words) + ui.px(38);
  const float width = draw_text_fitted(ui.fonts.semibold, invalid ? t.text_faint : t.text,
                                       {x + ui.px(14), y}, header.max.x - x - taken, track.title());
  draw_text(beside, t.text_soft,
            {x + ui.px(26) + width, centred_y(beside, header.min.y, header.max.y) + ui.px(1)},
            words);
}

}  // namespace

void draw_heat_panel(Ui& ui, const Box& box, std::size_t trial, bool detailed) {
  const TrialTrack& track = ui.document.tracks()[trial];
  const std::string tag = detailed ? "heat" : "heat." + track.title();
  const float controls = segmented_width(ui, kShadeNames, true) + ui.px(6);
  const bool switchable = detailed && box.width() > controls + ui.px(150);
  Panel panel(ui, tag.c_str(), box, detailed ? "LATENCY HEAT MAP" : " ",
              detailed ? track.title() + ui.in_block(trial) : std::string(),
              switchable ? controls : 0);
  Box body = panel.body();
  if (detailed) {
    if (switchable) choose_shade(ui, panel.header());
    draw_scale(ui, body.cut_bottom(ui.px(18)));
  } else {
    draw_caption(ui, panel.header(), trial);
  }
  const Decades decades = decades_of(ui.document.tracks());
  plot::PlotOptions options;
  options.unit = plot::Unit::Nanoseconds;
  options.scale = plot::Scale::Log;
  options.low = decades.low;
  options.high = decades.high;
  ImGui::SetCursorScreenPos(body.min);
  if (plot::Plot plot = ui.plots.begin(tag.c_str(), body.size(), options, &ui.time)) {
    plot.heat_map(track.heat(), ui.view.plots.shade,
                  ui.heat_images.of(trial, track.heat(), ui.view.plots.shade, ui.theme.heat));
    if (track.point_count() > 0) {
      plot::LineStyle p99;
      p99.color = ui.theme.overlay_line;
      p99.width = 1.0f;
      plot.line("p99", track.latency(2), p99);
    }
    plot.end();
  }
}

}  // namespace lab::gui
