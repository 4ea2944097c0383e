#include <fmt/format.h>

#include <string>

#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

ImU32 state_color(const Theme& t, RunState state) {
  switch (state) {
    case RunState::Running:
      return t.good;
    case RunState::Stopping:
    case RunState::Interrupted:
      return t.warning;
    case RunState::Failed:
      return t.bad;
    case RunState::Finished:
      return t.accent;
    default:
      return t.text_faint;
  }
}

std::string run_line(const Document& document) {
  const SessionProgress& progress = document.progress();
  std::string line = fmt::format("seed {}", document.scenario().seed);
  if (const RunEntry* entry = document.present()) {
    line += fmt::format("   trial {} of {}: {}", progress.trial + 1, document.run_order().size(),
                        entry->name());
  } else {
    line += fmt::format("   {} pools", document.scenario().pools.size());
  }
  if (document.result() != nullptr) line += "   measured with the window open";
  return line;
}

}  // namespace

void draw_status_bar(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  ui.backdrop.fill(*ImGui::GetWindowDrawList(), box, t.panel);
  ui.tags.box("panel.status", box.min, box.max);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(box.min, {box.max.x, box.min.y + 1}, t.line);
  const float y = centred_y(ui.fonts.small, box.min.y, box.max.y);
  const float mono_y = centred_y(ui.fonts.mono, box.min.y, box.max.y);
  const RunState state = ui.document.state();

  float x = box.min.x + ui.px(18);
  draw.AddCircleFilled({x, box.centre().y}, ui.px(4), state_color(t, state), 16);
  x += ui.px(12);
  x += draw_text(ui.fonts.small, t.text, {x, y}, run_state_name(state)) + ui.px(18);
  const std::string cost =
      ui.narrow() ? fmt::format("{:2.0f} fps", ui.cost.frames_per_s)
                  : fmt::format("UI {:4.1f} ms   draw {:4.1f} ms   {:2.0f} fps", ui.cost.build_ms,
                                ui.cost.draw_ms, ui.cost.frames_per_s);
  const float right = box.max.x - ui.px(16);
  if (ui.document.has_scenario()) {
    const float room = right - text_width(ui.fonts.mono, cost) - ui.px(20) - x;
    x += draw_text_fitted(ui.fonts.small, t.text_soft, {x, y}, room, run_line(ui.document));
  }
  draw_text_right(ui.fonts.mono, t.text_soft, {right, mono_y}, cost);
  const float hint_right = right - text_width(ui.fonts.mono, cost) - ui.px(24);
  constexpr std::string_view kHints =
      "Space run   drag select   wheel zoom   double-click live   F1 keys";
  if (hint_right - text_width(ui.fonts.small, kHints) > x + ui.px(30)) {
    draw_text_right(ui.fonts.small, t.text_faint, {hint_right, y}, kHints);
  }
}

}  // namespace lab::gui
