#include "lab/gui/plot/heat_map.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>

namespace lab::gui::plot {

namespace {

// Maps never share a revision, so a texture cannot mistake a new map for the one it shows.
std::uint64_t first_revision() {
  static std::atomic<std::uint64_t> maps{0};
  return (1 + maps.fetch_add(1, std::memory_order_relaxed)) << 40;
}

}  // namespace

HeatMap::HeatMap() : HeatMap(Shape{}) {}

HeatMap::HeatMap(const Shape& shape)
    : shape_(shape),
      column_seconds_(shape.column_seconds),
      rows_per_log_(shape.rows / std::log(shape.high / shape.low)),
      revision_(first_revision()),
      cleared_at_(revision_),
      counts_(static_cast<std::size_t>(shape.columns) * static_cast<std::size_t>(shape.rows)) {
  assert(shape.columns % 2 == 0 && shape.rows > 0 && shape.low > 0 && shape.high > shape.low);
}

void HeatMap::clear() {
  std::fill(counts_.begin(), counts_.end(), 0.0f);
  column_seconds_ = shape_.column_seconds;
  cleared_at_ = ++revision_;
}

void HeatMap::merge_columns() {
  for (int column = 0; column < shape_.columns / 2; ++column) {
    for (int row = 0; row < shape_.rows; ++row) {
      counts_[cell(column, row)] = count(2 * column, row) + count(2 * column + 1, row);
    }
  }
  std::fill(counts_.begin() + static_cast<std::ptrdiff_t>(cell(shape_.columns / 2, 0)),
            counts_.end(), 0.0f);
  column_seconds_ *= 2;
}

int HeatMap::row_of(double value) const {
  if (!(value > shape_.low)) return 0;
  return std::min(shape_.rows - 1, static_cast<int>(std::log(value / shape_.low) * rows_per_log_));
}

double HeatMap::row_edge(int row) const { return shape_.low * std::exp(row / rows_per_log_); }

void HeatMap::add(double seconds, double value, double count) {
  if (!(seconds >= 0) || !(count > 0)) return;
  while (seconds >= end_seconds()) merge_columns();
  const int column = std::min(shape_.columns - 1, static_cast<int>(seconds / column_seconds_));
  counts_[cell(column, row_of(value))] += static_cast<float>(count);
  ++revision_;
}

double HeatMap::column_total(int column) const {
  double total = 0;
  for (int row = 0; row < shape_.rows; ++row) total += static_cast<double>(count(column, row));
  return total;
}

float HeatMap::max_count() const { return *std::max_element(counts_.begin(), counts_.end()); }

void heat_pixels(const HeatMap& map, HeatShade shade, std::span<const ImU32> palette,
                 std::vector<ImU32>& out) {
  constexpr float kFloor = 0.14f;
  out.assign(static_cast<std::size_t>(map.columns()) * static_cast<std::size_t>(map.rows()), 0);
  float greatest = std::max(1.0f, map.max_count());
  for (int column = 0; column < map.columns(); ++column) {
    if (shade == HeatShade::ColumnShare) {
      greatest = 1;
      for (int row = 0; row < map.rows(); ++row) {
        greatest = std::max(greatest, map.count(column, row));
      }
    }
    const float one_over = 1 / std::log1p(greatest);
    for (int row = 0; row < map.rows(); ++row) {
      const float count = map.count(column, row);
      if (count <= 0) continue;
      const float part = kFloor + (1 - kFloor) * std::log1p(count) * one_over;
      const auto index = static_cast<std::size_t>(part * static_cast<float>(palette.size()));
      const auto pixel =
          static_cast<std::size_t>(map.rows() - 1 - row) * static_cast<std::size_t>(map.columns()) +
          static_cast<std::size_t>(column);
      out[pixel] = palette[std::min(index, palette.size() - 1)];
    }
  }
}

}  // namespace lab::gui::plot
