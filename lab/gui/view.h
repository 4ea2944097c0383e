// The choices the user made about how to look at what was measured, a struct per panel or group of
// panels that share them. Survives frames; nothing in it is measured. GUI thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "lab/gui/plot/legend.h"
#include "lab/gui/plot/plot.h"

namespace lab::gui {

enum class Tab : std::uint8_t { Live, HeatMaps, Workers, Scenario, Results, Compare };
inline constexpr std::array<const char*, 6> kTabNames{"Live",     "Heat maps", "Workers",
                                                      "Scenario", "Results",   "Compare"};

/// How much of the run the time axis shows while it follows.
inline constexpr std::array<const char*, 3> kWindowNames{"10 s", "60 s", "All"};
inline constexpr std::array<double, 3> kWindowSeconds{10, 60, 0};

/// Which trials are looked at, by their index in Document::tracks(): the list of pools, the plots,
/// the comparison and the keys share it.
struct TrialChoice {
  std::size_t selected = 0;
  bool follow_serving = true;  ///< the one being served is selected, until one is picked
  std::size_t baseline = 0;    ///< the others are compared with it
  plot::ShownSet shown;
};

struct PlotChoice {
  std::size_t percentile = 2;  ///< of kPercentiles
  plot::HeatShade shade = plot::HeatShade::Count;
  std::size_t window = 2;  ///< of kWindowSeconds
};

struct ComparisonOrder {
  int column = -1;  ///< -1: the order of the tracks
  bool descending = false;
};

/// Typed into the scenario picker.
struct Picker {
  std::string path;
};

struct ExportBox {
  bool asked = false;          ///< open it in this frame
  bool replace_asked = false;  ///< it has said that the file is there already
  std::string path;
  std::string written;  ///< the file written last
};

/// What the user wants to become of the window.
enum class Leave : std::uint8_t { No, AfterSaving, Now };

/// Asks what to do with unsaved results.
struct CloseBox {
  bool asked = false;  ///< open it in this frame
  Leave leave = Leave::No;
};

struct Look {
  bool dark = true;
  float zoom = 1;  ///< the user's scale on top of the desktop's
};

/// Tooltips come once the mouse rests, so that crossing the window does not make it flicker.
struct Hover {
  std::string tag;   ///< of the control under the mouse
  double since = 0;  ///< when it came there
};

/// A message that fades by itself.
struct Toast {
  std::string text;
  bool bad = false;
  double until = 0;
};

struct View {
  Tab tab = Tab::Live;
  bool welcome = true;  ///< the cards instead of the tabs
  bool help = false;
  bool still = false;  ///< draw nothing while a trial is measured
  TrialChoice trials;
  PlotChoice plots;
  ComparisonOrder comparison;
  Picker picker;
  ExportBox export_box;
  CloseBox close_box;
  Look look;
  Hover hover;
  Toast toast;
  double seconds = 0;  ///< the frame's time
  double wake_at = 0;  ///< draw again then, if not before; 0: no need
};

}  // namespace lab::gui
