// The window: `poollab gui`. Opens it, serves it until it is closed, says why when it cannot.
#pragma once

#include <string>

namespace lab::gui {

struct WindowOptions {
  std::string scenario_path;    ///< to open at the start; empty: the welcome page
  std::string screenshot_path;  ///< PNG of the last frame
  double exit_after_s = 0;      ///< 0: when the user closes the window, or, with a screenshot to
                                ///< take, when there is nothing left to wait for
  std::string tags_path;  ///< where every widget and plot is, and the state, as JSON for tests
  bool light = false;
  int width = 1440;
  int height = 900;
  bool autorun = false;  ///< run the scenario at once
};

/// Main thread only. Returns the process' exit status: 0; 2 when there is no display or no usable
/// OpenGL (the message on stderr names the headless command); 3 when the screenshot could not be
/// written.
int run_window(const WindowOptions& options);

}  // namespace lab::gui
