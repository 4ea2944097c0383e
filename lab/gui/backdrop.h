// Opaque panel backgrounds painted as scissored clears before anything else is drawn. Overdraw is
// what software rendering spends its time on: a clear costs a fraction of a blended rectangle, and
// nothing on a GPU. GUI thread only.
#pragma once

#include <imgui.h>

#include <vector>

#include "lab/gui/box.h"

namespace lab::gui {

class Backdrop {
 public:
  /// Once a frame, first thing in the window that lies at the back: what fill() collects until the
  /// frame is rendered will be painted at this point of `draw`.
  void begin_frame(ImDrawList& draw);

  /// A background of one colour; `radius` > 0 rounds its corners (those are drawn, on `draw`).
  void fill(ImDrawList& draw, const Box& box, ImU32 color, float radius = 0);

 private:
  struct Patch {
    Box box;
    ImU32 color;
  };
  static void paint(const ImDrawList* draw, const ImDrawCmd* command);

  std::vector<Patch> patches_;
};

}  // namespace lab::gui
