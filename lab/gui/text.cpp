#include "lab/gui/text.h"

#include <fmt/format.h>

#include <cfloat>

namespace lab::gui {

namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

const char* begin_of(std::string_view text) { return text.data(); }
const char* end_of(std::string_view text) { return text.data() + text.size(); }

/// The longest head of `text`, cut between characters, that is no wider than `width`.
std::string_view head_that_fits(const ImFont* font, std::string_view text, float width) {
  const char* rest = nullptr;
  font->CalcTextSizeA(font->FontSize, width, 0.0f, begin_of(text), end_of(text), &rest);
  return text.substr(0, static_cast<std::size_t>(rest - begin_of(text)));
}

}  // namespace

float text_width(const ImFont* font, std::string_view text) {
  if (text.empty()) return 0;
  return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0.0f, begin_of(text), end_of(text)).x;
}

float centred_y(const ImFont* font, float top, float bottom) {
  return std::floor((top + bottom - font->FontSize) * 0.5f);
}

float draw_text(const ImFont* font, ImU32 color, ImVec2 at, std::string_view text) {
  if (text.empty()) return 0;
  ImGui::GetWindowDrawList()->AddText(font, font->FontSize, {std::floor(at.x), std::floor(at.y)},
                                      color, begin_of(text), end_of(text));
  return text_width(font, text);
}

void draw_text_right(const ImFont* font, ImU32 color, ImVec2 right_top, std::string_view text) {
  draw_text(font, color, {right_top.x - text_width(font, text), right_top.y}, text);
}

void draw_text_centred(const ImFont* font, ImU32 color, const Box& box, std::string_view text) {
  draw_text(font, color,
            {box.centre().x - text_width(font, text) * 0.5f, centred_y(font, box.min.y, box.max.y)},
            text);
}

float draw_text_fitted(const ImFont* font, ImU32 color, ImVec2 at, float width,
                       std::string_view text) {
  if (text_width(font, text) <= width) return draw_text(font, color, at, text);
  if (width < text_width(font, kEllipsis)) return 0;
  const std::string_view head = head_that_fits(font, text, width - text_width(font, kEllipsis));
  return draw_text(font, color, at, std::string(head).append(kEllipsis));
}

namespace {

/// Calls line(number, text) for every line of the broken text, the last one perhaps too long.
template <typename Line>
int break_lines(const ImFont* font, float width, int lines, std::string_view text, Line line) {
  int found = 0;
  while (!text.empty() && found < lines) {
    ++found;
    if (found == lines) {
      line(found - 1, text);
      break;
    }
    std::string_view head = head_that_fits(font, text, width);
    if (head.size() < text.size() && text[head.size()] != ' ') {
      const std::size_t space = head.rfind(' ');
      if (space != std::string_view::npos && space > 0) head = head.substr(0, space);
    }
    // A column narrower than one character still has to end.
    if (head.empty()) break;
    line(found - 1, head);
    text.remove_prefix(head.size());
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return found;
}

}  // namespace

int draw_text_wrapped(const ImFont* font, ImU32 color, ImVec2 at, float width, int lines,
                      float line_height, std::string_view text) {
  return break_lines(font, width, lines, text, [&](int number, std::string_view line) {
    draw_text_fitted(font, color, {at.x, at.y + line_height * static_cast<float>(number)}, width,
                     line);
  });
}

int wrapped_lines(const ImFont* font, float width, int lines, std::string_view text) {
  return break_lines(font, width, lines, text, [](int, std::string_view) {});
}

std::string format_length(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  const int whole = static_cast<int>(seconds + 0.5);
  return fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

}  // namespace lab::gui
