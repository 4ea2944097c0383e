// What every panel is handed: the means to draw, the workbench to show, and the choices the user
// made about how to look at it. One frame's worth of borrowed references. GUI thread only.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/gui/backdrop.h"
#include "lab/gui/fonts.h"
#include "lab/gui/heat_images.h"
#include "lab/gui/model/shelf.h"
#include "lab/gui/model/workbench.h"
#include "lab/gui/plot/legend.h"
#include "lab/gui/plot/plot.h"
#include "lab/gui/tags.h"
#include "lab/gui/theme.h"

namespace lab::gui {

enum class Tab : std::uint8_t { Live, HeatMaps, Workers, Scenario, Results, Compare };
inline constexpr std::array<const char*, 6> kTabNames{"Live",     "Heat maps", "Workers",
                                                      "Scenario", "Results",   "Compare"};

/// Narrower windows (in logical pixels) have no room for a second column beside the plots,
/// and narrower ones yet none for words where a sign will do.
inline constexpr float kNarrow = 980;
inline constexpr float kVeryNarrow = 800;

/// What the user wants to become of the window.
enum class Leave : std::uint8_t { No, AfterSaving, Now };

/// How much of the run the time axis shows while it follows.
inline constexpr std::array<const char*, 3> kWindowNames{"10 s", "60 s", "All"};
inline constexpr std::array<double, 3> kWindowSeconds{10, 60, 0};

/// A message that fades by itself.
struct Toast {
  std::string text;
  bool bad = false;
  double until = 0;
};

/// The user's choices. Survives frames; nothing in it is measured.
struct View {
  Tab tab = Tab::Live;
  std::size_t selected = 0;
  bool follow_serving = true;  ///< the pool being served is the selected one, until one is picked
  std::size_t baseline = 0;
  plot::ShownSet shown;
  std::size_t percentile = 2;  ///< of kPercentiles
  plot::HeatShade shade = plot::HeatShade::Count;
  std::size_t window = 2;  ///< of kWindowSeconds
  int sort_column = -1;    ///< of the comparison; -1: the scenario's order
  bool sort_descending = false;
  bool welcome = true;  ///< the cards instead of the tabs
  bool help = false;
  bool export_asked = false;   ///< open the export box in this frame
  bool replace_asked = false;  ///< the export box has said that the file is there already
  bool close_asked = false;    ///< open the box that asks what to do with unsaved results
  Leave leave = Leave::No;
  std::string export_path;
  std::string picker_path;  ///< typed into the scenario picker
  std::string exported;     ///< the file written last
  bool dark = true;
  float zoom = 1;  ///< the user's scale on top of the desktop's
  Toast toast;
  double seconds = 0;  ///< the frame's time

  // Tooltips come once the mouse rests, so that crossing the window does not make it flicker.
  std::string hovered;       ///< tag of the control under the mouse
  double hovered_since = 0;  ///< when it came there
  double wake_at = 0;        ///< draw again then, if not before; 0: no need
};

/// What the window itself costs, for the status bar.
struct FrameCost {
  double build_ms = 0;
  double draw_ms = 0;
  double frames_per_s = 0;
  bool software = false;
};

struct Ui {
  const Theme& theme;
  const Fonts& fonts;
  plot::Plots& plots;
  plot::LinkedX& time;
  Backdrop& backdrop;
  Tags& tags;
  Workbench& bench;
  View& view;
  const std::vector<ShelfEntry>& shelf;
  HeatImages& heat_images;
  const FrameCost& cost;

  /// Logical pixels to pixels of the screen, on whole ones.
  float px(float logical) const { return std::round(logical * fonts.scale); }
  ImU32 pool_color(std::size_t slot) const { return theme.pool_color(slot); }
  void say(std::string text, bool bad = false) const {
    view.toast = {std::move(text), bad, view.seconds + (bad ? 8.0 : 4.0)};
  }

  /// The verbs that more than one panel offers.
  bool open_scenario(const std::string& path,
                     const std::vector<scenarios::Override>& overrides = {}) const;
  bool reload() const;
  void run_or_stop() const;
  void select_pool(std::size_t slot) const {
    view.selected = slot;
    view.follow_serving = false;
  }
  /// The time axis and the selected pool follow the run, or hold.
  void set_live(bool live) const;
  bool narrow() const { return ImGui::GetIO().DisplaySize.x < px(kNarrow); }
  bool very_narrow() const { return ImGui::GetIO().DisplaySize.x < px(kVeryNarrow); }

 private:
  void show_opened() const;
};

}  // namespace lab::gui
