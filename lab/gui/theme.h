// The colours of the window: a dark and a light theme as plain values, the colour and marker of
// each pool, and the ImGui style made from them. Pool colours are told apart under normal, protan,
// deutan and tritan vision and stand out from the panel (contrast >= 4.5 dark, >= 3.0 light); the
// marker differs as well, so colour is never the only hint. Plain values, any thread;
// apply_style(): GUI thread, between frames.
#pragma once

#include <imgui.h>

#include <array>
#include <cstddef>

#include "lab/gui/marker.h"

namespace lab::gui {

inline constexpr std::size_t kPoolColors = 8;
inline constexpr std::size_t kHeatShades = 256;

struct Theme {
  bool dark = true;
  // Surfaces, from the back to the front.
  ImU32 background{}, panel{}, raised{}, hovered{}, active{};
  ImU32 line{};  // borders and rules
  // Text, from loud to quiet.
  ImU32 text{}, text_soft{}, text_faint{};
  ImU32 accent{}, on_accent{};
  ImU32 good{}, warning{}, bad{};
  // Plots.
  ImU32 grid{}, grid_minor{}, axis_text{}, crosshair{}, overlay_line{};
  std::array<ImU32, kPoolColors> pools{};
  std::array<ImU32, kHeatShades> heat{};  // few tasks to many

  /// Slots past the eighth reuse colours, but pool_marker() then gives another shape.
  ImU32 pool_color(std::size_t slot) const { return pools[slot % kPoolColors]; }
};

Theme dark_theme();
Theme light_theme();

/// Unique together with pool_color() for the first 64 slots.
MarkerShape pool_marker(std::size_t slot);

/// Sets ImGui's whole style; call again after the theme or the scale changed.
void apply_style(const Theme& theme, float scale);

/// 0xRRGGBB, as designers write it, to ImGui's packed colour.
constexpr ImU32 rgb(unsigned hex, float alpha = 1.0f) {
  return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255,
                  static_cast<int>(alpha * 255.0f + 0.5f));
}
/// The same colour, its alpha multiplied by `alpha`.
ImU32 with_alpha(ImU32 color, float alpha);
/// `from` at 0, `to` at 1.
ImU32 mix(ImU32 from, ImU32 to, float part);

}  // namespace lab::gui
