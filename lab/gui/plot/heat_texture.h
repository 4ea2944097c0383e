// A heat map's pixels as one OpenGL texture with nearest filtering: one quad instead of 12,000. The
// only file of the plot module that knows OpenGL. GUI thread with a current context, also on
// destruction.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>
#include <vector>

#include "lab/gui/plot/heat_map.h"

namespace lab::gui::plot {

class HeatTexture {
 public:
  HeatTexture() = default;
  ~HeatTexture();
  HeatTexture(const HeatTexture&) = delete;
  HeatTexture& operator=(const HeatTexture&) = delete;

  /// Uploads the map unless it, the shade and the palette are the ones uploaded last.
  ImTextureID refresh(const HeatMap& map, HeatShade shade, std::span<const ImU32> palette);

 private:
  unsigned id_ = 0;
  int width_ = 0, height_ = 0;
  std::uint64_t revision_ = 0;
  HeatShade shade_ = HeatShade::Count;
  ImU32 palette_mark_ = 0;  // a shade from the middle tells the themes apart
  std::vector<ImU32> pixels_;
};

}  // namespace lab::gui::plot
