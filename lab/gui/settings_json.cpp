#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lab/gui/settings.h"
#include "lab/gui/user_folders.h"
#include "results/atomic_file.h"

namespace lab::gui {

std::string settings_path() {
  const std::string folder = user_folder("XDG_CONFIG_HOME", ".config");
  return folder.empty() ? "" : (std::filesystem::path(folder) / "window.json").string();
}

Settings read_settings(const std::string& path) {
  constexpr std::size_t kMostBytes = 64 * 1024;
  Settings settings;
  if (path.empty()) return settings;
  std::string text;
  try {
    text = results::read_whole_file(path, kMostBytes);
  } catch (const results::FileError&) {
    return settings;
  }
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return settings;
  if (const auto theme = document.find("theme"); theme != document.end() && theme->is_string()) {
    settings.dark = theme->get<std::string>() != "light";
  }
  if (const auto zoom = document.find("zoom"); zoom != document.end() && zoom->is_number()) {
    settings.zoom = std::clamp(zoom->get<float>(), kLeastZoom, kMostZoom);
  }
  return settings;
}

bool write_settings(const std::string& path, const Settings& settings) {
  if (path.empty()) return false;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const nlohmann::json document = {{"theme", settings.dark ? "dark" : "light"},
                                   {"zoom", settings.zoom}};
  try {
    results::write_file_atomically(path, document.dump(1) + "\n");
    return true;
  } catch (const results::FileError&) {
    return false;
  }
}

}  // namespace lab::gui
