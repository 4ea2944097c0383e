// The program's commands, one row each: main() and the help are made from this table. A command
// adds its options to a CLI11 sub-command and answers with an exit status.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace lab::cli {

struct Command {
  std::string_view name;
  std::string_view summary;
  /// Adds options and examples; returns what to do once they are parsed.
  std::function<int()> (*add)(CLI::App& app);
};

const std::vector<Command>& commands();

std::function<int()> add_run(CLI::App& app);
std::function<int()> add_list(CLI::App& app);
std::function<int()> add_validate(CLI::App& app);
std::function<int()> add_doctor(CLI::App& app);
std::function<int()> add_gui(CLI::App& app);

/// Whether a display server is there to open a window on.
bool display_present();

}  // namespace lab::cli
