// The comparison: a row per pool, and by how much it differs from the baseline: without a verdict
// or its colours, for one run is not the next, and of several blocks the differences have a panel
// of their own. With a selection on the time axis it is about that
// part of the run. Only like is compared with like: what is not valid, cut short or still running
// is grey. A click on a column sorts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "lab/gui/panels/comparison_columns.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kRowHeight = 20;
constexpr float kHeaderHeight = 22;
constexpr float kNameIndent = 30;
constexpr float kColumnGap = 16;
constexpr float kDeltaGap = 7;
constexpr float kBadgeRoom = 84;

struct Cell {
  std::string value, change;
};

struct Row {
  std::size_t trial = 0;  // index of its track
  Figures figures;
  Standing standing = Standing::None;
  std::array<Cell, kComparisonColumns.size()> cells;
};

struct Table {
  std::vector<Row> rows;    // of the tracks
  bool comparable = false;  // the baseline is there to compare with
};

std::string value_text(const ComparisonColumn& column, const Figures& figures) {
  const double value = column.value(figures);
  std::string text;
  if (column.unit == plot::Unit::Plain && std::isfinite(value) && value < 1e4) {
    text = fmt::format("{:.{}f}", value, value == std::round(value) ? 0 : 1);
  } else {
    text = plot::format_value(column.unit, value);
  }
  return column.at_least(figures) ? "\u2265 " + text : text;
}

Table read_table(const Ui& ui) {
  Table table;
  const auto& range = ui.time.selection();
  for (const TrialTrack& track : ui.document.tracks()) {
    Row row;
    row.trial = table.rows.size();
    row.figures = track.figures(range);
    row.standing = track.standing(range);
    table.rows.push_back(std::move(row));
  }
  const Row& base = table.rows[ui.view.trials.baseline];
  table.comparable = base.standing == Standing::Whole;
  for (std::size_t i = 0; i < kComparisonColumns.size(); ++i) {
    const ComparisonColumn& column = kComparisonColumns[i];
    const double against = column.value(base.figures);
    for (Row& row : table.rows) {
      Cell& cell = row.cells[i];
      cell.value = value_text(column, row.figures);
      const bool alike = table.comparable && row.standing == Standing::Whole &&
                         !column.at_least(row.figures) && !column.at_least(base.figures);
      if (!alike || column.better == Better::Neither || row.trial == base.trial) continue;
      cell.change = plot::format_change(column.value(row.figures), against);
    }
  }
  return table;
}

struct Layout {
  float name_width = 0;
  std::vector<std::size_t> columns;  // those there is room for
  std::vector<float> right;          // where each one's numbers end
};

/// Columns as wide as what is in them; those that do not fit are left out, the least important
/// first, and what is left over is shared out.
Layout lay_out(const Ui& ui, const Box& box, const Table& table) {
  struct Width {
    std::size_t column;
    float value, delta;
    float all() const { return value + delta; }
  };
  const ImFont* mono = ui.fonts.mono;
  std::vector<Width> widths;
  for (std::size_t i = 0; i < kComparisonColumns.size(); ++i) {
    const ComparisonColumn& column = kComparisonColumns[i];
    // At least so wide: while a run goes on the columns should not shuffle about.
    const bool changes = column.better != Better::Neither;
    Width width{i, text_width(mono, changes ? "88.8 ms" : "8888"),
                changes ? text_width(mono, "+88%") : 0};
    bool any = false;
    for (const Row& row : table.rows) {
      any = any || std::isfinite(column.value(row.figures));
      width.value = std::max(width.value, text_width(mono, row.cells[i].value));
      width.delta = std::max(width.delta, text_width(mono, row.cells[i].change));
    }
    if (column.if_any && !any) continue;
    width.value =
        std::max(width.value, text_width(ui.fonts.small, column.name)) + ui.px(kColumnGap);
    width.delta += changes ? ui.px(kDeltaGap) : ui.px(4);
    widths.push_back(width);
  }
  float names = 0;
  for (const Row& row : table.rows) {
    const bool badge = row.trial == ui.view.trials.baseline || *standing_word(row.standing) != '\0';
    names = std::max(names, text_width(ui.fonts.small, ui.document.tracks()[row.trial].title()) +
                                (badge ? ui.px(kBadgeRoom) : 0));
  }
  Layout layout;
  layout.name_width = std::clamp(names + ui.px(kNameIndent + 6), ui.px(120),
                                 std::max(ui.px(120), box.width() * 0.34f));
  const float room = box.width() - layout.name_width - ui.px(8);
  const auto total = [&widths] {
    return std::accumulate(widths.begin(), widths.end(), 0.0f,
                           [](float sum, const Width& w) { return sum + w.all(); });
  };
  while (widths.size() > 1 && total() > room) {
    widths.erase(std::max_element(widths.begin(), widths.end(), [](const Width& a, const Width& b) {
      return kComparisonColumns[a.column].priority < kComparisonColumns[b.column].priority;
    }));
  }
  const float spare =
      widths.empty() ? 0 : std::max(0.0f, room - total()) / static_cast<float>(widths.size());
  float x = box.min.x + layout.name_width;
  for (const Width& width : widths) {
    x += width.value + spare;
    layout.columns.push_back(width.column);
    layout.right.push_back(std::floor(x));
    x += width.delta;
  }
  return layout;
}

void sort_by(ComparisonOrder& order, std::size_t column) {
  const int index = static_cast<int>(column);
  // Three clicks go round: best first, worst first, the scenario's order.
  const bool best_descends = kComparisonColumns[column].better != Better::Lower;
  if (order.column != index) {
    order.column = index;
    order.descending = best_descends;
  } else if (order.descending == best_descends) {
    order.descending = !best_descends;
  } else {
    order.column = -1;
  }
}

void draw_header(Ui& ui, const Box& row, const Layout& layout) {
  const Theme& t = ui.theme;
  const ImFont* font = ui.fonts.small;
  const float y = centred_y(font, row.min.y, row.max.y);
  draw_text(font, t.text_soft, {row.min.x + ui.px(kNameIndent), y}, "Pool");
  for (std::size_t k = 0; k < layout.columns.size(); ++k) {
    const ComparisonColumn& column = kComparisonColumns[layout.columns[k]];
    const float right = layout.right[k];
    const float width = text_width(font, column.name);
    const Box cell{{right - width - ui.px(8), row.min.y}, {right + ui.px(14), row.max.y}};
    if (hit(ui, std::string("column.") + column.name, cell))
      sort_by(ui.view.comparison, layout.columns[k]);
    const bool on = ui.view.comparison.column == static_cast<int>(layout.columns[k]);
    draw_text(font, on || ImGui::IsItemHovered() ? t.text : t.text_soft, {right - width, y},
              column.name);
    if (on) {
      draw_marker(*ImGui::GetWindowDrawList(), {right + ui.px(8), row.centre().y}, ui.px(3.5f),
                  ui.view.comparison.descending ? MarkerShape::Down : MarkerShape::Up, t.accent);
    }
  }
}

void draw_cell(Ui& ui, const Box& row, float right, const Cell& cell, bool whole) {
  const Theme& t = ui.theme;
  const ImFont* mono = ui.fonts.mono;
  const float y = centred_y(mono, row.min.y, row.max.y);
  draw_text_right(mono, whole ? t.text : t.text_faint, {right, y}, cell.value);
  draw_text(mono, t.text_soft, {right + ui.px(kDeltaGap), y}, cell.change);
}

/// What cannot be compared, and why, when one asks.
std::string standing_tip(const Ui& ui, const Row& row) {
  switch (row.standing) {
    case Standing::Invalid: {
      std::string text = "Not valid: these figures should not be trusted";
      for (const std::string& flag : ui.document.tracks()[row.trial].flags()) text += "\n" + flag;
      return text;
    }
    case Standing::CutShort:
      return "Stopped early: it has not served what the others have";
    case Standing::SoFar:
      return "Still being served: not yet what the others have served";
    default:
      return {};
  }
}

void draw_name(Ui& ui, const Box& row, const Layout& layout, const Row& entry) {
  const Theme& t = ui.theme;
  const std::string& id = ui.document.tracks()[entry.trial].title();
  const bool grey = entry.standing != Standing::Whole && entry.standing != Standing::None;
  draw_marker(*ImGui::GetWindowDrawList(), {row.min.x + ui.px(17), row.centre().y}, ui.px(4.5f),
              ui.trial_marker(entry.trial), ui.trial_color(entry.trial));
  std::string word = standing_word(entry.standing);
  if (word.empty() && entry.trial == ui.view.trials.baseline) word = "BASE";
  const ImFont* caption = ui.fonts.caption;
  const float taken = word.empty() ? 0 : text_width(caption, word) + ui.px(16);
  const float x = row.min.x + ui.px(kNameIndent);
  const float room = row.min.x + layout.name_width - x - taken;
  const float width =
      draw_text_fitted(ui.fonts.small, grey ? t.text_faint : t.text,
                       {x, centred_y(ui.fonts.small, row.min.y, row.max.y)}, room, id);
  if (word.empty()) return;
  draw_text(caption, grey ? t.text_soft : t.text_faint,
            {x + width + ui.px(8), centred_y(caption, row.min.y, row.max.y)}, word);
}

void draw_row(Ui& ui, const Box& row, const Layout& layout, const Row& entry) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const std::string tag = "row." + ui.document.tracks()[entry.trial].title();
  if (hit(ui, tag, row)) ui.select_trial(entry.trial);
  const bool hovered = ImGui::IsItemHovered();
  if (entry.trial == ui.view.trials.selected) {
    draw.AddRectFilled(row.min, row.max, with_alpha(t.accent, t.dark ? 0.14f : 0.11f));
  } else if (hovered) {
    draw.AddRectFilled(row.min, row.max, t.raised);
  }
  draw.AddRectFilled(row.min, {row.max.x, row.min.y + 1}, t.line);
  draw_name(ui, row, layout, entry);
  for (std::size_t k = 0; k < layout.columns.size(); ++k) {
    const std::size_t column = layout.columns[k];
    draw_cell(ui, row, layout.right[k], entry.cells[column], entry.standing == Standing::Whole);
  }
  if (const std::string tip = standing_tip(ui, entry); hovered && !tip.empty())
    tooltip(ui, tag, tip);
}

std::vector<std::size_t> order_of(const Ui& ui, const std::vector<Row>& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (ui.view.comparison.column < 0) return order;
  const auto& column = kComparisonColumns[static_cast<std::size_t>(ui.view.comparison.column)];
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double x = column.value(rows[a].figures), y = column.value(rows[b].figures);
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return ui.view.comparison.descending ? x > y : x < y;
  });
  return order;
}

std::string subtitle(const Ui& ui, const Table& table) {
  const std::string& base = ui.document.tracks()[ui.view.trials.baseline].title();
  const Standing standing = table.rows[ui.view.trials.baseline].standing;
  std::string part = "all measured phases";
  if (const auto range = ui.time.selection()) {
    part = fmt::format("selection {:.2f} to {:.2f} s", range->begin, range->end);
    if (ui.document.blocks() > 1) part += " of the block that is shown";
  } else if (const std::string over = ui.over_blocks(ui.view.trials.baseline); !over.empty()) {
    part = over;
  } else if (ui.document.running()) {
    part = "pools that have served it all";
  }
  if (standing == Standing::Invalid)
    return fmt::format("{}; {} is not valid, so nothing is compared", part, base);
  if (standing == Standing::CutShort)
    return fmt::format("{}; {} was cut short, so nothing is compared", part, base);
  const bool alone = ui.document.blocks() == 1;
  return fmt::format("{}, against {}{}", part, base,
                     alone ? "; one run each tells no difference from noise" : "");
}

}  // namespace

float comparison_height(const Ui& ui) {
  return ui.px(30) + ui.px(kHeaderHeight) +
         ui.px(kRowHeight) * static_cast<float>(ui.document.tracks().size()) + ui.px(6);
}

void draw_comparison(Ui& ui, const Box& box) {
  const Table table = read_table(ui);
  Panel panel(ui, "comparison", box, "COMPARISON", subtitle(ui, table));
  Box body{{box.min.x + 1, panel.body().min.y - ui.px(4)}, {box.max.x - 1, box.max.y - 1}};
  // Room for the scroll bar, should there be one.
  const bool scrolls =
      body.height() + 1 <
      ui.px(kHeaderHeight) + ui.px(kRowHeight) * static_cast<float>(table.rows.size());
  Box inner = body;
  if (scrolls) inner.max.x -= ImGui::GetStyle().ScrollbarSize;
  const Layout layout = lay_out(ui, inner, table);
  draw_header(ui, body.cut_top(ui.px(kHeaderHeight)), layout);

  ImGui::SetCursorScreenPos(body.min);
  ImGui::BeginChild("rows", body.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  float y = origin.y;
  for (const std::size_t trial : order_of(ui, table.rows)) {
    draw_row(ui, {{origin.x, y}, {origin.x + width, y + ui.px(kRowHeight)}}, layout,
             table.rows[trial]);
    y += ui.px(kRowHeight);
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, y - origin.y});
  ImGui::EndChild();
}

}  // namespace lab::gui
