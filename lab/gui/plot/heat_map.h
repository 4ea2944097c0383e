// Latency over time as counts in a grid: columns of equal time, rows of equal log latency. When a
// run outgrows the columns, neighbours merge and each column covers twice the time, so any run fits
// the same small texture. GUI thread only.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>
#include <vector>

namespace lab::gui::plot {

/// What a cell's colour compares its count with.
enum class HeatShade { Count, ColumnShare };

class HeatMap {
 public:
  struct Shape {
    int columns = 200, rows = 60;  // columns: even
    double column_seconds = 0.1;   // to start with; doubles when the columns run out
    double low = 1e3, high = 1e8;  // ns, the bottom and the top row's outer edges
  };
  HeatMap();
  explicit HeatMap(const Shape& shape);

  /// Values outside [low, high] count in the outermost rows; times before 0 are ignored.
  void add(double seconds, double value, double count = 1);
  void clear();

  int columns() const { return shape_.columns; }
  int rows() const { return shape_.rows; }
  double column_seconds() const { return column_seconds_; }
  double low() const { return shape_.low; }
  double high() const { return shape_.high; }
  double end_seconds() const { return column_seconds_ * shape_.columns; }
  float count(int column, int row) const { return counts_[cell(column, row)]; }
  double column_total(int column) const;
  float max_count() const;
  bool empty() const { return revision_ == cleared_at_; }

  /// Row of a value, clamped; lower edge of a row (row == rows() gives high).
  int row_of(double value) const;
  double row_edge(int row) const;

  /// Changes whenever a pixel may have changed.
  std::uint64_t revision() const { return revision_; }

 private:
  std::size_t cell(int column, int row) const {
    return static_cast<std::size_t>(column) * static_cast<std::size_t>(shape_.rows) +
           static_cast<std::size_t>(row);
  }
  void merge_columns();

  Shape shape_;
  double column_seconds_;
  double rows_per_log_;  // rows per unit of ln(value)
  std::uint64_t revision_, cleared_at_;
  std::vector<float> counts_;  // column after column, bottom row first
};

/// One RGBA pixel a cell, top row first. Colour goes with log1p(count), a single task already
/// getting 14 % of the scale: rare outliers are what the picture is for. Empty cells are clear.
void heat_pixels(const HeatMap& map, HeatShade shade, std::span<const ImU32> palette,
                 std::vector<ImU32>& out);

}  // namespace lab::gui::plot
