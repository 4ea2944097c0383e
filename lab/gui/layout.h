// Places every panel of the window; one call draws a frame.
#pragma once

#include "lab/gui/ui.h"

namespace lab::gui {

void draw_window(Ui& ui);

}  // namespace lab::gui
