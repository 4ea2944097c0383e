// A table with a row per quantity and a column per pool of a result: ledgers, gates and figures are
// all drawn as one. GUI thread only, within a panel.
#pragma once

#include <string>
#include <string_view>

#include "lab/gui/box.h"
#include "lab/gui/ui.h"

namespace lab::gui {

class PoolMatrix {
 public:
  /// Draws the head: the pools with their markers. `names_width` is for the rows' names.
  PoolMatrix(Ui& ui, const Box& box, float names_width, const results::RunResult& result);

  /// Begins a row; false when there is no room left for it.
  bool row(std::string_view name, ImU32 name_color);
  /// What the present row says about trial `column`, right-aligned.
  void cell(std::size_t column, std::string_view text, ImU32 color);
  /// The present row's part for trial `column`.
  Box cell_box(std::size_t column) const;

  static float row_height(const Ui& ui) { return ui.px(21); }
  /// Of the head and `rows` rows.
  static float height(const Ui& ui, std::size_t rows) {
    return row_height(ui) * static_cast<float>(rows + 1);
  }

 private:
  Ui& ui_;
  Box rest_, row_;
  float names_width_;
  float column_width_;
};

/// The colour slot of a pool in the window; the number of pools if it is not there.
std::size_t slot_of(const Ui& ui, std::string_view pool);

}  // namespace lab::gui
