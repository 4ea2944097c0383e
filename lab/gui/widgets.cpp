#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kPanelRadius = 6;
constexpr float kPanelHeader = 30;
constexpr float kSegmentPadding = 11;
constexpr double kTooltipDelay = 0.55;  // s; a guess that feels right

ImFont* segment_font(const Ui& ui, bool small) { return small ? ui.fonts.small : ui.fonts.ui; }

float segment_height(const Ui& ui, bool small) {
  return small ? ui.px(20) : ImGui::GetFrameHeight();
}

}  // namespace

void tooltip(const Ui& ui, const std::string& tag, std::string_view text) {
  View& view = ui.view;
  if (view.hover.tag != tag || ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
    view.hover.tag = tag;
    view.hover.since = view.seconds;
  }
  const double due = view.hover.since + kTooltipDelay;
  if (view.seconds >= due) {
    tooltip_now(ui, text);
  } else {
    view.wake_at = due;
  }
}

void tooltip_now(const Ui& ui, std::string_view text) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(10), ui.px(7)});
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(ui.px(420));
  ImGui::PushFont(ui.fonts.small);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopFont();
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

bool escape_pressed() { return ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false); }

float icon_button_width(const Ui& ui, const char* label) {
  const float h = ImGui::GetFrameHeight();
  if (*label == '\0') return h + ui.px(6);
  return std::round(text_width(ui.fonts.ui, label) + h * 0.9f + ui.px(14));
}

bool icon_button(Ui& ui, const char* tag, Icon icon, const char* label, const ButtonLook& look) {
  const Theme& t = ui.theme;
  const ImVec2 size{icon_button_width(ui, label), ImGui::GetFrameHeight()};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (!look.enabled) ImGui::BeginDisabled();
  const bool pressed = ImGui::InvisibleButton(tag, size);
  const bool hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled);
  const bool held = ImGui::IsItemActive();
  ui.tags.item(tag);
  if (!look.enabled) ImGui::EndDisabled();

  ImU32 ground = t.raised, ink = t.text;
  if (!look.enabled) {
    ink = t.text_faint;
  } else if (look.primary) {
    ground = held ? mix(t.accent, t.background, 0.25f)
                  : (hovered ? mix(t.accent, t.text, 0.15f) : t.accent);
    ink = t.on_accent;
  } else if (held || hovered) {
    ground = held ? t.active : t.hovered;
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(at, {at.x + size.x, at.y + size.y}, ground, ui.px(5));
  const float middle = at.y + size.y * 0.5f;
  if (*label == '\0') {
    draw_icon(draw, {at.x + size.x * 0.5f, middle}, size.y * 0.27f, icon, ink);
  } else {
    draw_icon(draw, {at.x + size.y * 0.58f, middle}, size.y * 0.25f, icon, ink);
    draw_text(ui.fonts.ui, ink,
              {at.x + size.y * 0.98f, centred_y(ui.fonts.ui, at.y, at.y + size.y)}, label);
  }
  if (hovered && look.tip != nullptr) tooltip(ui, tag, look.tip);
  return pressed && look.enabled;
}

float segmented_width(const Ui& ui, std::span<const char* const> items, bool small) {
  float width = 0;
  for (const char* item : items) {
    width += std::round(text_width(segment_font(ui, small), item)) + 2 * ui.px(kSegmentPadding);
  }
  return width;
}

bool segmented(Ui& ui, const char* tag, std::span<const char* const> items, std::size_t& current,
               bool small) {
  const Theme& t = ui.theme;
  const ImFont* font = segment_font(ui, small);
  const float height = segment_height(ui, small);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(at, {at.x + segmented_width(ui, items, small), at.y + height}, t.raised,
                     ui.px(5));
  bool changed = false;
  Box rest{at, {at.x + segmented_width(ui, items, small), at.y + height}};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Box cell =
        rest.cut_left(std::round(text_width(font, items[i])) + 2 * ui.px(kSegmentPadding));
    if (hit(ui, std::string(tag) + "." + items[i], cell)) {
      changed = changed || current != i;
      current = i;
    }
    const bool on = i == current;
    if (on || ImGui::IsItemHovered()) {
      const float rim = ui.px(2);
      draw.AddRectFilled({cell.min.x + rim, cell.min.y + rim}, {cell.max.x - rim, cell.max.y - rim},
                         on ? t.active : t.hovered, ui.px(4));
    }
    draw_text_centred(font, on ? t.text : t.text_soft, cell, items[i]);
  }
  return changed;
}

bool hit(Ui& ui, const std::string& tag, const Box& box) {
  if (box.empty()) return false;
  const ImVec2 back = ImGui::GetCursorPos();
  ImGui::SetCursorScreenPos(box.min);
  const bool pressed = ImGui::InvisibleButton(tag.c_str(), box.size());
  ui.tags.box(tag, box.min, box.max);
  ImGui::SetCursorPos(back);
  return pressed;
}

float badge(const Ui& ui, ImVec2 at, std::string_view text, ImU32 color, ImU32 ground) {
  const ImFont* font = ui.fonts.caption;
  const float width = std::round(text_width(font, text)) + 2 * ui.px(6);
  const float height = ui.px(17);
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + height}, ground, ui.px(4));
  draw_text(font, color, {at.x + ui.px(6), centred_y(font, at.y, at.y + height)}, text);
  return width;
}

void draw_check(const Ui& ui, ImVec2 c, bool on, ImU32 color) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float r = ui.px(6.5f);
  const ImVec2 min{std::floor(c.x - r), std::floor(c.y - r)};
  const ImVec2 max{min.x + 2 * r, min.y + 2 * r};
  if (on) {
    draw.AddRectFilled(min, max, color, ui.px(3));
    draw_icon(draw, {(min.x + max.x) * 0.5f, (min.y + max.y) * 0.5f}, r * 0.75f, Icon::Tick,
              ui.theme.panel);
  } else {
    draw.AddRect(min, max, ui.theme.text_faint, ui.px(3), 0, ui.px(1));
  }
}

Panel::Panel(Ui& ui, const char* tag, const Box& box, std::string_view title,
             std::string_view subtitle, float reserve)
    : box_(box), body_(box), header_(box) {
  const Theme& t = ui.theme;
  ui.backdrop.fill(*ImGui::GetWindowDrawList(), box, t.panel, ui.px(kPanelRadius));
  ui.tags.box(std::string("panel.") + tag, box.min, box.max);
  ImGui::SetCursorScreenPos(box.min);
  ImGui::BeginChild(tag, box.size(), true,
                    ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  header_ =
      title.empty() ? Box{box.min, {box.max.x, box.min.y}} : body_.cut_top(ui.px(kPanelHeader));
  if (!title.empty()) {
    const ImFont* caption = ui.fonts.caption;
    const float y = header_.min.y + ui.px(9);
    const float x = header_.min.x + ui.px(12);
    const float right = header_.max.x - ui.px(12) - reserve;
    const float width = draw_text_fitted(caption, t.text_soft, {x, y}, right - x, title);
    const float from = x + width + ui.px(9);
    // A word or two at least, or nothing.
    if (!subtitle.empty() &&
        right - from >= std::min(ui.px(70), text_width(ui.fonts.small, subtitle))) {
      draw_text_fitted(ui.fonts.small, t.text_faint, {from, y - ui.px(0.5f)}, right - from,
                       subtitle);
    }
  }
  body_ = body_.inset(ui.px(8), 0);
  body_.cut_bottom(ui.px(7));
}

Panel::~Panel() { ImGui::EndChild(); }

void draw_hint(const Ui& ui, const Box& box, std::string_view text) {
  const ImFont* font = ui.fonts.ui;
  const float width = box.width() - ui.px(16);
  if (text_width(font, text) <= width) {
    draw_text_centred(font, ui.theme.text_faint, box, text);
    return;
  }
  const float line = ui.px(20);
  const int lines = wrapped_lines(font, width, 4, text);
  const float top = box.centre().y - line * static_cast<float>(lines) * 0.5f;
  draw_text_wrapped(font, ui.theme.text_faint, {box.min.x + ui.px(8), top}, width, 4, line, text);
}

}  // namespace lab::gui
