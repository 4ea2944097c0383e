#include "tests/lab/gui/glyphs.h"

#include <cmath>
#include <map>
#include <utility>

namespace lab::gui {

namespace {

using Corner = std::pair<float, float>;

std::map<Corner, unsigned> codepoints_by_corner() {
  std::map<Corner, unsigned> found;
  for (const ImFont* font : ImGui::GetIO().Fonts->Fonts) {
    for (const ImFontGlyph& glyph : font->Glyphs) {
      found[{glyph.U0, glyph.V0}] = static_cast<unsigned>(glyph.Codepoint);
    }
  }
  return found;
}

}  // namespace

std::vector<Glyph> glyphs_of_frame() {
  const std::map<Corner, unsigned> corners = codepoints_by_corner();
  std::vector<Glyph> glyphs;
  const ImDrawData* data = ImGui::GetDrawData();
  for (int n = 0; n < data->CmdListsCount; ++n) {
    const ImDrawList& list = *data->CmdLists[n];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      for (unsigned i = 0; i + 6 <= command.ElemCount;) {
        const auto vertex = [&](unsigned k) -> const ImDrawVert& {
          const ImDrawIdx index = list.IdxBuffer[static_cast<int>(command.IdxOffset + i + k)];
          return list.VtxBuffer[static_cast<int>(command.VtxOffset + index)];
        };
        // A glyph is two triangles that share the corners 0 and 2, and only glyphs begin at a
        // corner of the font's.
        const ImDrawVert& a = vertex(0);
        const ImDrawVert& b = vertex(2);
        const auto corner = corners.find({a.uv.x, a.uv.y});
        if (corner == corners.end() || a.uv.y == b.uv.y || &vertex(3) != &a || &vertex(4) != &b) {
          i += 3;
          continue;
        }
        if ((a.col & IM_COL32_A_MASK) != 0) {
          glyphs.push_back(
              {{a.pos.x, a.pos.y, b.pos.x, b.pos.y}, command.ClipRect, n, corner->second});
        }
        i += 6;
      }
    }
  }
  return glyphs;
}

std::string words_around(const std::vector<Glyph>& glyphs, std::size_t index) {
  const auto near = [&](std::size_t i, std::size_t j) {
    return glyphs[i].list == glyphs[j].list && std::abs(glyphs[i].box.w - glyphs[j].box.w) < 12 &&
           glyphs[j].box.x >= glyphs[i].box.x && glyphs[j].box.x - glyphs[i].box.z < 12;
  };
  std::size_t first = index, last = index;
  while (first > 0 && near(first - 1, first)) --first;
  while (last + 1 < glyphs.size() && near(last, last + 1)) ++last;
  std::string words;
  for (std::size_t i = first; i <= last; ++i) {
    const unsigned c = glyphs[i].codepoint;
    words += c < 128 ? static_cast<char>(c) : '~';
  }
  return words;
}

}  // namespace lab::gui
