// The program's folders in the user's home, by the XDG rules. Any thread.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace lab::gui {

/// "$variable/poollab", else "~/<in_home>/poollab"; empty where there is neither. An unset, empty
/// or relative variable does not count, as the specification says.
inline std::string user_folder(const char* variable, const char* in_home) {
  const auto absolute = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value == '/' ? std::string(value) : std::string();
  };
  std::filesystem::path base = absolute(variable);
  if (base.empty()) {
    const std::string home = absolute("HOME");
    if (home.empty()) return {};
    base = std::filesystem::path(home) / in_home;
  }
  return (base / "poollab").string();
}

}  // namespace lab::gui
