#include "lab/scenario_library.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "lab/exit_code.h"
#include "pools/knobs.h"
#include "scenarios/scenario_json.h"

namespace lab {

std::string library_folder() {
  if (const char* chosen = std::getenv("POOLLAB_SCENARIOS"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  std::error_code error;
  // Installed: bin/poollab beside share/poollab/scenarios. Otherwise the source tree's own.
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed =
      program.parent_path().parent_path() / "share/poollab/scenarios";
  if (!error && std::filesystem::is_directory(installed, error)) return installed.string();
  return POOLLAB_LIBRARY_FOLDER;
}

std::vector<std::string> library_scenarios() {
  std::vector<std::string> paths;
  std::error_code error;
  for (const std::filesystem::directory_entry& entry :
       std::filesystem::directory_iterator(library_folder(), error)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string scenario_name(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

std::string find_scenario(const std::string& argument) {
  if (argument == scenarios::kStandardInput) return argument;
  std::error_code error;
  // Anything that looks like a path is one; the reader says what is wrong with it.
  const bool like_path = argument.find('/') != std::string::npos || argument.ends_with(".json");
  if (like_path && std::filesystem::exists(argument, error)) return argument;
  const std::string stem = scenario_name(argument);
  const std::vector<std::string> library = library_scenarios();
  std::vector<std::string> names;
  for (const std::string& path : library) {
    names.push_back(scenario_name(path));
    if (argument.find('/') == std::string::npos && names.back() == stem) return path;
  }
  if (std::filesystem::exists(argument, error)) return argument;
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string near = pools::nearest_name(stem, candidates);
  throw UsageError(fmt::format("{}: no such file, and no scenario of that name in the library{}",
                               argument,
                               near.empty() ? "; 'poollab list scenarios' shows them"
                                            : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace lab
