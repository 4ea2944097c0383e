#include "lab/gui/plot/heat_texture.h"

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>

#include <bit>

namespace lab::gui::plot {

HeatTexture::~HeatTexture() {
  if (id_ != 0) glDeleteTextures(1, &id_);
}

ImTextureID HeatTexture::refresh(const HeatMap& map, HeatShade shade,
                                 std::span<const ImU32> palette) {
  const ImU32 mark = palette[palette.size() / 2];
  const auto name = [this] { return std::bit_cast<ImTextureID>(std::uintptr_t{id_}); };
  if (id_ != 0 && revision_ == map.revision() && shade_ == shade && palette_mark_ == mark) {
    return name();
  }
  heat_pixels(map, shade, palette, pixels_);
  GLint bound = 0;  // ImGui's renderer or the window may be in the middle of something
  glGetIntegerv(GL_TEXTURE_BINDING_2D, &bound);
  if (id_ == 0) glGenTextures(1, &id_);
  glBindTexture(GL_TEXTURE_2D, id_);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  if (width_ != map.columns() || height_ != map.rows()) {
    width_ = map.columns();
    height_ = map.rows();
    // Nearest: a cell is a count, and between two counts there is nothing.
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width_, height_, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                 pixels_.data());
  } else {
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE,
                    pixels_.data());
  }
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(bound));
  revision_ = map.revision();
  shade_ = shade;
  palette_mark_ = mark;
  return name();
}

}  // namespace lab::gui::plot
