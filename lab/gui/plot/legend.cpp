#include "lab/gui/plot/legend.h"

#include <algorithm>
#include <cmath>

namespace lab::gui::plot {

void ShownSet::set(std::size_t index, bool shown) {
  if (index >= hidden_.size()) {
    if (shown) return;
    hidden_.resize(index + 1, false);
  }
  hidden_[index] = !shown;
}

void ShownSet::isolate(std::size_t index, std::size_t count) {
  bool alone = shown(index);
  for (std::size_t i = 0; i < count; ++i) alone = alone && (i == index || !shown(i));
  if (alone) {
    show_all();
    return;
  }
  for (std::size_t i = 0; i < count; ++i) set(i, i == index);
}

bool legend(const Plots& plots, std::span<const LegendEntry> entries, ShownSet& shown,
            float width) {
  const Theme& theme = plots.theme();
  ImFont* font = plots.fonts().small;
  const float s = plots.scale();
  const float high = 24 * s;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  ImVec2 at = origin;
  bool changed = false;
  ImGui::PushID("legend");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const LegendEntry& entry = entries[i];
    const char* name = entry.name.c_str();
    const float text = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, name).x;
    const float wide = std::ceil(text) + 31 * s;
    if (at.x > origin.x && at.x + wide > origin.x + width) at = {origin.x, at.y + high};
    ImGui::SetCursorScreenPos(at);
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("chip", {wide, high})) {
      changed = true;
      if (ImGui::GetIO().KeyShift) {
        shown.isolate(i, entries.size());
      } else {
        shown.toggle(i);
      }
    }
    ImGui::PopID();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ImVec2 end(at.x + wide, at.y + high);
    plots.report("chip.", entry.name, at, end);
    if (ImGui::IsItemHovered()) draw.AddRectFilled(at, end, theme.hovered, 4 * s);
    const bool on = shown.shown(i);
    const float middle = at.y + high * 0.5f;
    draw_marker(draw, {at.x + 12 * s, middle}, 4.5f * s, entry.marker,
                on ? entry.color : theme.text_faint);
    const float left = std::floor(at.x + 23 * s);
    draw.AddText(font, font->FontSize, {left, std::floor(middle - font->FontSize * 0.5f)},
                 on ? theme.text_soft : theme.text_faint, name);
    if (!on) {
      const float y = std::floor(middle);
      draw.AddRectFilled({left - 2 * s, y}, {left + text + 2 * s, y + 1}, theme.text_faint);
    }
    at.x += wide + 2 * s;
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({width, at.y + high - origin.y});
  return changed;
}

}  // namespace lab::gui::plot
