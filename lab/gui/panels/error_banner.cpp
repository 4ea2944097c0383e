#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr std::size_t kShownProblems = 4;

std::string place_of(const scenarios::JsonProblem& problem) {
  std::string place;
  if (problem.line > 0) place = fmt::format("line {}", problem.line);
  if (problem.column > 0) place += fmt::format(":{}", problem.column);
  if (!problem.pointer.empty()) place += (place.empty() ? "" : "  ") + problem.pointer;
  return place;
}

/// A problem is a place and what to do about it; in a narrow window the latter goes below.
struct Layout {
  float text_width = 0;    // of messages
  float place_width = 0;   // of the column of places; 0: the place has a line of its own
  std::vector<int> lines;  // of each message that is shown
  float height = 0;
};

constexpr int kMostLines = 4;  // of one message

Layout lay_out(const Ui& ui, float width) {
  const auto& problems = ui.document.problems();
  Layout layout;
  const float row = width - ui.px(36);
  for (std::size_t i = 0; i < std::min(kShownProblems, problems.size()); ++i) {
    layout.place_width =
        std::max(layout.place_width, text_width(ui.fonts.mono, place_of(problems[i])));
  }
  if (layout.place_width > row * 0.35f) layout.place_width = 0;
  layout.text_width = row - (layout.place_width > 0 ? layout.place_width + ui.px(18) : 0);
  layout.height = ui.px(46);
  for (std::size_t i = 0; i < std::min(kShownProblems, problems.size()); ++i) {
    const int lines =
        wrapped_lines(ui.fonts.ui, layout.text_width, kMostLines, problems[i].message);
    const bool above = layout.place_width <= 0 && !place_of(problems[i]).empty();
    layout.lines.push_back(lines);
    layout.height += ui.px(19) * static_cast<float>(lines + (above ? 1 : 0));
  }
  return layout;
}

}  // namespace

float error_banner_height(const Ui& ui, float width) {
  return ui.document.problems().empty() ? 0 : lay_out(ui, width).height;
}

void draw_error_banner(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const auto& problems = ui.document.problems();
  const Layout layout = lay_out(ui, box.width());
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  ui.backdrop.fill(draw, box, mix(t.panel, t.bad, 0.13f), ui.px(6));
  draw.AddRect(box.min, box.max, with_alpha(t.bad, 0.55f), ui.px(6));
  draw.AddRectFilled(box.min, {box.min.x + ui.px(4), box.max.y}, t.bad, ui.px(2));
  ui.tags.box("panel.error", box.min, box.max);

  Box body = box.inset(ui.px(18), ui.px(8));
  Box head = body.cut_top(ImGui::GetFrameHeight());
  const float dismiss = icon_button_width(ui, "");
  const Box right = head.cut_right(icon_button_width(ui, "Reload") + dismiss + ui.px(8), ui.px(16));
  const std::size_t hidden = problems.size() - layout.lines.size();
  const std::string more = hidden > 0 ? fmt::format("   and {} more", hidden) : "";
  const std::string& file =
      problems.front().file.empty() ? ui.document.path() : problems.front().file;
  draw_text_fitted(ui.fonts.semibold, t.text,
                   {head.min.x, centred_y(ui.fonts.semibold, head.min.y, head.max.y)}, head.width(),
                   fmt::format("{} cannot run{}", file, more));
  float y = body.min.y + ui.px(3);
  for (std::size_t i = 0; i < layout.lines.size(); ++i) {
    const std::string place = place_of(problems[i]);
    draw_text_fitted(ui.fonts.mono, t.bad, {body.min.x, y}, body.width(), place);
    float x = body.min.x;
    if (layout.place_width > 0) {
      x += layout.place_width + ui.px(18);
    } else if (!place.empty()) {
      y += ui.px(19);
    }
    draw_text_wrapped(ui.fonts.ui, t.text_soft, {x, y - ui.px(1)}, layout.text_width, kMostLines,
                      ui.px(19), problems[i].message);
    y += ui.px(19) * static_cast<float>(layout.lines[i]);
  }

  ImGui::SetCursorScreenPos(right.min);
  if (icon_button(ui, "reload", Icon::Reload, "Reload", {.tip = "Read the file again (Ctrl+R)"})) {
    ui.reload();
    return;
  }
  ImGui::SetCursorScreenPos({right.max.x - dismiss, right.min.y});
  if (icon_button(ui, "dismiss", Icon::Cross, "", {.tip = "Hide this message"})) {
    ui.document.dismiss_problems();
  }
}

}  // namespace lab::gui
