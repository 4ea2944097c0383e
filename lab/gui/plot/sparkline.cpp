#include "lab/gui/plot/sparkline.h"

#include <algorithm>
#include <array>

namespace lab::gui::plot {

void sparkline(ImDrawList& draw, const Series& series, ImVec2 min, ImVec2 size, ImU32 color,
               float width, double seconds) {
  constexpr std::size_t kMostPoints = 128;
  if (series.size() < 2 || size.x < 4) return;
  const double end = series.latest_time();
  const double oldest = series.time(series.first());
  const double begin = seconds > 0 ? std::max(oldest, end - seconds) : oldest;
  if (end <= begin) return;
  const auto points = std::clamp<std::size_t>(static_cast<std::size_t>(size.x / 2), 2, kMostPoints);
  const Extremes all = series.extremes(series.lower_bound(begin), series.last());
  const float span = std::max(all.high, 1e-6f);
  std::array<ImVec2, kMostPoints> line;
  std::size_t used = 0;
  std::uint64_t from = series.lower_bound(begin);
  for (std::size_t i = 0; i < points; ++i) {
    const double part = static_cast<double>(i + 1) / static_cast<double>(points);
    const std::uint64_t to =
        i + 1 == points ? series.last() : series.lower_bound(begin + (end - begin) * part, from);
    const Extremes piece = series.extremes(from, to);
    from = to;
    if (piece.empty()) continue;  // slower than the points: the line runs on straight
    const float value = std::clamp(0.5f * (piece.low + piece.high) / span, 0.0f, 1.0f);
    const float x = static_cast<float>(i) / static_cast<float>(points - 1);
    line[used++] = {min.x + size.x * x, min.y + size.y * (1 - value)};
  }
  if (used >= 2) draw.AddPolyline(line.data(), static_cast<int>(used), color, 0, width);
}

}  // namespace lab::gui::plot
