// The gates of a finished run: a row per gate, what each pool came to under its marker.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lab/gui/describe.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/panels/pool_matrix.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"
#include "scenarios/gates.h"

namespace lab::gui {

namespace {

using results::GateVerdict;
using results::Verdict;

struct GateRow {
  std::string text;
  std::vector<const GateVerdict*> verdicts;
  Verdict worst = Verdict::Pass;
};

int badness(Verdict verdict) {
  return verdict == Verdict::Fail ? 2 : (verdict == Verdict::Inconclusive ? 1 : 0);
}

/// Rows by gate; what does not hold comes first.
std::vector<GateRow> rows_of(const results::RunResult& result) {
  std::vector<GateRow> rows;
  for (const GateVerdict& verdict : result.verdicts) {
    scenarios::Expectation gate = verdict.gate;
    gate.pool.clear();  // that is the column
    const std::string text = describe(gate);
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&text](const GateRow& r) { return r.text == text; });
    if (row == rows.end()) row = rows.insert(rows.end(), {text, {}, Verdict::Pass});
    row->verdicts.push_back(&verdict);
    if (badness(verdict.verdict) > badness(row->worst)) row->worst = verdict.verdict;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const GateRow& a, const GateRow& b) {
    return badness(a.worst) > badness(b.worst);
  });
  return rows;
}

std::string observed_text(const GateVerdict& verdict) {
  const scenarios::Expectation& gate = verdict.gate;
  if (!std::isfinite(verdict.observed)) return "\xe2\x80\x93";
  if (!gate.compare.empty()) return fmt::format("{:.2f}\xc3\x97", verdict.observed);
  const scenarios::GateMetric* metric = scenarios::find_gate_metric(gate.metric);
  if (metric != nullptr && metric->unit == "us" && gate.stat != "count") {
    return plot::format_value(plot::Unit::Nanoseconds, verdict.observed * 1e3);
  }
  return plot::format_value(plot::Unit::Plain, verdict.observed);
}

void draw_cell(Ui& ui, PoolMatrix& matrix, std::size_t column, const GateVerdict& verdict,
               const std::string& tag) {
  const Theme& t = ui.theme;
  const bool pass = verdict.verdict == Verdict::Pass;
  const ImU32 color = pass ? t.good : (verdict.verdict == Verdict::Fail ? t.bad : t.warning);
  const std::string text = observed_text(verdict);
  const Box box = matrix.cell_box(column);
  hit(ui, tag, box);
  if (ImGui::IsItemHovered()) tooltip(ui, tag, verdict.text);
  matrix.cell(column, text, pass ? t.text : color);
  const ImVec2 at{box.max.x - text_width(ui.fonts.mono, text) - ui.px(13), box.centre().y};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (verdict.verdict == Verdict::Inconclusive) {
    draw_marker(draw, at, ui.px(4), MarkerShape::Ring, color);
  } else {
    draw_icon(draw, at, ui.px(5.5f), pass ? Icon::Tick : Icon::Cross, color);
  }
}

/// The pool a verdict stands under; a ratio "a/b" stands under a.
std::size_t column_of(const std::vector<MatrixColumn>& columns, const GateVerdict& verdict) {
  const std::string pool = verdict.pool.substr(0, verdict.pool.find('/'));
  std::size_t column = 0;
  while (column < columns.size() && columns[column].title != pool) ++column;
  return column;
}

std::string summary(const results::RunResult& result) {
  const auto passed =
      std::count_if(result.verdicts.begin(), result.verdicts.end(),
                    [](const GateVerdict& v) { return v.verdict == Verdict::Pass; });
  if (result.verdicts.empty()) return "the scenario expects nothing";
  if (static_cast<std::size_t>(passed) == result.verdicts.size()) return "all hold";
  return fmt::format("{} of {} hold", passed, result.verdicts.size());
}

}  // namespace

float gates_panel_height(const Ui& ui, const results::RunResult& result) {
  const std::size_t rows = std::max<std::size_t>(rows_of(result).size(), 2);
  return ui.px(30) + PoolMatrix::height(ui, rows) + ui.px(12);
}

void draw_gates_panel(Ui& ui, const Box& box, const results::RunResult& result) {
  const Theme& t = ui.theme;
  Panel panel(ui, "gates", box, "GATES", summary(result));
  if (result.verdicts.empty()) {
    draw_hint(ui, panel.body(), "Add \"expect\" to the scenario to have figures judged");
    return;
  }
  ImGui::SetCursorScreenPos(panel.body().min);
  ImGui::BeginChild("rows", panel.body().size(), false, ImGuiWindowFlags_HorizontalScrollbar);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const std::vector<GateRow> rows = rows_of(result);
  const std::vector<MatrixColumn> columns = pool_columns(ui, result);
  const float height = PoolMatrix::height(ui, rows.size());
  const float width = std::max(ImGui::GetContentRegionAvail().x - ui.px(8),
                               PoolMatrix::least_width(ui, columns.size()));
  const Box inner{{origin.x + ui.px(4), origin.y},
                  {origin.x + ui.px(4) + width, origin.y + height + 1}};
  PoolMatrix matrix(ui, inner, PoolMatrix::names_width(ui, inner), columns);
  for (const GateRow& row : rows) {
    const ImU32 ink = row.worst == Verdict::Pass   ? t.text_soft
                      : row.worst == Verdict::Fail ? t.bad
                                                   : t.warning;
    if (!matrix.row(row.text, ink)) break;
    for (const GateVerdict* verdict : row.verdicts) {
      const std::size_t column = column_of(columns, *verdict);
      if (column >= columns.size()) continue;
      draw_cell(ui, matrix, column, *verdict, fmt::format("gate.{}.{}", row.text, verdict->pool));
    }
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({width + ui.px(4), height});
  ImGui::EndChild();
}

}  // namespace lab::gui
