// A table with a row per quantity and a column per pool of a result: ledgers, gates and figures are
// all drawn as one. GUI thread only, within a panel.
#pragma once

#include <algorithm>
#include <cmath>
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

  /// The least width in which the columns of so many pools can be read.
  static float least_width(const Ui& ui, std::size_t pools) {
    return ui.px(kLeastNames) + ui.px(kLeastColumn) * static_cast<float>(pools);
  }
  /// For rows named in a few words.
  static float names_width(const Ui& ui, const Box& box) {
    return std::clamp(std::round(box.width() * 0.32f), ui.px(kLeastNames), ui.px(260));
  }
  static float row_height(const Ui& ui) { return ui.px(21); }
  /// Of the head and `rows` rows.
  static float height(const Ui& ui, std::size_t rows) {
    return row_height(ui) * static_cast<float>(rows + 1);
  }

 private:
  static constexpr float kLeastNames = 150;
  static constexpr float kLeastColumn = 66;

  Ui& ui_;
  Box rest_, row_;
  float names_width_;
  float column_width_;
};

/// Room for a matrix: as wide as the box, or scrolled sideways where that is too narrow.
class WideMatrix {
 public:
  WideMatrix(const Ui& ui, const Box& box, std::size_t pools);
  ~WideMatrix();
  WideMatrix(const WideMatrix&) = delete;
  WideMatrix& operator=(const WideMatrix&) = delete;

  const Box& box() const { return inner_; }

 private:
  Box inner_;
};

/// The colour slot of a pool in the window; the number of pools if it is not there.
std::size_t slot_of(const Ui& ui, std::string_view pool);

}  // namespace lab::gui
