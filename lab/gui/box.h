// A rectangle on the screen, laid out by cutting: each cut takes a strip off and leaves the rest.
// Plain value.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace lab::gui {

struct Box {
  ImVec2 min, max;

  float width() const { return max.x - min.x; }
  float height() const { return max.y - min.y; }
  ImVec2 size() const { return {width(), height()}; }
  ImVec2 centre() const { return {(min.x + max.x) * 0.5f, (min.y + max.y) * 0.5f}; }
  bool empty() const { return max.x <= min.x || max.y <= min.y; }

  // Each returns the strip, on whole pixels; this box becomes what is left beyond `gap`.
  Box cut_top(float height, float gap = 0) {
    const float edge = std::min(max.y, std::floor(min.y + height));
    const Box strip{min, {max.x, edge}};
    min.y = std::min(max.y, edge + gap);
    return strip;
  }
  Box cut_bottom(float height, float gap = 0) {
    const float edge = std::max(min.y, std::ceil(max.y - height));
    const Box strip{{min.x, edge}, max};
    max.y = std::max(min.y, edge - gap);
    return strip;
  }
  Box cut_left(float width, float gap = 0) {
    const float edge = std::min(max.x, std::floor(min.x + width));
    const Box strip{min, {edge, max.y}};
    min.x = std::min(max.x, edge + gap);
    return strip;
  }
  Box cut_right(float width, float gap = 0) {
    const float edge = std::max(min.x, std::ceil(max.x - width));
    const Box strip{{edge, min.y}, max};
    max.x = std::max(min.x, edge - gap);
    return strip;
  }
  Box inset(float x, float y) const {
    return {{min.x + x, min.y + y},
            {std::max(min.x + x, max.x - x), std::max(min.y + y, max.y - y)}};
  }
};

/// Cell `index` of a grid of `columns` x `rows` with `gap` between, row by row.
inline Box grid_cell(const Box& box, int columns, int rows, int index, float gap) {
  const float w =
      (box.width() - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float h = (box.height() - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
  const int column = index % columns;
  const int row = index / columns;
  const ImVec2 at{std::floor(box.min.x + static_cast<float>(column) * (w + gap)),
                  std::floor(box.min.y + static_cast<float>(row) * (h + gap))};
  return {at, {std::floor(at.x + w), std::floor(at.y + h)}};
}

}  // namespace lab::gui
