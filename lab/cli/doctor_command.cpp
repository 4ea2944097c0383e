// poollab doctor: whether this machine is fit to measure on.
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/commands.h"
#include "lab/cli/doctor_text.h"
#include "lab/cli/terminal.h"
#include "lab/exit_code.h"

namespace lab::cli {
namespace {

int examine(bool json) {
  const results::Environment environment = results::read_environment();
  const bool told = !json && error_is_terminal();
  const Probe probe = probe_machine([told](const std::string& what) {
    if (told) print_error(fmt::format("\r\x1b[K  trying {} ...", what));
  });
  if (told) print_error("\r\x1b[K");
  print(json ? doctor_json(environment, probe)
             : doctor_text(findings(environment, probe), output_style()));
  return status(ExitCode::Pass);
}

}  // namespace

std::function<int()> add_doctor(CLI::App& app) {
  auto json = std::make_shared<bool>(false);
  app.add_flag("--json", *json, "As JSON on standard output");
  app.footer(
      "Tries out timer, cores and a pool against itself: about ten seconds on all cores.\n\n"
      "Examples:\n"
      "  poollab doctor\n"
      "  poollab doctor --json | jq -r .fitness\n");
  return [json] { return examine(*json); };
}

}  // namespace lab::cli
