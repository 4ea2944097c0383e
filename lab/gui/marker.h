// The eight marker shapes that tell pools apart without colour: beside a pool's name, in legends
// and tooltips, on curves. GUI thread only.
#pragma once

#include <imgui.h>

namespace lab::gui {

enum class MarkerShape { Circle, Square, Up, Diamond, Down, Hexagon, Cross, Ring, None };
inline constexpr int kMarkerShapes = 8;  // None is not a shape to choose from

/// Draws one marker that fits a circle of `radius` pixels about `centre`.
void draw_marker(ImDrawList& draw, ImVec2 centre, float radius, MarkerShape shape, ImU32 color);

}  // namespace lab::gui
