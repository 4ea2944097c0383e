#include "lab/gui/marker.h"

#include <algorithm>

namespace lab::gui {

// The factors make the shapes look equally heavy, not equally tall.
void draw_marker(ImDrawList& draw, ImVec2 c, float r, MarkerShape shape, ImU32 color) {
  switch (shape) {
    case MarkerShape::Circle:
      draw.AddCircleFilled(c, r, color, 16);
      break;
    case MarkerShape::Square: {
      const float h = r * 0.86f;
      draw.AddRectFilled({c.x - h, c.y - h}, {c.x + h, c.y + h}, color);
      break;
    }
    case MarkerShape::Up:
      draw.AddTriangleFilled({c.x, c.y - r * 1.1f}, {c.x + r * 1.05f, c.y + r * 0.8f},
                             {c.x - r * 1.05f, c.y + r * 0.8f}, color);
      break;
    case MarkerShape::Diamond:
      draw.AddQuadFilled({c.x, c.y - r * 1.2f}, {c.x + r * 1.15f, c.y}, {c.x, c.y + r * 1.2f},
                         {c.x - r * 1.15f, c.y}, color);
      break;
    case MarkerShape::Down:
      draw.AddTriangleFilled({c.x, c.y + r * 1.1f}, {c.x - r * 1.05f, c.y - r * 0.8f},
                             {c.x + r * 1.05f, c.y - r * 0.8f}, color);
      break;
    case MarkerShape::Hexagon:
      draw.AddNgonFilled(c, r * 1.1f, color, 6);
      break;
    case MarkerShape::Cross: {
      const float arm = r * 0.38f;
      draw.AddRectFilled({c.x - r, c.y - arm}, {c.x + r, c.y + arm}, color);
      draw.AddRectFilled({c.x - arm, c.y - r}, {c.x + arm, c.y + r}, color);
      break;
    }
    case MarkerShape::Ring:
      draw.AddCircle(c, r * 0.82f, color, 16, std::max(1.4f, r * 0.45f));
      break;
    case MarkerShape::None:
      break;
  }
}

}  // namespace lab::gui
