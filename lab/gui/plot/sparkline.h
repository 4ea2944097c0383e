// A line without axes, for a row in a list. GUI thread only.
#pragma once

#include <imgui.h>

#include "lab/gui/plot/series.h"

namespace lab::gui::plot {

/// The last `seconds` of the series (0: all of it) in the box, from zero to its greatest value.
void sparkline(ImDrawList& draw, const Series& series, ImVec2 min, ImVec2 size, ImU32 color,
               float width, double seconds = 0);

}  // namespace lab::gui::plot
