#include "lab/gui/theme.h"

#include <algorithm>
#include <cmath>

namespace lab::gui {

namespace {

constexpr int kRampColors = 7;

std::array<ImU32, kHeatShades> ramp(const unsigned (&colors)[kRampColors]) {
  std::array<ImU32, kHeatShades> out;
  for (std::size_t i = 0; i < kHeatShades; ++i) {
    const float at = static_cast<float>(i) / (kHeatShades - 1) * (kRampColors - 1);
    const int k = std::min(kRampColors - 2, static_cast<int>(at));
    out[i] = mix(rgb(colors[k]), rgb(colors[k + 1]), at - static_cast<float>(k));
  }
  return out;
}

void set_colors(const Theme& theme, ImVec4* out) {
  const auto set = [out](ImGuiCol slot, ImU32 color) {
    out[slot] = ImGui::ColorConvertU32ToFloat4(color);
  };
  const ImU32 clear = rgb(0, 0.0f);
  set(ImGuiCol_Text, theme.text);
  set(ImGuiCol_TextDisabled, theme.text_faint);
  set(ImGuiCol_TextSelectedBg, with_alpha(theme.accent, 0.35f));
  set(ImGuiCol_WindowBg, theme.background);
  set(ImGuiCol_ChildBg, clear);
  set(ImGuiCol_PopupBg, theme.raised);
  set(ImGuiCol_ModalWindowDimBg, rgb(0, 0.55f));
  set(ImGuiCol_Border, theme.line);
  set(ImGuiCol_Separator, theme.line);
  set(ImGuiCol_FrameBg, theme.raised);
  set(ImGuiCol_FrameBgHovered, theme.hovered);
  set(ImGuiCol_FrameBgActive, theme.active);
  set(ImGuiCol_Button, theme.raised);
  set(ImGuiCol_ButtonHovered, theme.hovered);
  set(ImGuiCol_ButtonActive, theme.active);
  set(ImGuiCol_Header, with_alpha(theme.accent, 0.20f));
  set(ImGuiCol_HeaderHovered, theme.hovered);
  set(ImGuiCol_HeaderActive, theme.active);
  set(ImGuiCol_SliderGrab, theme.accent);
  set(ImGuiCol_SliderGrabActive, theme.accent);
  set(ImGuiCol_CheckMark, theme.accent);
  set(ImGuiCol_NavHighlight, theme.accent);
  set(ImGuiCol_PlotHistogram, theme.accent);
  set(ImGuiCol_ScrollbarBg, clear);
  set(ImGuiCol_ScrollbarGrab, theme.active);
  set(ImGuiCol_ScrollbarGrabHovered, theme.text_faint);
  set(ImGuiCol_ScrollbarGrabActive, theme.text_faint);
  set(ImGuiCol_Tab, theme.panel);
  set(ImGuiCol_TabHovered, theme.hovered);
  set(ImGuiCol_TabActive, theme.active);
  set(ImGuiCol_TableHeaderBg, clear);
  set(ImGuiCol_TableRowBg, clear);
  set(ImGuiCol_TableRowBgAlt, clear);
  set(ImGuiCol_TableBorderLight, theme.line);
  set(ImGuiCol_TableBorderStrong, theme.line);
}

}  // namespace

ImU32 with_alpha(ImU32 color, float alpha) {
  const float a = static_cast<float>((color >> IM_COL32_A_SHIFT) & 255) * alpha;
  return (color & ~IM_COL32_A_MASK) | (static_cast<ImU32>(a + 0.5f) << IM_COL32_A_SHIFT);
}

ImU32 mix(ImU32 from, ImU32 to, float part) {
  ImU32 out = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const float a = static_cast<float>((from >> shift) & 255);
    const float b = static_cast<float>((to >> shift) & 255);
    out |= static_cast<ImU32>(a + (b - a) * part + 0.5f) << shift;
  }
  return out;
}

Theme dark_theme() {
  Theme t;
  t.dark = true;
  t.background = rgb(0x0C0F13);
  t.panel = rgb(0x14181E);
  t.raised = rgb(0x1D232B);
  t.hovered = rgb(0x28303A);
  t.active = rgb(0x323C48);
  t.line = rgb(0x29313B);
  t.text = rgb(0xE7ECF2);
  t.text_soft = rgb(0xA8B3C0);
  t.text_faint = rgb(0x7F8B98);
  t.accent = rgb(0x4C9DFF);
  t.on_accent = rgb(0x06121F);
  t.good = rgb(0x4CC38A);
  t.warning = rgb(0xF2B544);
  t.bad = rgb(0xFF6B6B);
  t.grid = rgb(0xFFFFFF, 0.075f);
  t.grid_minor = rgb(0xFFFFFF, 0.030f);
  t.axis_text = rgb(0x8A96A3);
  t.crosshair = with_alpha(t.text, 0.55f);
  t.overlay_line = rgb(0xFFFFFF, 0.80f);
  t.pools = {rgb(0x247FEC), rgb(0xFF981B), rgb(0x1CF3E1), rgb(0xAA7099),
             rgb(0xEBDF7E), rgb(0xD75E0C), rgb(0x39B8FA), rgb(0xADAD98)};
  t.heat = ramp({0x1B2A4A, 0x2C4F8C, 0x3E7FB8, 0x62B0B5, 0xA6D39B, 0xE9E59A, 0xFFF8E0});
  return t;
}

Theme light_theme() {
  Theme t;
  t.dark = false;
  t.background = rgb(0xEEF1F5);
  t.panel = rgb(0xFFFFFF);
  t.raised = rgb(0xF1F4F8);
  t.hovered = rgb(0xE4E9F0);
  t.active = rgb(0xD5DDE7);
  t.line = rgb(0xD3DAE3);
  t.text = rgb(0x16202B);
  t.text_soft = rgb(0x45525F);
  t.text_faint = rgb(0x6B7884);
  t.accent = rgb(0x1463C8);
  t.on_accent = rgb(0xFFFFFF);
  t.good = rgb(0x137A4B);
  t.warning = rgb(0x8F5B00);
  t.bad = rgb(0xC22B2B);
  t.grid = rgb(0x0B1B2B, 0.100f);
  t.grid_minor = rgb(0x0B1B2B, 0.045f);
  t.axis_text = rgb(0x5E6B78);
  t.crosshair = with_alpha(t.text, 0.55f);
  t.overlay_line = rgb(0x000000, 0.75f);
  t.pools = {rgb(0x494EC3), rgb(0xBF8C1D), rgb(0x1F8C79), rgb(0x4E1C66),
             rgb(0x856B07), rgb(0x691005), rgb(0x2B99F6), rgb(0x575249)};
  t.heat = ramp({0xCFE3EF, 0x9CC6DD, 0x62A0C8, 0x3B78AE, 0x2A5591, 0x223A70, 0x141F45});
  return t;
}

MarkerShape pool_marker(std::size_t slot) {
  // A new round of colours starts one shape later, so no pair repeats before slot 64.
  return static_cast<MarkerShape>((slot + slot / kPoolColors) % kMarkerShapes);
}

void apply_style(const Theme& theme, float scale) {
  ImGuiStyle style;
  if (theme.dark) {
    ImGui::StyleColorsDark(&style);
  } else {
    ImGui::StyleColorsLight(&style);
  }
  style.WindowPadding = {0, 0};
  style.FramePadding = {9, 5};
  style.ItemSpacing = {8, 6};
  style.ItemInnerSpacing = {6, 4};
  style.CellPadding = {8, 4};
  style.ScrollbarSize = 11;
  style.GrabMinSize = 14;
  style.WindowRounding = 0;
  style.ChildRounding = 6;
  style.FrameRounding = 5;
  style.PopupRounding = 6;
  style.GrabRounding = 7;
  style.ScrollbarRounding = 6;
  style.TabRounding = 5;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 1;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 0;
  style.DisabledAlpha = 0.45f;
  style.AntiAliasedLinesUseTex = true;
  style.CurveTessellationTol = 0.8f;
  style.ScaleAllSizes(scale);
  style.ChildBorderSize = std::max(1.0f, std::floor(scale));
  style.PopupBorderSize = style.ChildBorderSize;
  set_colors(theme, style.Colors);
  ImGui::GetStyle() = style;
}

}  // namespace lab::gui
