// The few controls the window is made of, drawn in one style: buttons with icons, segmented
// switches, panels, badges. Each interactive one is reported to the tags. GUI thread only.
#pragma once

#include <imgui.h>

#include <span>
#include <string>
#include <string_view>

#include "lab/gui/box.h"
#include "lab/gui/icon.h"
#include "lab/gui/text.h"
#include "lab/gui/ui.h"

namespace lab::gui {

// Controls. `tag` names the control for tests and ImGui alike; unique on the screen.

struct ButtonLook {
  bool primary = false;
  bool enabled = true;
  const char* tip = nullptr;
};
/// At the cursor, as high as a frame. `label` empty: the icon alone.
bool icon_button(Ui& ui, const char* tag, Icon icon, const char* label,
                 const ButtonLook& look = {});
float icon_button_width(const Ui& ui, const char* label);

/// Buttons of which one is on. Tags: "<tag>.<item>". True when `current` changed.
bool segmented(Ui& ui, const char* tag, std::span<const char* const> items, std::size_t& current,
               bool small = false);
float segmented_width(const Ui& ui, std::span<const char* const> items, bool small = false);

/// An invisible item over `box`: true when clicked. Ask ImGui::IsItemHovered() after.
bool hit(Ui& ui, const std::string& tag, const Box& box);

/// Popups close on it; ImGui does that by itself only with keyboard navigation, which we leave off.
bool escape_pressed();

/// Explains the control `tag` once the mouse has rested on it. Call while it is hovered.
void tooltip(const Ui& ui, const std::string& tag, std::string_view text);
/// The same at once, for what the user is pointing at deliberately.
void tooltip_now(const Ui& ui, std::string_view text);

/// A word on a tint, its right or left end at `at`'s x. Returns the width.
float badge(const Ui& ui, ImVec2 at, std::string_view text, ImU32 color, ImU32 ground);

/// A small square that is ticked or not.
void draw_check(const Ui& ui, ImVec2 centre, bool on, ImU32 color);

// Panels.

/// A framed child window with a caption; ends with the object. Draw inside `body()`.
class Panel {
 public:
  /// `title` empty: no caption. `reserve`: so much of the caption's right end is for controls.
  Panel(Ui& ui, const char* tag, const Box& box, std::string_view title,
        std::string_view subtitle = {}, float reserve = 0);
  ~Panel();
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;

  const Box& box() const { return box_; }
  Box body() const { return body_; }
  /// The caption's strip, for what stands at its right end.
  Box header() const { return header_; }

 private:
  Box box_, body_, header_;
};

/// What a panel that has nothing to show says instead, in the middle, in as many lines as it takes.
void draw_hint(const Ui& ui, const Box& box, std::string_view text);

}  // namespace lab::gui
