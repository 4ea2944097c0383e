#include "lab/gui/plot/gestures.h"

#include <cmath>

namespace lab::gui::plot {

namespace {

constexpr float kDragThreshold = 4;  // pixels
constexpr double kZoomPerNotch = 0.85;

}  // namespace

void apply_gestures(LinkedX& axis, bool hovered, bool active, bool activated, ImVec2 min,
                    ImVec2 max) {
  const ImGuiIO& io = ImGui::GetIO();
  const double per_pixel = axis.range().span() / static_cast<double>(max.x - min.x);
  const double at = axis.range().begin + static_cast<double>(io.MousePos.x - min.x) * per_pixel;

  if (hovered) {
    axis.hover_at(at);
    if (io.MouseWheel != 0 && !io.KeyShift && !io.KeyCtrl) {
      axis.zoom(std::pow(kZoomPerNotch, static_cast<double>(io.MouseWheel)), at);
    }
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
      axis.double_click(at);
      return;
    }
  }
  // The time under the press is kept, not its pixel: live data may scroll on below the mouse.
  if (activated && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) axis.drag_begin(at);
  if (active) {
    if (ImGui::IsMouseDragging(ImGuiMouseButton_Left, kDragThreshold)) axis.drag_to(at);
    if (ImGui::IsMouseDragging(ImGuiMouseButton_Right, 1) ||
        ImGui::IsMouseDragging(ImGuiMouseButton_Middle, 1)) {
      axis.pan(-static_cast<double>(io.MouseDelta.x) * per_pixel);
    }
  }
  // Not by the item: it is already inactive in the frame of the release.
  if (axis.dragging() && !ImGui::IsMouseDown(ImGuiMouseButton_Left)) axis.drag_end();
}

}  // namespace lab::gui::plot
