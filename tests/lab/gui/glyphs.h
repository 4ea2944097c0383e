// The text of a frame, read back from ImGui's draw lists: where every glyph is and what clips it.
// GUI thread, between ImGui::Render() and the next frame.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

namespace lab::gui {

struct Glyph {
  ImVec4 box;   ///< min x, min y, max x, max y
  ImVec4 clip;  ///< of the command that draws it
  int list = 0;
  unsigned codepoint = 0;
};

std::vector<Glyph> glyphs_of_frame();

/// The line of text around glyphs[index], as far as it can be told.
std::string words_around(const std::vector<Glyph>& glyphs, std::size_t index);

}  // namespace lab::gui
