// The tooltip of the plot under the mouse: every line's value at that time, the greatest first.
#include <algorithm>

#include "lab/gui/plot/plot_frame.h"

namespace lab::gui::plot {

void PlotFrame::draw_tooltip() {
  if (rows.empty()) return;
  std::stable_sort(rows.begin(), rows.end(), [](const TooltipRow& a, const TooltipRow& b) {
    const bool pool_a = a.marker != MarkerShape::None;
    const bool pool_b = b.marker != MarkerShape::None;
    if (pool_a != pool_b) return pool_a;
    return pool_a && a.value > b.value;
  });
  const float s = scale;
  const std::string title =
      axis != nullptr ? format_time(*cross) : format_value(options.x_unit, *cross);
  float name_width = 0;
  float value_width = 0;
  bool markers = false;
  for (TooltipRow& row : rows) {
    if (row.text.empty()) row.text = format_value(options.unit, row.value);
    markers = markers || row.marker != MarkerShape::None;
    name_width = std::max(name_width, text_size(fonts->small, row.name).x);
    value_width = std::max(value_width, text_size(fonts->mono, row.text).x);
  }
  const float indent = markers ? 17 * s : 0;
  const float wide = indent + name_width + 20 * s + value_width;
  const float high = fonts->small->FontSize + 4 * s;

  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {11 * s, 9 * s});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  ImGui::BeginTooltip();
  ImDrawList* tip = ImGui::GetWindowDrawList();
  const auto put = [tip](ImFont* font, ImVec2 at, ImU32 color, std::string_view words) {
    tip->AddText(font, font->FontSize, {std::floor(at.x), std::floor(at.y)}, color, words.data(),
                 words.data() + words.size());
  };
  ImVec2 at = ImGui::GetCursorScreenPos();
  put(fonts->mono, at, theme->text_faint, title);
  ImGui::Dummy({wide, fonts->mono->FontSize + 5 * s});
  for (const TooltipRow& row : rows) {
    at = ImGui::GetCursorScreenPos();
    const bool pool = row.marker != MarkerShape::None;
    if (pool) {
      // The line may be faded because another pool is selected; its key here is not.
      draw_marker(*tip, {at.x + 5 * s, at.y + high * 0.5f}, 4.2f * s, row.marker,
                  row.color | IM_COL32_A_MASK);
    }
    put(fonts->small, {at.x + indent, at.y + 2 * s}, pool ? theme->text : row.color, row.name);
    const float value = text_size(fonts->mono, row.text).x;
    put(fonts->mono, {at.x + wide - value, at.y + 2 * s}, theme->text, row.text);
    ImGui::Dummy({wide, high});
  }
  ImGui::EndTooltip();
  ImGui::PopStyleVar(2);
}

}  // namespace lab::gui::plot
