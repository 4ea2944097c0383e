// A filled band between an upper and a lower edge with soft borders: how a line looks where each
// pixel column holds many samples. AddPolyline along the extremes of dense data draws every zig-zag
// with its own thickness and looks bloated. GUI thread only.
#pragma once

#include <imgui.h>

#include <span>

namespace lab::gui::plot {

struct StripPoint {
  float x, top, bottom;  // screen; top <= bottom
};

/// Four vertices a point: both edges and a fringe of one pixel outside each.
void draw_strip(ImDrawList& draw, std::span<const StripPoint> points, ImU32 color);

/// AddPolyline in pieces that keep 16-bit indices valid however long the line is.
void draw_polyline(ImDrawList& draw, std::span<const ImVec2> points, ImU32 color, float width);

}  // namespace lab::gui::plot
