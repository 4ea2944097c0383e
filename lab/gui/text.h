// Text on the current window's draw list, placed by hand. Positions are the top left corner,
// rounded to whole pixels. GUI thread only.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "lab/gui/box.h"

namespace lab::gui {

float text_width(const ImFont* font, std::string_view text);
/// Returns the width drawn.
float draw_text(const ImFont* font, ImU32 color, ImVec2 at, std::string_view text);
void draw_text_right(const ImFont* font, ImU32 color, ImVec2 right_top, std::string_view text);
/// Centred in both directions.
void draw_text_centred(const ImFont* font, ImU32 color, const Box& box, std::string_view text);
/// Shortened with an ellipsis to fit; returns the width drawn.
float draw_text_fitted(const ImFont* font, ImU32 color, ImVec2 at, float width,
                       std::string_view text);
/// In up to `lines` lines broken at spaces, the last one shortened to fit; returns how many.
int draw_text_wrapped(const ImFont* font, ImU32 color, ImVec2 at, float width, int lines,
                      float line_height, std::string_view text);
/// How many lines draw_text_wrapped() would draw.
int wrapped_lines(const ImFont* font, float width, int lines, std::string_view text);
/// The y at which text of that font stands in the middle of [top, bottom].
float centred_y(const ImFont* font, float top, float bottom);

/// "12.3 s", "1:30 min"; for lengths of scenarios and runs.
std::string format_length(double seconds);
/// "1,234,567".
std::string format_count(std::uint64_t count);

}  // namespace lab::gui
