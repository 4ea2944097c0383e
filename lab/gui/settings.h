// What the window remembers from one time to the next, in $XDG_CONFIG_HOME/poollab/window.json. GUI
// thread.
#pragma once

#include <string>

namespace lab::gui {

inline constexpr float kLeastZoom = 0.7f;
inline constexpr float kMostZoom = 2.5f;

struct Settings {
  bool dark = true;
  float zoom = 1;  ///< the user's scale on top of the desktop's
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Empty: there is no home to keep them in.
std::string settings_path();
/// What the file says as far as it can be understood, the usual for the rest: never an error.
Settings read_settings(const std::string& path);
/// False: it could not be written, which is no reason to trouble anybody.
bool write_settings(const std::string& path, const Settings& settings);

}  // namespace lab::gui
