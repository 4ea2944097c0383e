// The pools' heat maps as pictures, one a slot. GUI thread only; with OpenGL: a current context,
// also on destruction.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "lab/gui/plot/heat_texture.h"

namespace lab::gui {

class HeatImages {
 public:
  /// Without OpenGL (tests) there are no textures, and plots draw cells as rectangles.
  explicit HeatImages(bool opengl) : opengl_(opengl) {}

  /// The texture of that slot's map, brought up to date; null without OpenGL.
  ImTextureID of(std::size_t slot, const plot::HeatMap& map, plot::HeatShade shade,
                 std::span<const ImU32> palette) {
    if (!opengl_) return nullptr;
    while (textures_.size() <= slot) textures_.push_back(std::make_unique<plot::HeatTexture>());
    return textures_[slot]->refresh(map, shade, palette);
  }

 private:
  bool opengl_;
  std::vector<std::unique_ptr<plot::HeatTexture>> textures_;
};

}  // namespace lab::gui
