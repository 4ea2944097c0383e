// The program's frame: the table of commands, parsing, and the one place where exceptions become
// messages and exit statuses.
#include "lab/cli/program.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/commands.h"
#include "lab/cli/terminal.h"
#include "lab/exit_code.h"
#include "lab/scenario_library.h"
#include "pools/knobs.h"
#include "pools/peers/peers.h"
#include "pools/usable_cores.h"
#include "results/atomic_file.h"
#include "results/build_facts.h"
#include "results/result_json.h"
#include "scenarios/scenario_json.h"

namespace lab::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands{
      {"gui", "Open the window (the default where a display is)", add_gui},
      {"run", "Run scenarios headless; table, gates, result file", add_run},
      {"list", "What a scenario can be made of, and the library", add_list},
      {"validate", "Read scenarios without running them", add_validate},
      {"doctor", "Is this machine fit to measure on, and how precisely?", add_doctor},
  };
  return kCommands;
}

namespace {

std::string version_text() {
  const results::BuildFacts& build = results::build_facts();
  std::string text =
      fmt::format("poollab {} ({}{}), {}, {}", build.version, build.commit.substr(0, 12),
                  build.dirty ? ", changed" : "", build.compiler, build.build_type);
  if (!build.sanitizer.empty()) text += ", sanitizer " + build.sanitizer;
  return text;
}

bool is_scenario(const std::string& word) {
  std::error_code error;
  if (std::filesystem::is_regular_file(word, error)) return true;
  const std::vector<std::string> library = library_scenarios();
  return std::any_of(library.begin(), library.end(),
                     [&word](const std::string& path) { return scenario_name(path) == word; });
}

/// Says so when the first word is no command, which CLI11 would call an unexpected argument.
void check_command(const std::vector<std::string>& words) {
  if (words.empty() || words[0].empty() || words[0][0] == '-') return;
  std::vector<std::string_view> names;
  for (const Command& command : commands()) {
    if (command.name == words[0]) return;
    names.push_back(command.name);
  }
  if (is_scenario(words[0])) {
    throw UsageError(
        fmt::format("there is no command '{0}'; did you mean 'poollab run {0}'?", words[0]));
  }
  const std::string near = pools::nearest_name(words[0], names);
  throw UsageError(fmt::format(
      "there is no command '{}'; {}", words[0],
      near.empty() ? "'poollab --help' shows them" : fmt::format("did you mean '{}'?", near)));
}

/// The option that was probably meant by `word`, from the help of `app`.
std::string nearest_option(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return pools::nearest_name(word, {names.begin(), names.end()});
}

int parse_failure(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* used = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
  const std::string full = used == &app ? "poollab" : fmt::format("poollab {}", used->get_name());
  std::string text = fmt::format("{}: {}", full, error.what());
  for (const std::string& extra : used->remaining()) {
    if (!extra.starts_with('-')) continue;
    const std::string near = nearest_option(*used, extra.substr(0, extra.find('=')));
    if (!near.empty()) text += fmt::format("; did you mean '{}'?", near);
  }
  print_error(fmt::format("{}\n'{} --help' shows how to use it\n", text, full));
  return status(ExitCode::BadInput);
}

int run_words(const std::vector<std::string>& words) {
  check_command(words);
  CLI::App app("A benchmarking and visualization lab for worker pools.", "poollab");
  app.set_version_flag("--version", version_text(), "Show version, commit and compiler");
  app.set_help_flag("-h,--help", "Show this help");
  app.get_formatter()->column_width(26);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.get_formatter()->label("REQUIRED", "");
  app.footer(
      "'poollab COMMAND --help' shows a command's options.\n\n"
      "Examples:\n"
      "  poollab run burst                    five pools, one bursty workload, one table\n"
      "  poollab gui                          the same, live\n"
      "  poollab list scenarios\n");
  app.require_subcommand(0, 1);
  std::map<const CLI::App*, std::function<int()>> actions;
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->set_help_flag("-h,--help", "Show this help");
    sub->group("Commands");
    actions[sub] = command.add(*sub);
  }
  try {
    // CLI11 takes the words from the back.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto used = app.get_subcommands();
    print(used.empty() ? app.help() : used.front()->help("poollab"));
    return status(ExitCode::Pass);
  } catch (const CLI::CallForVersion&) {
    print(version_text() + "\n");
    return status(ExitCode::Pass);
  } catch (const CLI::ParseError& error) {
    return parse_failure(app, error);
  }
  if (!app.get_subcommands().empty()) return actions.at(app.get_subcommands().front())();
  if (display_present()) return run_words({"gui"});
  print(app.help());
  return status(ExitCode::Pass);
}

int failed(const std::string& message, ExitCode code) {
  print_error(fmt::format("poollab: {}\n", message));
  return status(code);
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  secure_standard_streams();
  try {
    pools::add_all_peers();
    return run_words(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  } catch (const scenarios::ScenarioError& error) {
    print_error(error.text + (error.text.ends_with('\n') ? "" : "\n"));
    return status(ExitCode::BadInput);
  } catch (const UsageError& error) {
    return failed(error.what(), ExitCode::BadInput);
  } catch (const pools::ConfigError& error) {
    return failed(error.field == "/pools" ? error.message : error.text, ExitCode::BadInput);
  } catch (const results::ResultFormatError& error) {
    return failed(error.what(), ExitCode::BadInput);
  } catch (const OutputError& error) {
    return failed(error.what(), ExitCode::Io);
  } catch (const results::FileError& error) {
    return failed(error.what(), ExitCode::Io);
  } catch (const std::system_error& error) {
    std::string text = error.what();
    if (error.code() == std::errc::resource_unavailable_try_again) {
      constexpr std::uint64_t kOwnThreads = 4;
      const std::string limit = pools::thread_limit_text(kOwnThreads);
      if (!limit.empty()) text += "; " + limit;
    }
    return failed(text, ExitCode::Io);
  } catch (const std::bad_alloc&) {
    print_error("poollab: out of memory\n");  // as it is: formatting it would take memory
    return status(ExitCode::Io);
  } catch (const std::exception& error) {
    return failed(fmt::format("internal error: {}", error.what()), ExitCode::Internal);
  }
}

}  // namespace lab::cli
