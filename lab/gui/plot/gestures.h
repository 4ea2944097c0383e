// What the mouse does over a plot, told to its time axis. GUI thread only.
#pragma once

#include <imgui.h>

#include "lab/gui/plot/linked_x.h"

namespace lab::gui::plot {

/// Right after the plot's ButtonBehavior(): `hovered`, `active` and `activated` are its item's, min
/// and max the plot's area on the screen.
void apply_gestures(LinkedX& axis, bool hovered, bool active, bool activated, ImVec2 min,
                    ImVec2 max);

}  // namespace lab::gui::plot
