// Legend chips: a row of markers and names above the plots. A click hides or shows an entry,
// Shift-click shows only that one (again: all). GUI thread only.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lab/gui/plot/plot.h"

namespace lab::gui::plot {

/// Which entries are shown; every entry not yet mentioned is.
class ShownSet {
 public:
  bool shown(std::size_t index) const { return index >= hidden_.size() || !hidden_[index]; }
  void set(std::size_t index, bool shown);
  void toggle(std::size_t index) { set(index, !shown(index)); }
  /// Shows only `index` of `count`; if it is the only one already, shows all.
  void isolate(std::size_t index, std::size_t count);
  void show_all() { hidden_.clear(); }

 private:
  std::vector<bool> hidden_;
};

struct LegendEntry {
  std::string name;
  ImU32 color = 0;
  MarkerShape marker = MarkerShape::Circle;
};

/// Of all chips in one row.
float legend_width(const Plots& plots, std::span<const LegendEntry> entries);

/// Chips in one row at the cursor, as many as fit `width`; the rest go on the next row. Reports
/// "chip.<name>". True when the set changed.
bool legend(const Plots& plots, std::span<const LegendEntry> entries, ShownSet& shown, float width);

/// The heat map's colours as a strip at the cursor with their meaning beside it, 14 px high.
void heat_key(const Plots& plots, HeatShade shade, float strip_width);

}  // namespace lab::gui::plot
