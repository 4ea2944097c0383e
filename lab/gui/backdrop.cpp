#include "lab/gui/backdrop.h"

#include <GL/gl.h>

#include <algorithm>
#include <numbers>

namespace lab::gui {

void Backdrop::begin_frame(ImDrawList& draw) {
  patches_.clear();
  draw.AddCallback(&Backdrop::paint, this);
}

void Backdrop::fill(ImDrawList& draw, const Box& box, ImU32 color, float radius) {
  if (box.empty()) return;
  // A clear knows nothing of ImGui's clipping: what is scrolled away must not be painted.
  const ImVec2 low = draw.GetClipRectMin(), high = draw.GetClipRectMax();
  const auto patch = [&](ImVec2 min, ImVec2 max) {
    patches_.push_back({{{std::max(min.x, low.x), std::max(min.y, low.y)},
                         {std::min(max.x, high.x), std::min(max.y, high.y)}},
                        color});
  };
  if (radius <= 0) {
    patch(box.min, box.max);
    return;
  }
  const float r = std::ceil(radius);
  patch({box.min.x, box.min.y + r}, {box.max.x, box.max.y - r});
  patch({box.min.x + r, box.min.y}, {box.max.x - r, box.min.y + r});
  patch({box.min.x + r, box.max.y - r}, {box.max.x - r, box.max.y});
  constexpr float kQuarter = std::numbers::pi_v<float> / 2;
  const ImVec2 centres[4] = {{box.max.x - r, box.max.y - r},
                             {box.min.x + r, box.max.y - r},
                             {box.min.x + r, box.min.y + r},
                             {box.max.x - r, box.min.y + r}};
  for (int corner = 0; corner < 4; ++corner) {
    const float from = kQuarter * static_cast<float>(corner);
    draw.PathLineTo(centres[corner]);
    draw.PathArcTo(centres[corner], r, from, from + kQuarter, 6);
    draw.PathFillConvex(color);
  }
}

void Backdrop::paint(const ImDrawList*, const ImDrawCmd* command) {
  const auto& self = *static_cast<const Backdrop*>(command->UserCallbackData);
  const ImGuiIO& io = ImGui::GetIO();
  const ImVec2 scale = io.DisplayFramebufferScale;
  const float height = io.DisplaySize.y * scale.y;
  for (const Patch& patch : self.patches_) {
    const Box& box = patch.box;
    if (box.empty()) continue;
    glScissor(static_cast<int>(box.min.x * scale.x), static_cast<int>(height - box.max.y * scale.y),
              static_cast<int>(box.width() * scale.x), static_cast<int>(box.height() * scale.y));
    const ImVec4 color = ImGui::ColorConvertU32ToFloat4(patch.color);
    glClearColor(color.x, color.y, color.z, 1.0f);
    glClear(GL_COLOR_BUFFER_BIT);
  }
}

}  // namespace lab::gui
