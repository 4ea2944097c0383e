#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kCardWidth = 266;
constexpr float kCardHeight = 168;
constexpr float kCardGap = 14;
constexpr float kBarsHeight = 76;
constexpr float kBarsGap = 20;
constexpr float kLeastForBars = 420;
constexpr float kLeastForWords = 104;
constexpr const char* kDemonstration = "burst";

/// The load over time as a filled outline.
void draw_preview(const Ui& ui, const Box& box, const ScenarioCard& entry, ImU32 color) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (entry.peak_per_s <= 0) {
    draw_text(ui.fonts.small, ui.theme.text_faint, {box.min.x, box.max.y - ui.px(18)},
              entry.problem.empty() ? "load follows the pool" : "");
    return;
  }
  const std::size_t n = entry.load.size();
  std::vector<ImVec2> line(n);
  for (std::size_t i = 0; i < n; ++i) {
    const float part = static_cast<float>(i) / static_cast<float>(n - 1);
    const float share = static_cast<float>(entry.load[i] / entry.peak_per_s);
    line[i] = {box.min.x + box.width() * part, box.max.y - share * box.height()};
  }
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const ImVec2 area[4] = {
        line[i], line[i + 1], {line[i + 1].x, box.max.y}, {line[i].x, box.max.y}};
    draw.AddQuadFilled(area[0], area[1], area[2], area[3], with_alpha(color, 0.13f));
  }
  draw.AddPolyline(line.data(), static_cast<int>(n), color, 0, ui.px(1.6f));
}

void draw_card(Ui& ui, const Box& card, const ScenarioCard& entry) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool pressed = hit(ui, "card." + entry.name, card);
  const bool hovered = ImGui::IsItemHovered();
  draw.AddRectFilled(card.min, card.max, hovered ? t.hovered : t.raised, ui.px(7));
  if (hovered) draw.AddRect(card.min, card.max, t.accent, ui.px(7), 0, ui.px(1.5f));
  Box in = card.inset(ui.px(16), ui.px(13));
  draw_text_right(ui.fonts.mono, t.text_faint, {in.max.x, in.min.y + ui.px(2)},
                  entry.seconds > 0 ? format_length(entry.seconds) : "");
  draw_text_fitted(ui.fonts.semibold, t.text, in.min, in.width() - ui.px(70), entry.name);
  const bool broken = !entry.problem.empty();
  draw_text_wrapped(ui.fonts.small, broken ? t.bad : t.text_soft, {in.min.x, in.min.y + ui.px(24)},
                    in.width(), 3, ui.px(17), broken ? entry.problem : entry.description);
  if (!broken) {
    const std::string peak =
        entry.peak_per_s > 0 ? "peak " + plot::format_value(plot::Unit::PerSecond, entry.peak_per_s)
                             : std::string("closed");
    const float y = in.max.y - ui.px(13);
    draw_text(ui.fonts.mono, t.text_faint, {in.min.x, y}, peak);
    draw_text_right(ui.fonts.small, t.text_faint, {in.max.x, y},
                    fmt::format("{} pools", entry.pools));
    in.cut_bottom(ui.px(20));
  }
  draw_preview(ui, in.cut_bottom(ui.px(40)), entry, with_alpha(t.accent, hovered ? 1.0f : 0.85f));
  if (pressed) ui.open_scenario(entry.path);
}

const ScenarioCard* demonstration(const Ui& ui) {
  const ScenarioCard* first = nullptr;
  for (const ScenarioCard& entry : ui.cards) {
    if (!entry.problem.empty()) continue;
    if (first == nullptr) first = &entry;
    if (entry.name.find(kDemonstration) != std::string::npos) return &entry;
  }
  return first;
}

void draw_bars(const Ui& ui, const Box& bars) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  constexpr int kBars = static_cast<int>(kPoolColors);
  const float step = ui.px(20);
  for (int i = 0; i < kBars; ++i) {
    const float high = ui.px(14 + static_cast<float>(i) * 6 + static_cast<float>(i % 3) * 9);
    const float x =
        std::floor(bars.centre().x + (static_cast<float>(i) - kBars * 0.5f) * step + ui.px(4));
    draw.AddRectFilled({x, bars.max.y - high}, {x + ui.px(12), bars.max.y},
                       ui.pool_color(static_cast<std::size_t>(i)), ui.px(3));
  }
}

void draw_heading(Ui& ui, Box& box, bool bars) {
  const Theme& t = ui.theme;
  const float cx = box.centre().x;
  if (bars) draw_bars(ui, box.cut_top(ui.px(kBarsHeight), ui.px(kBarsGap)));
  if (box.height() >= ui.px(kLeastForWords)) {
    draw_text_centred(ui.fonts.heading, t.text, box.cut_top(ui.px(28)),
                      "One load, every strategy, side by side");
    draw_text_centred(ui.fonts.ui, t.text_soft, box.cut_top(ui.px(28), ui.px(14)),
                      "Pick a scenario, or drop a scenario file on this window.");
  }
  if (const ScenarioCard* demo = demonstration(ui)) {
    const std::string label = "Run the demonstration";
    const Box row = box.cut_top(ImGui::GetFrameHeight(), ui.px(26));
    const float width = icon_button_width(ui, label.c_str());
    ImGui::SetCursorScreenPos({std::floor(cx - width * 0.5f), row.min.y});
    if (icon_button(ui, "demonstration", Icon::Play, label.c_str(),
                    {.primary = true, .tip = demo->name.c_str()}) &&
        ui.open_scenario(demo->path)) {
      ui.run_or_stop();
    }
  }
}

}  // namespace

void draw_welcome(Ui& ui, const Box& box) {
  Panel panel(ui, "welcome", box, "");
  Box body = box.inset(ui.px(24), ui.px(12));
  const int fit =
      static_cast<int>((body.width() + ui.px(kCardGap)) / (ui.px(kCardWidth) + ui.px(kCardGap)));
  const int count = static_cast<int>(ui.cards.size());
  const int columns = std::clamp(std::min(fit, count), 1, 5);
  const int rows = (count + columns - 1) / columns;
  const float grid_width =
      static_cast<float>(columns) * (ui.px(kCardWidth) + ui.px(kCardGap)) - ui.px(kCardGap);
  const float grid_height = static_cast<float>(rows) * (ui.px(kCardHeight) + ui.px(kCardGap));
  // In a low window words and cards matter more than the picture.
  const bool bars = body.height() >= ui.px(kLeastForBars);
  const float heading = ui.px(bars ? 136 + kBarsHeight + kBarsGap : 136);
  // A little above the middle looks centred; with many cards the heading starts at the top.
  const float slack = body.height() - heading - grid_height;
  body.cut_top(std::max(ui.px(14), slack * 0.42f));
  draw_heading(ui, body, bars);
  if (body.height() < ui.px(40)) return;
  if (ui.cards.empty()) {
    draw_text_centred(ui.fonts.ui, ui.theme.text_faint, body.cut_top(ui.px(60)),
                      "The scenario library was not found: set POOLLAB_SCENARIOS to its folder.");
    return;
  }
  ImGui::SetCursorScreenPos(body.min);
  ImGui::BeginChild("cards", body.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float left = std::floor(body.centre().x - grid_width * 0.5f);
  for (int i = 0; i < count; ++i) {
    const ImVec2 at{
        left + static_cast<float>(i % columns) * (ui.px(kCardWidth) + ui.px(kCardGap)),
        origin.y + static_cast<float>(i / columns) * (ui.px(kCardHeight) + ui.px(kCardGap))};
    draw_card(ui, {at, {at.x + ui.px(kCardWidth), at.y + ui.px(kCardHeight)}},
              ui.cards[static_cast<std::size_t>(i)]);
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, grid_height});
  ImGui::EndChild();
}

}  // namespace lab::gui
