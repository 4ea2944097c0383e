#include "lab/gui/kept_results.h"

#include <fmt/format.h>

#include <filesystem>

#include "lab/gui/user_folders.h"
#include "results/result_json.h"

namespace lab::gui {

std::string free_name(const std::string& wanted) {
  const std::filesystem::path path(wanted);
  std::string name = wanted;
  std::error_code error;
  for (int n = 2; std::filesystem::exists(std::filesystem::symlink_status(name, error)); ++n) {
    name = (path.parent_path() /
            fmt::format("{}-{}{}", path.stem().string(), n, path.extension().string()))
               .string();
  }
  return name;
}

std::string keep_in(const std::string& folder, const results::RunResult& result) {
  std::error_code error;  // what cannot be made cannot be written to, and that is reported
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  const std::string path =
      free_name((std::filesystem::path(folder) / (result.scenario.name + ".result.json")).string());
  results::write_result_file(path, result);
  return path;
}

std::string rescue_folder() { return user_folder("XDG_STATE_HOME", ".local/state"); }

}  // namespace lab::gui
