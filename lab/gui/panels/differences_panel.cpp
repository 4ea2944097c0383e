// Of a run in blocks: which differences from the baseline are real. A row per measure and pool, its
// ratio as a point with the interval around it; the band is what does not matter.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/panels/pool_matrix.h"
#include "lab/gui/widgets.h"
#include "results/comparison.h"
#include "scenarios/gates.h"

namespace lab::gui {

namespace {

using results::Comparison;
using results::Standing;

constexpr float kRow = 20;
constexpr float kMeasureWidth = 104;
constexpr float kPoolWidth = 118;
constexpr float kRatioWidth = 132;
constexpr float kVerdictWidth = 190;
constexpr float kLeastPlot = 120;

std::string measure_name(const results::Measure& measure) {
  if (measure.metric == "response_us") return "Response " + measure.stat;
  if (measure.metric == scenarios::kCapacityMetric) return "Capacity";
  return measure.metric == "throughput_per_s" ? "Throughput" : "CPU time";
}

/// The ratios' axis: a logarithm, 1 in the middle, as wide as the points need.
class RatioAxis {
 public:
  RatioAxis(const std::vector<Comparison>& all, float left, float right)
      : left_(left), right_(right) {
    for (const Comparison& one : all) {
      for (const double edge : {one.ratio, one.low, one.high}) {
        if (std::isfinite(edge) && edge > 0) reach_ = std::max(reach_, std::abs(std::log(edge)));
      }
    }
    reach_ = std::min(1.15 * reach_, std::log(8.0));
  }
  float at(double ratio) const {
    const double part = std::clamp(std::log(ratio) / reach_, -1.0, 1.0);
    return std::round((left_ + right_) / 2 + static_cast<float>(part) * (right_ - left_) / 2);
  }

 private:
  float left_, right_;
  double reach_ = std::log(1.25);
};

ImU32 color_of(const Theme& t, const Comparison& one) {
  if (!one.arm.empty()) return t.text_faint;
  switch (one.standing) {
    case Standing::Better:
      return t.good;
    case Standing::Worse:
      return t.bad;
    case Standing::Equivalent:
      return t.text_soft;
    case Standing::Inconclusive:
      break;
  }
  return t.text_faint;
}

std::string verdict_of(const Comparison& one) {
  if (!one.arm.empty() && one.blocks >= results::kLeastBlocks) {
    return one.low <= 1 && one.high >= 1 ? "agrees with itself" : "differs from itself";
  }
  return one.standing == Standing::Inconclusive ? "open" : results::standing_name(one.standing);
}

void draw_interval(Ui& ui, const Box& row, const RatioAxis& axis, const Comparison& one) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const double margin = 1 + results::margin_of(one.measure);
  draw.AddRectFilled({axis.at(1 / margin), row.min.y}, {axis.at(margin), row.max.y},
                     with_alpha(t.grid, 0.6f));
  const float middle = axis.at(1);
  draw.AddRectFilled({middle, row.min.y}, {middle + 1, row.max.y}, t.grid);
  if (!std::isfinite(one.ratio)) return;
  const ImU32 color = color_of(t, one);
  const float y = std::round(row.centre().y);
  if (std::isfinite(one.high)) {
    draw.AddRectFilled({axis.at(one.low), y - ui.px(1)}, {axis.at(one.high) + 1, y + ui.px(1)},
                       with_alpha(color, 0.75f));
    for (const double edge : {one.low, one.high}) {
      draw.AddRectFilled({axis.at(edge), y - ui.px(4)}, {axis.at(edge) + ui.px(1), y + ui.px(4)},
                         with_alpha(color, 0.75f));
    }
  }
  draw_marker(draw, {axis.at(one.ratio), y}, ui.px(4), MarkerShape::Circle, color);
}

std::string ratio_text(const Comparison& one) {
  if (!std::isfinite(one.ratio)) return "\u2013";
  if (!std::isfinite(one.high)) return fmt::format("{:.2f}", one.ratio);
  return fmt::format("{:.2f}  {:.2f} \u2013 {:.2f}", one.ratio, one.low, one.high);
}

}  // namespace

float differences_height(const Ui& ui, float most) {
  const auto rows = static_cast<float>(ui.document.comparisons().size());
  const float fit = std::floor((most - ui.px(38)) / ui.px(kRow));
  return ui.px(38) + ui.px(kRow) * std::clamp(fit, 1.0f, rows);
}

void draw_differences(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const std::vector<Comparison>& all = ui.document.comparisons();
  std::size_t blocks = 0;
  for (const Comparison& one : all) blocks = std::max(blocks, one.blocks);
  Panel panel(ui, "differences", box, "DIFFERENCES",
              fmt::format("ratio to {}, {} blocks, 95 % intervals",
                          ui.document.result()->scenario.baseline, blocks));
  const Box body = panel.body().inset(ui.px(4), 0);
  ImGui::SetCursorScreenPos(body.min);
  ImGui::BeginChild("rows", body.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float names = ui.px(kMeasureWidth + kPoolWidth);
  const bool words = width >= names + ui.px(kRatioWidth + kVerdictWidth + kLeastPlot);
  const float right = ui.px(kRatioWidth) + (words ? ui.px(kVerdictWidth) : 0);
  const RatioAxis axis(all, origin.x + names, origin.x + width - right - ui.px(12));
  float y = origin.y;
  std::string before;
  for (const Comparison& one : all) {
    const Box row{{origin.x, y}, {origin.x + width, y + ui.px(kRow)}};
    y += ui.px(kRow);
    if (!ImGui::IsRectVisible(row.min, row.max)) {
      before.clear();  // the first one to be seen has its measure's name
      continue;
    }
    const float text_y = centred_y(ui.fonts.small, row.min.y, row.max.y);
    const std::string name = measure_name(one.measure);
    const std::string tag =
        fmt::format("difference.{}.{}{}", name, one.pool, one.arm.empty() ? "" : ".a/a");
    hit(ui, tag, row);
    if (ImGui::IsItemHovered()) {
      ImGui::GetWindowDrawList()->AddRectFilled(row.min, row.max, t.raised);
      if (!one.why.empty()) tooltip(ui, tag, one.why);
    }
    if (name != before) draw_text(ui.fonts.small, t.text_soft, {row.min.x, text_y}, name);
    before = name;
    const float x = row.min.x + ui.px(kMeasureWidth);
    draw_marker(*ImGui::GetWindowDrawList(), {x + ui.px(5), row.centre().y}, ui.px(4),
                pool_marker(slot_of(ui, one.pool)), ui.pool_color(slot_of(ui, one.pool)));
    draw_text_fitted(ui.fonts.small, one.arm.empty() ? t.text : t.text_faint,
                     {x + ui.px(16), text_y}, ui.px(kPoolWidth - 24),
                     one.arm.empty() ? one.pool : one.pool + " again");
    draw_interval(ui, row, axis, one);
    const float ratio_right = row.max.x - right + ui.px(kRatioWidth - 10);
    draw_text_right(ui.fonts.mono, t.text_soft,
                    {ratio_right, centred_y(ui.fonts.mono, row.min.y, row.max.y)}, ratio_text(one));
    if (words) {
      draw_text_fitted(ui.fonts.small, color_of(t, one), {ratio_right + ui.px(16), text_y},
                       row.max.x - ratio_right - ui.px(20),
                       one.why.empty() ? verdict_of(one) : verdict_of(one) + ": " + one.why);
    }
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, y - origin.y});
  ImGui::EndChild();
}

}  // namespace lab::gui
