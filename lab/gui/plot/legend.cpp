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

float legend_width(const Plots& plots, std::span<const LegendEntry> entries) {
  float width = 0;
  for (const LegendEntry& entry : entries) {
    const ImFont* font = plots.fonts().small;
    width += std::ceil(font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, entry.name.c_str()).x) +
             33 * plots.scale();
  }
  return width;
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

void heat_key(const Plots& plots, HeatShade shade, float strip_width) {
  constexpr int kPieces = 32;
  constexpr double kFloor = 0.14;  // what heat_pixels() gives a single task
  const Theme& theme = plots.theme();
  ImFont* font = plots.fonts().small;
  const float s = plots.scale();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float top = std::floor(at.y + 3 * s);
  for (int i = 0; i < kPieces; ++i) {
    const double part = kFloor + (1 - kFloor) * i / (kPieces - 1);
    const auto index = static_cast<std::size_t>(part * (kHeatShades - 1));
    const float x0 = at.x + strip_width * static_cast<float>(i) / kPieces;
    const float x1 = at.x + strip_width * static_cast<float>(i + 1) / kPieces;
    draw.AddRectFilled({std::floor(x0), top}, {std::floor(x1), top + 8 * s}, theme.heat[index]);
  }
  const char* words = shade == HeatShade::Count ? "1 \u2192 most tasks in a cell, log"
                                                : "1 task \u2192 most in the column, log";
  const ImVec2 text(std::floor(at.x + strip_width + 8 * s), std::floor(at.y - 1 * s));
  draw.AddText(font, font->FontSize, text, theme.axis_text, words);
  const float wide = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, words).x;
  ImGui::Dummy({text.x + wide - at.x, 14 * s});
}

}  // namespace lab::gui::plot
