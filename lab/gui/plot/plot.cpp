#include "lab/gui/plot/plot.h"

#include <imgui_internal.h>

#include <string>

#include "lab/gui/plot/gestures.h"
#include "lab/gui/plot/plot_frame.h"

namespace lab::gui::plot {

namespace {

constexpr int kForgetAfterFrames = 600;  // about ten seconds of drawing
constexpr std::size_t kMostCaches = 64;  // series of one plot, before caches are dropped
constexpr float kStepOffset = 0.5f;

}  // namespace

LineStyle pool_line(const Theme& theme, std::size_t slot, bool selected) {
  LineStyle style;
  style.color = with_alpha(theme.pool_color(slot), selected ? 1.0f : 0.82f);
  style.width = selected ? 2.2f : 1.4f;
  style.marker = pool_marker(slot);
  // Around the true height, which is the selected pool's, and never so far that it reads as another
  // value: half a pixel for each pair of slots.
  const auto k = static_cast<float>(slot % kPoolColors / 2 + 1);
  style.offset = selected ? 0.0f : (slot % 2 == 0 ? -k : k) * kStepOffset;
  return style;
}

Plots::Plots(const Theme& theme, const Fonts& fonts)
    : theme_(theme), fonts_(fonts), memory_(std::make_unique<Memory>()) {}

Plots::~Plots() = default;

void Plots::begin_frame() {
  const int now = ImGui::GetFrameCount();
  std::erase_if(memory_->plots, [now](const auto& entry) {
    return now - entry.second.used_in_frame > kForgetAfterFrames;
  });
  // Series that ended leave their columns behind; the living are quickly computed again.
  for (auto& [id, kept] : memory_->plots) {
    if (kept.columns.size() > kMostCaches) kept.columns.clear();
  }
}

bool Plots::animating() const {
  const int now = ImGui::GetFrameCount();
  for (const auto& [id, kept] : memory_->plots) {
    if (now - kept.used_in_frame <= 1 && kept.fit.moving()) return true;
  }
  return false;
}

void Plots::report_rectangles(RectangleHook hook) { hook_ = std::move(hook); }

void Plots::report(std::string_view prefix, std::string_view name, ImVec2 min, ImVec2 max) const {
  if (hook_) hook_(std::string(prefix).append(name), min, max);
}

Plot Plots::begin(const char* name, ImVec2 size, const PlotOptions& options, LinkedX* axis) {
  ImGuiWindow* window = ImGui::GetCurrentWindow();
  if (window->SkipItems) return Plot(nullptr);
  const float s = scale();
  const ImVec2 at = window->DC.CursorPos;
  const ImGuiID id = window->GetID(name);
  const ImRect outer(at, {at.x + size.x, at.y + size.y});
  ImGui::ItemSize(outer);
  // Keyboard navigation would make Space press the plot.
  if (!ImGui::ItemAdd(outer, id, nullptr, ImGuiItemFlags_NoNav)) return Plot(nullptr);

  PlotFrame& f = memory_->frame;
  Memory::Kept& kept = memory_->plots[id];
  kept.used_in_frame = ImGui::GetFrameCount();
  f.plots = this;
  f.theme = &theme_;
  f.fonts = &fonts_;
  f.scale = s;
  f.options = options;
  f.axis = axis;
  f.fit = &kept.fit;
  f.columns = &kept.columns;
  f.draw = window->DrawList;
  f.rows.clear();
  f.labels.clear();
  f.outer_min = outer.Min;
  f.outer_max = outer.Max;
  const float bottom = options.x_labels ? 21 * s : 6 * s;
  f.min = ImFloor({outer.Min.x + options.gutter * s, outer.Min.y + 4 * s});
  f.max = ImFloor({outer.Max.x - 6 * s, outer.Max.y - bottom});
  if (f.width() < 8 || f.height() < 8) return Plot(nullptr);

  bool held = false;
  ImGui::ButtonBehavior(ImRect(f.min, f.max), id, &f.hovered, &held,
                        ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                            ImGuiButtonFlags_MouseButtonMiddle);
  ImGui::SetItemAllowOverlap();
  if (axis != nullptr) {
    if (f.hovered) ImGui::SetItemUsingMouseWheel();
    const bool active = ImGui::GetActiveID() == id;
    apply_gestures(*axis, f.hovered, active, ImGui::IsItemActivated(), f.min, f.max);
    f.x_low = axis->range().begin;
    f.x_high = axis->range().end;
    f.cross = axis->hover();
  } else {
    f.x_low = options.x_low;
    f.x_high = options.x_high;
    const double mouse = static_cast<double>(ImGui::GetIO().MousePos.x - f.min.x);
    f.cross = f.hovered ? std::optional(f.x_low + mouse * f.x_per_pixel()) : std::nullopt;
  }
  kept.fit.update(options, static_cast<double>(ImGui::GetIO().DeltaTime));
  f.y_low = kept.fit.low();
  f.y_high = kept.fit.high();

  report("plot.", name, f.min, f.max);
  f.draw_y_axis();
  f.draw_x_axis();
  f.draw->PushClipRect(f.min, f.max, true);
  return Plot(&f);
}

void Plot::end() {
  if (frame_ == nullptr) return;
  PlotFrame& f = *std::exchange(frame_, nullptr);
  f.draw_overlay();
  if (f.hovered && f.options.tooltip && f.cross) f.draw_tooltip();
}

float Plot::to_x(double t) const { return frame_ ? frame_->x_of(t) : 0; }
float Plot::to_y(double value) const { return frame_ ? frame_->y_of(value) : 0; }
double Plot::from_x(float x) const {
  if (!frame_) return 0;
  return frame_->x_low + static_cast<double>(x - frame_->min.x) * frame_->x_per_pixel();
}
ImVec2 Plot::area_min() const { return frame_ ? frame_->min : ImVec2(); }
ImVec2 Plot::area_max() const { return frame_ ? frame_->max : ImVec2(); }
ImDrawList& Plot::draw_list() const { return frame_ ? *frame_->draw : *ImGui::GetWindowDrawList(); }
bool Plot::hovered() const { return frame_ && frame_->hovered; }

ImVec2 PlotFrame::text_size(ImFont* font, std::string_view text) const {
  return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size());
}

void PlotFrame::text(ImFont* font, ImVec2 at, ImU32 color, std::string_view text) const {
  draw->AddText(font, font->FontSize, ImFloor(at), color, text.data(), text.data() + text.size());
}

void PlotFrame::draw_label(const Label& label) const {
  const ImVec2 size = text_size(fonts->small, label.words);
  const ImVec2 at = label.at;
  draw->AddRectFilled(ImFloor({at.x - 4 * scale, at.y}),
                      ImFloor({at.x + size.x + 4 * scale, at.y + size.y}),
                      with_alpha(theme->panel, 0.82f), 3 * scale);
  text(fonts->small, at, label.color, label.words);
}

}  // namespace lab::gui::plot
