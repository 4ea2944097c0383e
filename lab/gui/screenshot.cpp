#include "lab/gui/screenshot.h"

#include <GL/gl.h>
#include <stb/stb_image_write.h>

#include <cstdint>
#include <vector>

namespace lab::gui {

bool write_screenshot(const std::string& path, int width, int height) {
  constexpr int kChannels = 3;
  const std::size_t stride = static_cast<std::size_t>(width) * kChannels;
  std::vector<std::uint8_t> pixels(stride * static_cast<std::size_t>(height));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadBuffer(GL_BACK);
  glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  // OpenGL's first row is the lowest, PNG's the highest.
  stbi_flip_vertically_on_write(1);
  return stbi_write_png(path.c_str(), width, height, kChannels, pixels.data(),
                        static_cast<int>(stride)) != 0;
}

}  // namespace lab::gui
