// The Compare tab: what the Live tab has beside its plots where there is room, always: the response
// by percentile, and the table. Of a run in blocks it is the differences that are real, and the
// table of all trials below.
#include <algorithm>

#include "lab/gui/panels/panels.h"

namespace lab::gui {

namespace {

constexpr float kLeastCurve = 116;  // below it the curve cannot be read

}  // namespace

void draw_compare_tab(Ui& ui, const Box& box) {
  Box rest = box;
  const float gap = ui.px(8);
  if (!ui.document.comparisons().empty()) {
    const float differences = differences_height(ui, rest.height() * 0.62f);
    draw_differences(ui, rest.cut_top(differences, gap));
    draw_comparison(ui, rest);
    return;
  }
  const float table = comparison_height(ui);
  const float curve = rest.height() - table - gap;
  if (curve >= ui.px(kLeastCurve)) draw_percentile_panel(ui, rest.cut_top(curve, gap));
  draw_comparison(ui, rest);
}

}  // namespace lab::gui
