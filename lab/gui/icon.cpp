#include "lab/gui/icon.h"

#include <algorithm>
#include <cmath>

namespace lab::gui {

namespace {

void draw_eye(ImDrawList& draw, ImVec2 c, float r, bool open, ImU32 color) {
  const float thick = std::max(1.0f, r * 0.17f);
  // Two flat arcs about centres above and below make the lids.
  draw.PathArcTo({c.x, c.y + r * 0.62f}, r * 1.02f, -2.42f, -0.72f, 10);
  draw.PathStroke(color, 0, thick);
  draw.PathArcTo({c.x, c.y - r * 0.62f}, r * 1.02f, 0.72f, 2.42f, 10);
  draw.PathStroke(color, 0, thick);
  if (open) {
    draw.AddCircleFilled(c, r * 0.34f, color);
  } else {
    draw.AddLine({c.x - r * 0.8f, c.y + r * 0.7f}, {c.x + r * 0.8f, c.y - r * 0.7f}, color, thick);
  }
}

void draw_sun(ImDrawList& draw, ImVec2 c, float r, ImU32 color) {
  draw.AddCircleFilled(c, r * 0.42f, color);
  for (int ray = 0; ray < 8; ++ray) {
    const float angle = static_cast<float>(ray) * 0.7854f;
    const ImVec2 to{std::cos(angle), std::sin(angle)};
    draw.AddLine({c.x + to.x * r * 0.64f, c.y + to.y * r * 0.64f},
                 {c.x + to.x * r * 0.95f, c.y + to.y * r * 0.95f}, color,
                 std::max(1.0f, r * 0.16f));
  }
}

void draw_moon(ImDrawList& draw, ImVec2 c, float r, ImU32 color) {
  // Outer arc, then the inner one back: a crescent as one stroke, because fills must be convex.
  draw.PathArcTo(c, r * 0.72f, 0.5f, 4.4f, 18);
  draw.PathArcTo({c.x + r * 0.36f, c.y - r * 0.22f}, r * 0.62f, 3.9f, 1.0f, 12);
  draw.PathStroke(color, ImDrawFlags_Closed, std::max(1.0f, r * 0.18f));
}

void draw_export(ImDrawList& draw, ImVec2 c, float r, ImU32 color) {
  const float thick = std::max(1.0f, r * 0.2f);
  draw.AddLine({c.x, c.y - r * 0.85f}, {c.x, c.y + r * 0.1f}, color, thick);
  draw.AddTriangleFilled({c.x - r * 0.48f, c.y - r * 0.1f}, {c.x + r * 0.48f, c.y - r * 0.1f},
                         {c.x, c.y + r * 0.42f}, color);
  draw.AddLine({c.x - r * 0.75f, c.y + r * 0.78f}, {c.x + r * 0.75f, c.y + r * 0.78f}, color,
               thick);
}

void draw_reload(ImDrawList& draw, ImVec2 c, float r, ImU32 color) {
  draw.PathArcTo(c, r * 0.68f, -0.6f, 4.2f, 18);
  draw.PathStroke(color, 0, std::max(1.0f, r * 0.2f));
  draw.AddTriangleFilled({c.x + r * 0.2f, c.y - r * 0.5f}, {c.x + r * 0.95f, c.y - r * 0.75f},
                         {c.x + r * 0.9f, c.y + r * 0.02f}, color);
}

void draw_stopwatch(ImDrawList& draw, ImVec2 c, float r, ImU32 color) {
  const float thick = std::max(1.0f, r * 0.18f);
  const ImVec2 dial{c.x, c.y + r * 0.14f};
  draw.AddCircle(dial, r * 0.72f, color, 20, thick);
  draw.AddLine(dial, {dial.x + r * 0.3f, dial.y - r * 0.34f}, color, thick);
  draw.AddLine({c.x - r * 0.28f, c.y - r * 0.9f}, {c.x + r * 0.28f, c.y - r * 0.9f}, color,
               thick * 1.3f);
}

}  // namespace

void draw_icon(ImDrawList& draw, ImVec2 c, float r, Icon icon, ImU32 color) {
  const float thick = std::max(1.0f, r * 0.24f);
  switch (icon) {
    case Icon::Play:
      draw.AddTriangleFilled({c.x - r * 0.6f, c.y - r * 0.8f}, {c.x + r * 0.8f, c.y},
                             {c.x - r * 0.6f, c.y + r * 0.8f}, color);
      break;
    case Icon::Stop:
      draw.AddRectFilled({c.x - r * 0.66f, c.y - r * 0.66f}, {c.x + r * 0.66f, c.y + r * 0.66f},
                         color, r * 0.25f);
      break;
    case Icon::Export:
      draw_export(draw, c, r, color);
      break;
    case Icon::Eye:
    case Icon::EyeOff:
      draw_eye(draw, c, r, icon == Icon::Eye, color);
      break;
    case Icon::Sun:
      draw_sun(draw, c, r, color);
      break;
    case Icon::Moon:
      draw_moon(draw, c, r, color);
      break;
    case Icon::Reload:
      draw_reload(draw, c, r, color);
      break;
    case Icon::Stopwatch:
      draw_stopwatch(draw, c, r, color);
      break;
    case Icon::Tick: {
      const ImVec2 points[3] = {{c.x - r * 0.65f, c.y + r * 0.05f},
                                {c.x - r * 0.15f, c.y + r * 0.55f},
                                {c.x + r * 0.7f, c.y - r * 0.5f}};
      draw.AddPolyline(points, 3, color, 0, thick);
      break;
    }
    case Icon::Cross:
      draw.AddLine({c.x - r * 0.55f, c.y - r * 0.55f}, {c.x + r * 0.55f, c.y + r * 0.55f}, color,
                   thick);
      draw.AddLine({c.x - r * 0.55f, c.y + r * 0.55f}, {c.x + r * 0.55f, c.y - r * 0.55f}, color,
                   thick);
      break;
    case Icon::Folder:
      draw.AddRectFilled({c.x - r * 0.85f, c.y - r * 0.65f}, {c.x - r * 0.05f, c.y}, color,
                         r * 0.15f);
      draw.AddRectFilled({c.x - r * 0.85f, c.y - r * 0.4f}, {c.x + r * 0.85f, c.y + r * 0.65f},
                         color, r * 0.15f);
      break;
    case Icon::Caret: {
      const ImVec2 points[3] = {{c.x - r * 0.6f, c.y - r * 0.3f},
                                {c.x, c.y + r * 0.35f},
                                {c.x + r * 0.6f, c.y - r * 0.3f}};
      draw.AddPolyline(points, 3, color, 0, thick);
      break;
    }
  }
}

}  // namespace lab::gui
