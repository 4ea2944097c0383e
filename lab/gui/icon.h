// The icons of buttons, drawn from triangles and lines: no icon font to install. GUI thread only.
#pragma once

#include <imgui.h>

namespace lab::gui {

enum class Icon {
  Play,
  Stop,
  Export,
  Eye,
  EyeOff,
  Sun,
  Moon,
  Reload,
  Tick,
  Cross,
  Folder,
  Caret,
  Stopwatch
};

/// Fits a circle of `radius` pixels about `centre`.
void draw_icon(ImDrawList& draw, ImVec2 centre, float radius, Icon icon, ImU32 color);

}  // namespace lab::gui
