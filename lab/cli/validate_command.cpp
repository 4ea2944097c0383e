// poollab validate: reads scenarios without running them.
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/commands.h"
#include "lab/cli/quantity.h"
#include "lab/cli/terminal.h"
#include "lab/exit_code.h"
#include "lab/scenario_library.h"
#include "scenarios/scenario_json.h"
#include "scenarios/task_mix.h"
#include "scenarios/timetable.h"

namespace lab::cli {
namespace {

std::string described(const scenarios::Scenario& scenario) {
  double measured = 0;
  for (const scenarios::Phase& phase : scenario.phases) measured += phase.duration.count();
  const double tasks =
      scenarios::expected_arrivals(scenario) * scenarios::tasks_per_arrival(scenario.classes);
  std::string text = fmt::format("{} pools x {:.3g} s", scenario.pools.size(), measured);
  if (tasks > 0) text += fmt::format(", about {} tasks each", grouped(tasks, 0));
  return text + fmt::format(", {} gates", scenario.expect.size());
}

int validate(const std::vector<std::string>& files) {
  const TextStyle style = output_style();
  bool sound = true;
  for (const std::string& file : files) {
    try {
      const scenarios::Scenario scenario = scenarios::read_scenario_file(find_scenario(file));
      print(fmt::format("{} {}: {}\n", style.paint(Tone::Good, style.symbol("✓", "ok")), file,
                        style.paint(Tone::Dim, described(scenario))));
    } catch (const scenarios::ScenarioError& error) {
      sound = false;
      for (const scenarios::JsonProblem& problem : error.problems) {
        print_error(problem.text() + "\n");
      }
    }
  }
  return status(sound ? ExitCode::Pass : ExitCode::BadInput);
}

}  // namespace

std::function<int()> add_validate(CLI::App& app) {
  auto files = std::make_shared<std::vector<std::string>>();
  app.add_option("FILE", *files, "Scenario files, names from the library, or - for standard input")
      ->required()
      ->type_name("");
  app.footer(
      "Every mistake is shown at once, with file:line:column and JSON pointer. Exit status: 0 all\n"
      "read, 2 a mistake.\n\n"
      "Examples:\n"
      "  poollab validate scenarios/library/*.json\n");
  return [files] { return validate(*files); };
}

}  // namespace lab::cli
