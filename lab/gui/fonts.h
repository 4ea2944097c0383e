// The window's fonts: Inter for words, JetBrains Mono for numbers, DejaVu where those Debian
// packages are missing, ImGui's built-in font where nothing is. Built with FreeType. Inter's digits
// get one common advance, so numbers in running text do not jitter. GUI thread, between frames.
#pragma once

#include <imgui.h>

#include <string>

namespace lab::gui {

struct Fonts {
  // Owned by ImGui's font atlas, never null after load_fonts().
  ImFont* ui = nullptr;        // 15 px, the default
  ImFont* semibold = nullptr;  // 15 px, names and buttons that matter
  ImFont* small = nullptr;     // 13 px, secondary text
  ImFont* caption = nullptr;   // 12 px semibold, panel captions in capitals
  ImFont* heading = nullptr;   // 21 px semibold
  ImFont* mono = nullptr;      // 13 px, all numbers
  float scale = 1.0f;          // pixels per logical pixel
  std::string sources;         // which files were used, for `doctor` and bug reports
};

/// Clears ImGui's atlas and fills it for `scale`. The renderer must drop its font texture before
/// and make it again after (ImGui_ImplOpenGL3_DestroyFontsTexture / CreateFontsTexture).
Fonts load_fonts(float scale);

}  // namespace lab::gui
