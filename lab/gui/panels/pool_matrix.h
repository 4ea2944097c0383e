// A table with a row per quantity and a column per trial of a result, or per pool: ledgers, figures
// and gates are all drawn as one. GUI thread only, within a panel.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/gui/box.h"
#include "lab/gui/ui.h"

namespace lab::gui {

struct MatrixColumn {
  std::string title;
  std::size_t slot = 0;                         ///< of its pool: colour and marker
  std::vector<const results::Trial*> trials{};  ///< that it is about

  /// The median of a figure over the trials that may be compared; where there are none, over all.
  double median(const std::function<double(const results::Trial& trial)>& figure) const;
};

/// The place of a pool in the scenario; the number of pools if it is not there.
std::size_t slot_of(const Ui& ui, const std::string& pool);

/// A column per trial, in the result's order; of several blocks one for all trials of a pool,
/// without the baseline's second copy.
std::vector<MatrixColumn> trial_columns(const Ui& ui, const results::RunResult& result);
/// A column per pool that was served, in the order in which they first were.
std::vector<MatrixColumn> pool_columns(const Ui& ui, const results::RunResult& result);

class PoolMatrix {
 public:
  /// Draws the head: the columns' titles with their markers. `names_width` is for the rows' names.
  PoolMatrix(Ui& ui, const Box& box, float names_width, const std::vector<MatrixColumn>& columns);

  /// Begins a row; false when there is no room left for it.
  bool row(std::string_view name, ImU32 name_color);
  /// What the present row says about `column`, right-aligned.
  void cell(std::size_t column, std::string_view text, ImU32 color);
  /// The present row's part for `column`.
  Box cell_box(std::size_t column) const;

  /// The least width in which so many columns can be read.
  static float least_width(const Ui& ui, std::size_t columns) {
    return ui.px(kLeastNames) + ui.px(kLeastColumn) * static_cast<float>(columns);
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
  WideMatrix(const Ui& ui, const Box& box, std::size_t columns);
  ~WideMatrix();
  WideMatrix(const WideMatrix&) = delete;
  WideMatrix& operator=(const WideMatrix&) = delete;

  const Box& box() const { return inner_; }

 private:
  Box inner_;
};

}  // namespace lab::gui
