#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr std::size_t kShownProblems = 4;

std::string place_of(const scenarios::ScenarioProblem& problem) {
  std::string place;
  if (problem.line > 0) place = fmt::format("line {}", problem.line);
  if (problem.column > 0) place += fmt::format(":{}", problem.column);
  if (!problem.pointer.empty()) place += (place.empty() ? "" : "  ") + problem.pointer;
  return place;
}

std::size_t shown_lines(const Ui& ui) {
  return std::min(kShownProblems, ui.bench.problems().size());
}

}  // namespace

float error_banner_height(const Ui& ui) {
  if (ui.bench.problems().empty()) return 0;
  return ui.px(44) + ui.px(19) * static_cast<float>(shown_lines(ui));
}

void draw_error_banner(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const auto& problems = ui.bench.problems();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  ui.backdrop.fill(draw, box, mix(t.panel, t.bad, 0.13f), ui.px(6));
  draw.AddRect(box.min, box.max, with_alpha(t.bad, 0.55f), ui.px(6));
  draw.AddRectFilled(box.min, {box.min.x + ui.px(4), box.max.y}, t.bad, ui.px(2));
  ui.tags.box("panel.error", box.min, box.max);

  Box row = box.inset(ui.px(18), ui.px(10));
  const float buttons = icon_button_width(ui, "Reload") + icon_button_width(ui, "") + ui.px(8);
  Box right = row.cut_right(buttons, ui.px(20));
  const std::size_t hidden = problems.size() - shown_lines(ui);
  const std::string more = hidden > 0 ? fmt::format("   and {} more", hidden) : "";
  const std::string& file = problems.front().file.empty() ? ui.bench.path() : problems.front().file;
  draw_text_fitted(ui.fonts.semibold, t.text, row.min, row.width(),
                   fmt::format("{} cannot run{}", file, more));
  float y = row.min.y + ui.px(25);
  float column = 0;
  for (std::size_t i = 0; i < shown_lines(ui); ++i) {
    column = std::max(column, text_width(ui.fonts.mono, place_of(problems[i])));
  }
  column = std::min(column, row.width() * 0.45f);
  for (std::size_t i = 0; i < shown_lines(ui); ++i) {
    const float indent = column > 0 ? column + ui.px(18) : 0;
    draw_text_fitted(ui.fonts.mono, t.bad, {row.min.x, y}, column, place_of(problems[i]));
    draw_text_fitted(ui.fonts.ui, t.text_soft, {row.min.x + indent, y - ui.px(1)},
                     row.width() - indent, problems[i].message);
    y += ui.px(19);
  }

  ImGui::SetCursorScreenPos({right.min.x, right.min.y});
  if (icon_button(ui, "reload", Icon::Reload, "Reload", {.tip = "Read the file again (Ctrl+R)"})) {
    ui.reload();
    return;
  }
  ImGui::SetCursorScreenPos({right.max.x - icon_button_width(ui, ""), right.min.y});
  if (icon_button(ui, "dismiss", Icon::Cross, "", {.tip = "Hide this message"})) {
    ui.bench.dismiss_problems();
  }
}

}  // namespace lab::gui
