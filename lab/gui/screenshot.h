// A picture of the window, read back from OpenGL. GUI thread, current context, before the swap.
#pragma once

#include <string>

namespace lab::gui {

/// Writes the back buffer as PNG. False: the file could not be written.
bool write_screenshot(const std::string& path, int width, int height);

}  // namespace lab::gui
