// What the keys do. GUI thread only.
#pragma once

#include "lab/gui/input_queue.h"
#include "lab/gui/ui.h"

namespace lab::gui {

/// Call inside a frame. Keys go to a text field that has the focus instead, except with Ctrl.
void apply_shortcuts(Ui& ui, const InputQueue& input);

}  // namespace lab::gui
