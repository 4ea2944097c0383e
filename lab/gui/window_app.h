// The window: `poollab gui`. Opens it, serves it until it is closed, says why when it cannot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/run_result.h"
#include "scenarios/scenario_json.h"

namespace lab::gui {

struct WindowOptions {
  std::string scenario_path;                   ///< to open at the start; empty: the welcome page
  std::vector<scenarios::Override> overrides;  ///< of that scenario
  std::vector<std::string> pools;              ///< ids to tick at the start; empty: all
  std::string screenshot_path;                 ///< PNG of the last frame
  double exit_after_s = 0;  ///< 0: when the user closes the window, or, with a screenshot to
                            ///< take, when there is nothing left to wait for
  std::string tags_path;    ///< where every widget and plot is, and the state, as JSON for tests
  enum class Theme { AsLeft, Light, Dark } theme = Theme::AsLeft;
  int width = 1440;
  int height = 900;
  bool autorun = false;  ///< run the scenario at once
  bool still = false;    ///< draw nothing while a trial is measured

  /// Given every result as its run ends, also one cut short; returns what to tell people. Empty
  /// function: results stay in memory until the user saves them. Throws results::FileError.
  std::function<std::string(const results::RunResult&)> keep;
  /// The signal that asks for an orderly end, or 0.
  std::function<int()> signal = [] { return 0; };
};

/// Main thread only. Returns the process' exit status: 0; 2 when there is no display or no usable
/// OpenGL (the message on stderr names the headless command); 3 when the screenshot or a result
/// could not be written, or the display went away; 128 + n after signal n. A window that ends
/// without being asked (signal, display gone) leaves what is not saved in a file and says where.
int run_window(const WindowOptions& options);

}  // namespace lab::gui
