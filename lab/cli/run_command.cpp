// poollab run: serves scenarios headless and says what came of it.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "lab/cli/commands.h"
#include "lab/cli/progress_line.h"
#include "lab/cli/result_target.h"
#include "lab/cli/scenario_options.h"
#include "lab/cli/signals.h"
#include "lab/cli/summary.h"
#include "lab/cli/terminal.h"
#include "lab/exit_code.h"
#include "lab/scenario_library.h"
#include "lab/session.h"
#include "lab/unobtrusive.h"
#include "pools/knobs.h"
#include "pools/metrics/snapshot.h"
#include "results/atomic_file.h"
#include "results/result_json.h"
#include "results/verdicts.h"
#include "scenarios/scenario_json.h"
#include "scenarios/trial_plan.h"

namespace lab::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{125};
/// What --quick aims at; shortened() leaves room in it for drains and the pools' construction.
constexpr scenarios::Seconds kQuick{4};

struct Request {
  std::vector<std::string> files;
  std::vector<std::string> pools;
  std::vector<std::string> set;
  std::string out;
  std::string seed;
  std::string repeat;
  std::string until_conclusive;
  double duration_s = 0;  ///< 0: as in the file
  double rate_per_s = 0;
  std::size_t slowest = 0;  ///< how many of each pool's slowest tasks to name
  bool quick = false;
  bool quiet = false;
  bool force = false;
};

/// One scenario that is ready to run.
struct Job {
  scenarios::Scenario scenario;
  std::optional<ResultTarget> target;  ///< none: no result is wanted
  bool quick = false;
};

std::vector<std::string> found_files(const Request& request) {
  std::vector<std::string> paths;
  for (const std::string& file : request.files) paths.push_back(find_scenario(file));
  return paths;
}

/// Reads every file before anything runs, so that a mistake in the last is found at once.
std::vector<scenarios::Scenario> read_all(const Request& request,
                                          const std::vector<std::string>& paths) {
  std::vector<scenarios::Override> overrides;
  for (const std::string& text : request.set) overrides.push_back(parsed_override(text));
  if (!request.seed.empty()) overrides.push_back({"/seed", request.seed});
  if (!request.repeat.empty()) overrides.push_back({"/run/repetitions", request.repeat});
  if (!request.until_conclusive.empty()) {
    overrides.push_back({"/run/until_conclusive", request.until_conclusive});
  }
  std::vector<scenarios::Scenario> scenarios_read;
  std::vector<scenarios::JsonProblem> problems;
  for (const std::string& path : paths) {
    try {
      scenarios_read.push_back(scenarios::read_scenario_file(path, overrides));
    } catch (const scenarios::ScenarioError& error) {
      problems.insert(problems.end(), error.problems.begin(), error.problems.end());
    }
  }
  if (!problems.empty()) throw scenarios::ScenarioError(std::move(problems));
  return scenarios_read;
}

/// Where each result goes. With a folder, or for several scenarios, `<name>.json` in it.
std::string out_path(const Request& request, const std::string& name, std::set<std::string>& used) {
  if (request.out.empty()) return {};
  std::error_code error;
  const bool folder = std::filesystem::is_directory(request.out, error);
  if (!folder && request.files.size() > 1) {
    throw UsageError(
        fmt::format("--out {}: must be an existing folder when several scenarios are "
                    "run (one result each)",
                    request.out));
  }
  std::string path = request.out;
  if (folder) {
    path = (std::filesystem::path(request.out) / (name + ".json")).string();
    for (int n = 2; used.contains(path); ++n) {
      path = (std::filesystem::path(request.out) / fmt::format("{}-{}.json", name, n)).string();
    }
  }
  used.insert(path);
  return path;
}

std::vector<Job> prepared(const Request& request) {
  std::vector<Job> jobs;
  std::set<std::string> used;
  const std::vector<std::string> paths = found_files(request);
  for (scenarios::Scenario& scenario : read_all(request, paths)) {
    // Of several scenarios each must have them all, or a table would silently lack a row.
    scenario = scenarios::with_pools(std::move(scenario), request.pools);
    if (request.duration_s > 0) {
      scenario =
          scenarios::with_duration(std::move(scenario), scenarios::Seconds{request.duration_s});
    }
    if (request.rate_per_s > 0) {
      scenario = scenarios::with_rate(std::move(scenario), request.rate_per_s);
    }
    if (request.quick) scenario = scenarios::shortened(std::move(scenario), kQuick);
    std::string out = out_path(request, scenario.name, used);
    std::optional<ResultTarget> target;
    if (!out.empty()) target.emplace(std::move(out), scenario, paths, request.force);
    jobs.push_back({std::move(scenario), std::move(target), request.quick});
  }
  return jobs;
}

/// Runs until the session is over or, after a signal, has come to its orderly early end.
void serve(Session& session, const SignalWatch& signals, bool quiet) {
  ProgressLine line(!quiet);
  session.start();
  const Unobtrusive in_the_background;
  bool stopping = false;
  while (!session.wait_for(kRedraw)) {
    line.show(session.progress());
    if (signals.caught() != 0 && !stopping) {
      stopping = true;
      session.stop();
    }
  }
}

/// The table on standard output, unless that is the result's.
void report(const results::RunResult& result, const std::string& note, bool to_error,
            const Request& request) {
  if (!request.quiet) {
    const TextStyle style = to_error ? error_style() : output_style();
    const std::string text = summary_text(result, style, request.slowest) + note;
    return to_error ? print_error(text) : print(text);
  }
  for (const results::GateVerdict& verdict : result.verdicts) {
    if (verdict.verdict == results::Verdict::Pass || result.interrupted) continue;
    print_error(fmt::format("poollab: {}: {}: {}: {}\n", result.scenario.name, verdict.pool,
                            results::verdict_name(verdict.verdict), verdict.text));
  }
}

ExitCode failure_code(Failure failure) {
  switch (failure) {
    case Failure::Config:
      return ExitCode::BadInput;
    case Failure::Resources:
      return ExitCode::Io;
    default:
      return ExitCode::Internal;
  }
}

/// The worse of two: what is broken comes before what was measured.
ExitCode worse(ExitCode a, ExitCode b) {
  constexpr ExitCode kOrder[] = {ExitCode::Internal,   ExitCode::Io,           ExitCode::BadInput,
                                 ExitCode::GateFailed, ExitCode::Inconclusive, ExitCode::Pass};
  for (const ExitCode code : kOrder) {
    if (a == code || b == code) return code;
  }
  return a;
}

/// What the process ends with when a signal may have ended the run.
int final_status(ExitCode code, const SignalWatch& signals) {
  const bool broken = code == ExitCode::Internal || code == ExitCode::Io;
  return signals.caught() != 0 && !broken ? 128 + signals.caught() : status(code);
}

ExitCode run_job(const Job& job, const SignalWatch& signals, const Request& request) {
  // A trial that stands alone is shown as it is, with what spoilt it.
  const bool blocks = scenarios::takes_several(job.scenario);
  Session session(job.scenario, {.gui = false, .quick = job.quick, .retries = blocks});
  serve(session, signals, request.quiet);
  const SessionProgress end = session.progress();
  const results::RunResult result = session.result();
  ExitCode code = exit_code(result);
  if (end.state == SessionState::Failed) {
    code = failure_code(end.failure);
    print_error(fmt::format("poollab: {}: {}\n", job.scenario.name, end.error));
  }
  if (result.trials.empty()) {
    print_error(fmt::format("poollab: {}: nothing was measured\n", job.scenario.name));
  }
  // What was measured is shown even if it cannot be written, and written even if nobody reads.
  std::string note;
  std::string trouble;
  try {
    if (job.target) note = job.target->write(result);
  } catch (const results::FileError& error) {
    trouble = error.what();
  }
  try {
    report(result, note, job.target && job.target->takes_standard_output(), request);
  } catch (const OutputError& error) {
    // With the terminal gone there is nothing to write to, and nobody to be told.
    if (signals.caught() != SIGHUP) trouble = error.what();
  }
  if (!trouble.empty()) {
    print_error(fmt::format("poollab: {}\n", trouble));
    code = worse(code, ExitCode::Io);
  }
  // Its threads still run on what main() would destroy.
  if (end.failure == Failure::Hang) std::_Exit(final_status(code, signals));
  return code;
}

int run(const Request& request) {
  const std::vector<Job> jobs = prepared(request);
  const SignalWatch signals;
  ExitCode code = ExitCode::Pass;
  for (std::size_t i = 0; i < jobs.size() && signals.caught() == 0; ++i) {
    if (i != 0 && !request.quiet) print("\n\n");
    code = worse(code, run_job(jobs[i], signals, request));
  }
  return final_status(code, signals);
}

}  // namespace

std::function<int()> add_run(CLI::App& app) {
  auto request = std::make_shared<Request>();
  app.add_option("FILE", request->files,
                 "Scenario files, names from the library, or - for standard input")
      ->required()
      ->type_name("");
  app.add_option("--pools", request->pools, "Run only these pools, by id")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->type_name("A,B");
  app.add_option(
         "--set", request->set,
         "Change the scenario before it runs: an element of a list by index, by name, or - for a "
         "new one; may be repeated")
      ->type_name("/PTR=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  app.add_option("--seed", request->seed, "Seed of all that is random")->type_name("N");
  app.add_option("--repeat", request->repeat,
                 "Let every pool serve the load so many times, in blocks of changing order: 6 and "
                 "more tell differences from noise")
      ->type_name("N");
  app.add_option("--until-conclusive", request->until_conclusive,
                 "The same, ten blocks first and then more, until every response time up to p99 is "
                 "better, worse or equivalent; at most N blocks")
      ->type_name("N");
  app.add_option("--duration", request->duration_s,
                 "Make the phases last so many seconds together, in proportion")
      ->type_name("S")
      ->check(CLI::PositiveNumber);
  app.add_option("--rate", request->rate_per_s,
                 "Make all phases' mean so many arrivals a second, in proportion")
      ->type_name("PER_S")
      ->check(CLI::PositiveNumber);
  app.add_option("-o,--out", request->out,
                 "Write the result here as JSON; a folder takes <scenario>.json, - is standard "
                 "output")
      ->type_name("R.json");
  app.add_option("--slowest", request->slowest,
                 "Name the N slowest tasks of each pool, with what was seen to make them slow")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, pools::SlowTask::kKept));
  app.add_flag("--force", request->force, "Let --out replace any file that is no scenario read");
  app.add_flag("--quick", request->quick, "The same load, shortened to about 4 s");
  app.add_flag("--quiet", request->quiet, "No progress, no table; only what is wrong");
  app.footer(
      "Exit status: 0 every gate holds, 1 a gate failed, 2 bad scenario or usage, 3 cannot read "
      "or\n"
      "write, 4 internal error or a pool that hangs, 5 a gate could not be decided, 129/130/143 "
      "hung up,\ninterrupted, terminated (what was measured is still written; a second signal "
      "ends at once).\n\n"
      "Examples:\n"
      "  poollab run burst                         all pools of a library scenario\n"
      "  poollab run my.json --out r.json          keep the result\n"
      "  poollab run my.json --out - | jq .trials  or hand it on\n"
      "  poollab run burst --pools pull,stealing --quick\n"
      "  poollab run burst --rate 20000 --duration 30 --seed 7\n"
      "  poollab run burst --repeat 10             which differences are real\n"
      "  poollab run burst --slowest 5             why the slowest tasks were slow\n"
      "  poollab run burst --set '/matrix={\"workers\": [1, 2, 4]}'           a sweep\n"
      "  poollab run light-load --set '/capacity={\"below_us\": 2000}'     the most it can do\n"
      "  poollab run burst --set /pools/stealing/workers=4 --set /pools/-=batch\n"
      "  jq .scenario r.json | poollab run -       what a result came from, again\n");
  return [request] { return run(*request); };
}

}  // namespace lab::cli
