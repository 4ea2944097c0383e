// poollab gui: opens the window, when this build has one.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/commands.h"
#include "lab/exit_code.h"
#include "lab/scenario_library.h"
#ifdef POOLLAB_WITH_WINDOW
#include "lab/gui/window_app.h"
#endif

namespace lab::cli {
namespace {

struct Request {
  std::string file;
  std::string screenshot;
  std::string tags;
  std::string size = "1440x900";
  double exit_after_s = 0;
  bool light = false;
  bool autorun = false;
};

#ifdef POOLLAB_WITH_WINDOW
int open_window(const Request& request) {
  gui::WindowOptions options;
  if (!request.file.empty()) options.scenario_path = find_scenario(request.file);
  options.screenshot_path = request.screenshot;
  options.exit_after_s = request.exit_after_s;
  options.tags_path = request.tags;
  options.light = request.light;
  options.autorun = request.autorun;
  char rest = '\0';
  if (std::sscanf(request.size.c_str(), "%dx%d%c", &options.width, &options.height, &rest) != 2 ||
      options.width < 320 || options.height < 200 || options.width > 16384 ||
      options.height > 16384) {
    throw UsageError(
        fmt::format("--size {}: expected WIDTHxHEIGHT, for example 1440x900", request.size));
  }
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
  app.add_flag("--light", request->light, "Light theme");
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
