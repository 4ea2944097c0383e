// The comparison: a row per pool against the baseline; the best of each column is underlined. With
// a selection on the time axis it is about that part of the run. A click on a column sorts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kRowHeight = 22;
constexpr float kHeaderHeight = 22;
constexpr float kDeltaWidth = 50;

constexpr double kHair = 0.01;  // a lead smaller than this share is none

enum class Better { Higher, Lower, Neither };

struct Column {
  const char* name;
  plot::Unit unit;
  Better better;
  float share;  // of the width
  double (*value)(const Figures& figures);
};

template <std::size_t I>
double percentile(const Figures& f) {
  return f.percentile_ns[I];
}

constexpr std::array<Column, 8> kColumns{{
    {"Throughput", plot::Unit::PerSecond, Better::Higher, 1.06f,
     [](const Figures& f) { return f.throughput_per_s; }},
    {"p50", plot::Unit::Nanoseconds, Better::Lower, 1, &percentile<0>},
    {"p90", plot::Unit::Nanoseconds, Better::Lower, 1, &percentile<1>},
    {"p99", plot::Unit::Nanoseconds, Better::Lower, 1, &percentile<2>},
    {"p99.9", plot::Unit::Nanoseconds, Better::Lower, 1, &percentile<3>},
    {"Max", plot::Unit::Nanoseconds, Better::Lower, 1, [](const Figures& f) { return f.max_ns; }},
    {"Steals", plot::Unit::Plain, Better::Neither, 0.62f,
     [](const Figures& f) { return f.steals > 0 ? f.steals : NAN; }},
    {"Workers", plot::Unit::Plain, Better::Neither, 0.62f,
     [](const Figures& f) { return f.workers; }},
}};

struct Layout {
  float name_width = 0;
  std::array<float, kColumns.size()> right{};  // where each column's numbers end
};

Layout lay_out(const Ui& ui, const Box& box) {
  Layout layout;
  layout.name_width = std::clamp(box.width() * 0.17f, ui.px(120), ui.px(260));
  float total = 0;
  for (const Column& column : kColumns) total += column.share;
  float x = box.min.x + layout.name_width;
  const float unit = (box.width() - layout.name_width) / total;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    x += unit * kColumns[i].share;
    const bool delta = kColumns[i].better != Better::Neither;
    layout.right[i] = std::floor(x - (delta ? ui.px(kDeltaWidth) : ui.px(6)));
  }
  return layout;
}

/// The best value of a column, where there is one: NaN when all are within a hair of each other.
/// Those within a hair of the best share the honour.
double best_of(const std::vector<Figures>& all, const Column& column) {
  double least = NAN, most = NAN;
  for (const Figures& figures : all) {
    const double value = column.value(figures);
    if (!std::isfinite(value)) continue;
    if (!(value >= least)) least = value;
    if (!(value <= most)) most = value;
  }
  if (column.better == Better::Neither || !(most > least * (1 + kHair))) return NAN;
  return column.better == Better::Higher ? most : least;
}

void draw_header(Ui& ui, const Box& row, const Layout& layout) {
  const Theme& t = ui.theme;
  View& view = ui.view;
  const ImFont* font = ui.fonts.small;
  const float y = centred_y(font, row.min.y, row.max.y);
  draw_text(font, t.text_soft, {row.min.x + ui.px(30), y}, "Pool");
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const float width = text_width(font, kColumns[i].name);
    const Box cell{{layout.right[i] - width - ui.px(8), row.min.y},
                   {layout.right[i] + ui.px(14), row.max.y}};
    const int index = static_cast<int>(i);
    if (hit(ui, std::string("column.") + kColumns[i].name, cell)) {
      // Three clicks go round: best first, worst first, the scenario's order.
      const bool best_descends = kColumns[i].better != Better::Lower;
      if (view.sort_column != index) {
        view.sort_column = index;
        view.sort_descending = best_descends;
      } else if (view.sort_descending == best_descends) {
        view.sort_descending = !best_descends;
      } else {
        view.sort_column = -1;
      }
    }
    const bool on = view.sort_column == index;
    draw_text(font, on || ImGui::IsItemHovered() ? t.text : t.text_soft,
              {layout.right[i] - width, y}, kColumns[i].name);
    if (on) {
      draw_marker(*ImGui::GetWindowDrawList(), {layout.right[i] + ui.px(8), row.centre().y},
                  ui.px(3.5f), view.sort_descending ? MarkerShape::Down : MarkerShape::Up,
                  t.accent);
    }
  }
}

void draw_value(Ui& ui, const Box& row, const Column& column, float right, double value,
                double baseline, bool is_baseline, bool best) {
  const Theme& t = ui.theme;
  const ImFont* mono = ui.fonts.mono;
  const float y = centred_y(mono, row.min.y, row.max.y);
  const std::string text = column.unit == plot::Unit::Plain && std::isfinite(value) && value < 1e4
                               ? fmt::format("{:.{}f}", value, value == std::round(value) ? 0 : 1)
                               : plot::format_value(column.unit, value);
  draw_text_right(mono, std::isfinite(value) ? t.text : t.text_faint, {right, y}, text);
  if (best) {
    const float line = y + mono->FontSize + ui.px(1);
    ImGui::GetWindowDrawList()->AddRectFilled({right - text_width(mono, text), line},
                                              {right, line + ui.px(2)}, t.good);
  }
  if (column.better == Better::Neither || is_baseline) return;
  const std::string change = plot::format_change(value, baseline);
  if (change.empty()) return;
  const double ratio = value / baseline;
  const bool better = column.better == Better::Higher ? ratio > 1 : ratio < 1;
  const bool slight = std::abs(ratio - 1) < 0.03;
  draw_text(mono, slight ? t.text_faint : (better ? t.good : t.bad), {right + ui.px(7), y}, change);
}

void draw_row(Ui& ui, const Box& row, const Layout& layout, std::size_t slot,
              const std::vector<Figures>& all, const std::array<double, kColumns.size()>& best) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const std::string& id = ui.bench.tracks()[slot].id();
  if (hit(ui, "row." + id, row)) ui.select_pool(slot);
  const bool hovered = ImGui::IsItemHovered();
  if (slot == ui.view.selected) {
    draw.AddRectFilled(row.min, row.max, with_alpha(t.accent, t.dark ? 0.14f : 0.11f));
  } else if (hovered) {
    draw.AddRectFilled(row.min, row.max, t.raised);
  }
  draw.AddRectFilled(row.min, {row.max.x, row.min.y + 1}, t.line);
  draw_marker(draw, {row.min.x + ui.px(17), row.centre().y}, ui.px(4.5f), pool_marker(slot),
              ui.pool_color(slot));
  const float x = row.min.x + ui.px(30);
  const bool base = slot == ui.view.baseline;
  const float room = row.min.x + layout.name_width - x - (base ? ui.px(44) : ui.px(6));
  const float y = centred_y(ui.fonts.small, row.min.y, row.max.y);
  const float width = draw_text_fitted(ui.fonts.small, t.text, {x, y}, room, id);
  if (base) {
    draw_text(ui.fonts.caption, t.text_faint,
              {x + width + ui.px(8), centred_y(ui.fonts.caption, row.min.y, row.max.y)}, "BASE");
  }
  const Figures& baseline = all[ui.view.baseline];
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const Column& column = kColumns[i];
    const double value = column.value(all[slot]);
    draw_value(ui, row, column, layout.right[i], value, column.value(baseline), base,
               std::abs(value / best[i] - 1) < kHair);
  }
}

std::vector<std::size_t> order_of(const Ui& ui, const std::vector<Figures>& all) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (ui.view.sort_column < 0) return order;
  const Column& column = kColumns[static_cast<std::size_t>(ui.view.sort_column)];
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double x = column.value(all[a]), y = column.value(all[b]);
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return ui.view.sort_descending ? x > y : x < y;
  });
  return order;
}

std::string subtitle(const Ui& ui) {
  const std::string& base = ui.bench.tracks()[ui.view.baseline].id();
  if (const auto range = ui.time.selection()) {
    return fmt::format("selection {:.1f} to {:.1f} s, against {}", range->begin, range->end, base);
  }
  return fmt::format("{}, against {}; the best of each column is underlined",
                     ui.bench.result() != nullptr ? "all measured phases" : "so far", base);
}

}  // namespace

float comparison_height(const Ui& ui) {
  return ui.px(30) + ui.px(kHeaderHeight) +
         ui.px(kRowHeight) * static_cast<float>(ui.bench.tracks().size()) + ui.px(6);
}

void draw_comparison(Ui& ui, const Box& box) {
  Panel panel(ui, "comparison", box, "COMPARISON", subtitle(ui));
  Box body{{box.min.x + 1, panel.body().min.y - ui.px(4)}, {box.max.x - 1, box.max.y - 1}};
  const Layout layout = lay_out(ui, body);
  draw_header(ui, body.cut_top(ui.px(kHeaderHeight)), layout);

  std::vector<Figures> all;
  for (const PoolTrack& track : ui.bench.tracks())
    all.push_back(track.figures(ui.time.selection()));
  std::array<double, kColumns.size()> best;
  for (std::size_t i = 0; i < kColumns.size(); ++i) best[i] = best_of(all, kColumns[i]);

  ImGui::SetCursorScreenPos(body.min);
  ImGui::BeginChild("rows", body.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  float y = origin.y;
  for (const std::size_t slot : order_of(ui, all)) {
    draw_row(ui, {{origin.x, y}, {origin.x + width, y + ui.px(kRowHeight)}}, layout, slot, all,
             best);
    y += ui.px(kRowHeight);
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, y - origin.y});
  ImGui::EndChild();
}

}  // namespace lab::gui
