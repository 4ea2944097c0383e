#include "lab/cli/text_style.h"

namespace lab::cli {
namespace {

constexpr bool starts_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

}  // namespace

std::string TextStyle::paint(Tone tone, std::string_view text) const {
  if (!colour || tone == Tone::Plain || text.empty()) return std::string(text);
  const char* code = "";
  switch (tone) {
    case Tone::Plain:
      break;
    case Tone::Strong:
      code = "1";
      break;
    case Tone::Dim:
      code = "2";
      break;
    case Tone::Good:
      code = "1;32";
      break;
    case Tone::Bad:
      code = "1;31";
      break;
    case Tone::Doubt:
      code = "33";
      break;
    case Tone::Accent:
      code = "36";
      break;
  }
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

std::size_t columns(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += starts_character(c);
  return count;
}

std::string clipped(std::string_view text, std::size_t width, const TextStyle& style) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return {};
  const std::string_view mark = style.symbol("…", "~");
  std::string kept;
  std::size_t used = 0;
  for (const char c : text) {
    if (starts_character(c) && ++used >= width) break;
    kept += c;
  }
  return kept += mark;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out(indent);
  std::size_t used = columns(indent);
  bool first = true;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    const std::size_t need = columns(word) + (first ? 0 : 1);
    if (!first && width != 0 && used + need > width) {
      out += '\n';
      out += indent;
      used = columns(indent);
      first = true;
    }
    if (!first) out += ' ';
    out += word;
    used += columns(word) + (first ? 0 : 1);
    first = false;
  }
  return out;
}

}  // namespace lab::cli
