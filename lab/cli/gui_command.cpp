// poollab gui: opens the window, when this build has one.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/commands.h"
#include "lab/cli/result_target.h"
#include "lab/cli/scenario_options.h"
#include "lab/cli/signals.h"
#include "lab/exit_code.h"
#include "lab/scenario_library.h"
#include "results/atomic_file.h"
#include "results/result_json.h"
#include "scenarios/scenario_json.h"
#include "scenarios/trial_plan.h"
#ifdef POOLLAB_WITH_WINDOW
#include "lab/gui/kept_results.h"
#include "lab/gui/window_app.h"
#endif

namespace lab::cli {
namespace {

constexpr int kLeastWidth = 640, kLeastHeight = 480, kMostPixels = 16384;

struct Request {
  std::string file;
  std::vector<std::string> pools;
  std::vector<std::string> set;
  std::string out;
  std::string screenshot;
  std::string tags;
  std::string size = "1440x900";
  double exit_after_s = 0;
  bool light = false;
  bool dark = false;
  bool autorun = false;
  bool measure = false;
};

#ifdef POOLLAB_WITH_WINDOW
/// The scenario as it is opened, if it can be read; what is wrong with it the window says itself.
std::optional<scenarios::Scenario> readable(const gui::WindowOptions& options) {
  if (options.scenario_path.empty()) return std::nullopt;
  try {
    return scenarios::read_scenario_file(options.scenario_path, options.overrides);
  } catch (const scenarios::ScenarioError&) {
    return std::nullopt;
  }
}

/// Where each result goes: the first to the file itself, by the rules of `run`, later ones beside
/// it, none over another.
std::function<std::string(const results::RunResult&)> keep_in_file(
    const Request& request, const std::optional<scenarios::Scenario>& scenario) {
  const std::string& out = request.out;
  std::error_code error;
  const bool folder = std::filesystem::is_directory(out, error);
  if (!folder) {
    results::require_writable(out);
    // Says now what it would refuse then: to write over the scenario, or over another's result.
    if (scenario)
      const ResultTarget may_be_written(out, *scenario, {find_scenario(request.file)}, false);
  }
  return [out, folder, name = scenario ? scenario->name : "",
          first = true](const results::RunResult& result) mutable {
    const bool named = std::exchange(first, false) && !folder && result.scenario.name == name;
    std::string path =
        folder ? (std::filesystem::path(out) / (result.scenario.name + ".json")).string() : out;
    if (!named) path = gui::free_name(path);
    results::write_result_file(path, result);
    return path;
  };
}

gui::WindowOptions window_options(const Request& request) {
  gui::WindowOptions options;
  if (!request.file.empty()) options.scenario_path = find_scenario(request.file);
  for (const std::string& text : request.set) options.overrides.push_back(parsed_override(text));
  options.pools = request.pools;
  options.screenshot_path = request.screenshot;
  options.exit_after_s = request.exit_after_s;
  options.tags_path = request.tags;
  if (request.light) options.theme = gui::WindowOptions::Theme::Light;
  if (request.dark) options.theme = gui::WindowOptions::Theme::Dark;
  options.autorun = request.autorun;
  options.still = request.measure;
  char rest = '\0';
  if (std::sscanf(request.size.c_str(), "%dx%d%c", &options.width, &options.height, &rest) != 2 ||
      options.width < kLeastWidth || options.height < kLeastHeight || options.width > kMostPixels ||
      options.height > kMostPixels) {
    throw UsageError(
        fmt::format("--size {}: expected WIDTHxHEIGHT of at least {}x{}, for example 1440x900",
                    request.size, kLeastWidth, kLeastHeight));
  }
  return options;
}

int open_window(const Request& request) {
  gui::WindowOptions options = window_options(request);
  // What cannot be done is said before a window opens, not after an hour's measuring.
  for (const std::string& path : {request.screenshot, request.tags}) {
    if (!path.empty()) results::require_writable(path);
  }
  const std::optional<scenarios::Scenario> scenario = readable(options);
  // Says which of the ids there is not.
  if (scenario) (void)scenarios::with_pools(*scenario, request.pools);
  if (!request.out.empty()) {
    options.keep = keep_in_file(request, scenario);
  }
  const SignalWatch signals;
  options.signal = [&signals] { return signals.caught(); };
  return gui::run_window(options);
}
#else
int open_window(const Request& request) {
  throw UsageError(
      fmt::format("this build has no window (POOLLAB_GUI is off); without one: "
                  "poollab run {}",
                  request.file.empty() ? "FILE" : request.file));
}
#endif

}  // namespace

bool display_present() {
  for (const char* name : {"WAYLAND_DISPLAY", "DISPLAY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

std::function<int()> add_gui(CLI::App& app) {
  auto request = std::make_shared<Request>();
  app.add_option("FILE", request->file, "Scenario to open: a file or a name from the library")
      ->type_name("");
  app.add_flag("--run", request->autorun, "Run the scenario at once");
  app.add_flag("--measure", request->measure,
               "Draw nothing while a trial is measured; between trials the picture is brought up\n"
               "to date");
  app.add_option("--pools", request->pools, "Tick only these pools, by id")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->type_name("A,B");
  app.add_option("--set", request->set, "Change the scenario before it is opened; may be repeated")
      ->type_name("/PTR=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  app.add_option("--out", request->out,
                 "Write every run's result here as JSON, later ones as R-2.json and so on;\n"
                 "a folder takes <scenario>.json")
      ->type_name("R.json");
  CLI::Option* light = app.add_flag("--light", request->light, "Light theme");
  app.add_flag("--dark", request->dark, "Dark theme; without either, the one left last")
      ->excludes(light);
  app.add_option("--size", request->size, "Size of the window")->type_name("WxH");
  app.add_option("--screenshot", request->screenshot, "Write the last frame to this PNG")
      ->type_name("F.png");
  app.add_option("--exit-after", request->exit_after_s, "Close by itself after so many seconds")
      ->type_name("S")
      ->check(CLI::Range(0.0, 86400.0));
  app.add_option("--tags", request->tags, "Write where every widget is, as JSON (for tests)")
      ->type_name("F.json");
  app.footer(
      "Examples:\n"
      "  poollab gui\n"
      "  poollab gui burst --run\n"
      "  poollab gui burst --run --screenshot burst.png --exit-after 20\n");
  return [request] { return open_window(*request); };
}

}  // namespace lab::cli
