// The exact extremes of a series in each pixel column. Columns lie at absolute multiples of a
// column's time, so scrolling never changes what a column covers: nothing shimmers, and a finished
// column is computed once. GUI thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "lab/gui/plot/series.h"

namespace lab::gui::plot {

class ColumnCache {
 public:
  /// Makes columns [begin, end) ready; column k covers [k, k + 1) * column_seconds(). Another
  /// width, or another series, than the last time starts over.
  void update(const Series& series, double column_seconds, std::int64_t begin, std::int64_t end);

  /// The width in use: the one first asked for, while later ones differ by rounding only.
  double column_seconds() const { return width_; }

  /// Empty where there is no value. Requires: begin <= column < end of the last update().
  const Extremes& column(std::int64_t column) const { return columns_[slot(column)]; }

  /// Columns computed by the last update(), for tests and measurements.
  std::int64_t computed() const { return computed_; }

 private:
  std::size_t slot(std::int64_t column) const {
    return static_cast<std::size_t>(column) & (columns_.size() - 1);
  }
  void start(const Series& series, double column_seconds, std::int64_t begin, std::int64_t count);
  void extend_left(const Series& series, std::int64_t begin);
  void extend_right(const Series& series, std::int64_t end);

  double width_ = 0;
  std::uint64_t identity_ = 0;
  std::int64_t begin_ = 0, end_ = 0;  // finished columns held
  std::uint64_t next_ = 0;            // the sample where column end_ begins
  std::int64_t computed_ = 0;
  std::vector<Extremes> columns_;  // a ring, power of two
};

}  // namespace lab::gui::plot
