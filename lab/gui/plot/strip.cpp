#include "lab/gui/plot/strip.h"

#include <imgui_internal.h>

#include <algorithm>

namespace lab::gui::plot {

namespace {

// ImGui 1.86 starts a new vertex offset only between primitives, so one primitive must stay below
// 65,536 vertices.
constexpr std::size_t kStripPiece = 12'000;     // x 4 vertices
constexpr std::size_t kPolylinePiece = 10'000;  // x up to 4 vertices
constexpr float kFringe = 1.0f;

void draw_piece(ImDrawList& draw, std::span<const StripPoint> points, ImU32 color) {
  const ImVec2 white = draw._Data->TexUvWhitePixel;
  const ImU32 clear = color & ~IM_COL32_A_MASK;
  const int count = static_cast<int>(points.size());
  draw.PrimReserve((count - 1) * 18, count * 4);
  ImDrawVert* vertex = draw._VtxWritePtr;
  ImDrawIdx* index = draw._IdxWritePtr;
  unsigned base = draw._VtxCurrentIdx;
  for (int i = 0; i < count; ++i) {
    const StripPoint& p = points[static_cast<std::size_t>(i)];
    vertex[0] = {{p.x, p.top - kFringe}, white, clear};
    vertex[1] = {{p.x, p.top}, white, color};
    vertex[2] = {{p.x, p.bottom}, white, color};
    vertex[3] = {{p.x, p.bottom + kFringe}, white, clear};
    vertex += 4;
    if (i + 1 == count) break;
    for (unsigned edge = base; edge < base + 3; ++edge) {
      index[0] = static_cast<ImDrawIdx>(edge);
      index[1] = static_cast<ImDrawIdx>(edge + 4);
      index[2] = static_cast<ImDrawIdx>(edge + 5);
      index[3] = static_cast<ImDrawIdx>(edge);
      index[4] = static_cast<ImDrawIdx>(edge + 5);
      index[5] = static_cast<ImDrawIdx>(edge + 1);
      index += 6;
    }
    base += 4;
  }
  draw._VtxWritePtr = vertex;
  draw._IdxWritePtr = index;
  draw._VtxCurrentIdx += static_cast<unsigned>(count) * 4;
}

}  // namespace

void draw_strip(ImDrawList& draw, std::span<const StripPoint> points, ImU32 color) {
  // Pieces share their border point.
  while (points.size() >= 2) {
    const std::size_t count = std::min(points.size(), kStripPiece);
    draw_piece(draw, points.first(count), color);
    points = points.subspan(count - 1);
  }
}

void draw_polyline(ImDrawList& draw, std::span<const ImVec2> points, ImU32 color, float width) {
  while (points.size() >= 2) {
    const std::size_t count = std::min(points.size(), kPolylinePiece);
    draw.AddPolyline(points.data(), static_cast<int>(count), color, ImDrawFlags_None, width);
    points = points.subspan(count - 1);
  }
}

}  // namespace lab::gui::plot
