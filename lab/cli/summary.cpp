#include "lab/cli/summary.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "lab/cli/quantity.h"
#include "lab/cli/text_table.h"
#include "results/censored.h"
#include "results/comparable.h"
#include "results/verdicts.h"

namespace lab::cli {
namespace {

using results::RunResult;
using results::Trial;

using Figure = std::function<double(const Trial&)>;

std::vector<double> figures(const RunResult& result, const Figure& figure) {
  std::vector<double> values;
  for (const Trial& trial : result.trials) values.push_back(figure(trial));
  return values;
}

/// Figures that may not be ranked are there to be seen, not to be compared.
Tone tone_of(const Trial& trial, double value) {
  return std::isnan(value) || !results::may_compare(trial) ? Tone::Dim : Tone::Plain;
}

Column filled(Column column, const Scale& scale, const RunResult& result,
              const std::vector<double>& values) {
  const bool any =
      std::any_of(values.begin(), values.end(), [](double v) { return !std::isnan(v); });
  if (any) column.unit = scale.unit;
  for (std::size_t i = 0; i < values.size(); ++i) {
    column.cells.push_back({scale.text(values[i]), tone_of(result.trials[i], values[i])});
  }
  return column;
}

/// Durations of which some may be lower bounds, and say so. `low` NAN: too few samples to say.
Column bounds_column(const std::string& title, int importance, const RunResult& result,
                     const std::vector<results::Bounds>& bounds, const TextStyle& style) {
  std::vector<double> shown;
  for (const results::Bounds& one : bounds) shown.push_back(one.low);
  Column column =
      filled({title, {}, false, importance, {}}, duration_scale(shown, style), result, shown);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (std::isnan(bounds[i].low) || bounds[i].exact()) continue;
    column.cells[i].text.insert(0, style.symbol("≥", ">="));
  }
  return column;
}

/// One percentile of every pool's times, or in brackets how many there are where they are too few.
Column percentile_column(const std::string& title, int importance, const RunResult& result,
                         const std::vector<results::CensoredLatency>& times, double percentile,
                         const TextStyle& style) {
  std::vector<results::Bounds> bounds;
  for (const results::CensoredLatency& one : times) {
    const bool told = results::trustworthy(one.lower(), percentile);
    bounds.push_back(told ? one.percentile(percentile) : results::Bounds{NAN, NAN});
  }
  Column column = bounds_column(title, importance, result, bounds, style);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (std::isnan(bounds[i].low)) {
      column.cells[i].text = fmt::format("({})", grouped(times[i].lower().count()));
    }
  }
  return column;
}

Column trial_names(const RunResult& result) {
  Column names{"pool", {}, true, 0, {}};
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const Trial& trial = result.trials[i];
    const bool doubtful = !trial.valid || !trial.sound || trial.interrupted;
    names.cells.push_back({titles[i] + (doubtful ? " !" : ""), !trial.sound ? Tone::Bad
                                                               : doubtful   ? Tone::Doubt
                                                                            : Tone::Strong});
  }
  return names;
}

/// "2", or "1-4" where the number changed.
std::string worker_range(const Trial& trial) {
  double low = INFINITY;
  double high = 0;
  for (const results::TimelinePoint& point : trial.timeline.points) {
    if (point.t_s <= trial.measured_from_s) continue;
    low = std::min(low, point.workers);
    high = std::max(high, point.workers);
  }
  if (!std::isfinite(low)) return "-";
  return low == high ? fmt::format("{:.0f}", low) : fmt::format("{:.0f}-{:.0f}", low, high);
}

/// A column of counts, shown only when one of them is not 0.
void add_counts(std::vector<Column>& table, const RunResult& result, const std::string& title,
                int importance, const Figure& count, Tone tone) {
  const std::vector<double> values = figures(result, count);
  if (std::all_of(values.begin(), values.end(), [](double v) { return v == 0; })) return;
  Column column{title, {}, false, importance, {}};
  for (const double value : values) {
    column.cells.push_back({grouped(value, 0), value > 0 ? tone : Tone::Dim});
  }
  table.push_back(std::move(column));
}

double counted(std::uint64_t count) { return static_cast<double>(count); }

std::string heading(const RunResult& result, const TextStyle& style) {
  const results::Environment& env = result.environment;
  double measured = 0;
  for (const results::PhaseFacts& phase : result.scenario.phases)
    measured += phase.duration.count();
  const bool one_each = results::one_trial_each(result.trials);
  std::string facts =
      fmt::format("{} {}{}, {:.3g} s each, seed {}, {} of {} cores", result.trials.size(),
                  one_each ? "pool" : "trial", result.trials.size() == 1 ? "" : "s", measured,
                  result.scenario.seed, env.usable_cores, env.cores);
  if (!env.cpu.empty()) facts += ", " + env.cpu;
  if (env.virtualised) facts += " (virtual)";
  const std::string name = result.scenario.name;
  const std::size_t room =
      style.width == 0 ? facts.size() : style.width - std::min(style.width, columns(name) + 2);
  return style.paint(Tone::Strong, name) + "  " +
         style.paint(Tone::Dim, clipped(facts, room, style)) + "\n\n";
}

}  // namespace

std::string pools_text(const RunResult& result, const TextStyle& style) {
  if (result.trials.empty()) return "  nothing was measured\n";
  std::vector<pools::SeriesReport> sums;
  for (const Trial& trial : result.trials) sums.push_back(results::merged(trial));
  std::vector<results::CensoredLatency> responses;
  std::vector<results::CensoredLatency> waits;
  bool censored = false;
  for (const pools::SeriesReport& sum : sums) {
    responses.emplace_back(sum.response, sum.unserved_response);
    waits.emplace_back(sum.queue_wait, sum.unserved_wait);
    censored = censored || responses.back().censored();
  }
  std::vector<Column> table{trial_names(result)};

  const auto rate = figures(result, [](const Trial& t) { return t.rates.throughput_per_s; });
  Column done = filled({"done", {}, false, 0, {}}, number_scale(rate), result, rate);
  done.unit = "per s";
  table.push_back(std::move(done));

  const std::vector<double>& percentiles = result.scenario.percentiles;
  bool some_open = false;
  for (const double p : percentiles) {
    some_open = some_open || std::any_of(responses.begin(), responses.end(), [p](const auto& one) {
                  return !results::trustworthy(one.lower(), p);
                });
    const int importance = p == 50 || p == 99 ? 0 : p > 99 ? 1 : 6;
    table.push_back(
        percentile_column(fmt::format("p{}", p), importance, result, responses, p, style));
  }
  std::vector<results::Bounds> slowest;
  for (const results::CensoredLatency& one : responses) slowest.push_back(one.max());
  table.push_back(bounds_column("max", 5, result, slowest, style));
  table.push_back(percentile_column("wait p99", 7, result, waits, 99, style));

  Column workers{"workers", {}, false, 3, {}};
  Column busy{"busy", "%", false, 4, {}};
  Column cpu{"cpu", "cores", false, 6, {}};
  for (const Trial& trial : result.trials) {
    workers.cells.push_back({worker_range(trial)});
    busy.cells.push_back({fmt::format("{:.0f}", 100 * trial.rates.utilisation)});
    const double cores = trial.elapsed_s > 0 ? trial.cost.cpu_s() / trial.elapsed_s : 0;
    cpu.cells.push_back({fmt::format("{:.2f}", cores)});
  }
  table.push_back(std::move(workers));
  table.push_back(std::move(busy));
  table.push_back(std::move(cpu));
  add_counts(
      table, result, "steals", 5, [](const Trial& t) { return counted(t.events.steals); },
      Tone::Plain);
  const auto add_tasks = [&](const char* title, std::uint64_t results::TaskCounts::*of, Tone tone) {
    add_counts(
        table, result, title, 2,
        [of](const Trial& trial) { return counted(results::counted_tasks(trial).*of); }, tone);
  };
  add_tasks("refused", &results::TaskCounts::rejected, Tone::Doubt);
  add_tasks("failed", &results::TaskCounts::failed, Tone::Bad);
  add_tasks("timed out", &results::TaskCounts::timed_out, Tone::Doubt);
  add_tasks("cancelled", &results::TaskCounts::cancelled, Tone::Doubt);
  add_counts(
      table, result, "retries", 3,
      [](const Trial& t) { return counted(results::merged(t).retries); }, Tone::Plain);

  std::string legend = "percentiles of the response time, counted from the intended arrival";
  if (result.trials.size() > 1) {
    legend += results::one_trial_each(result.trials)
                  ? "; one run each, which tells no difference from noise: --repeat 10 would"
                  : "; a row per trial";
  }
  if (some_open) legend += "; (n) only n samples, too few to tell";
  if (censored) {
    legend += fmt::format("; {} at least: tasks that were cancelled count with their age",
                          style.symbol("≥", ">="));
  }
  const auto doubtful = [](const Trial& trial) { return !trial.valid || !trial.sound; };
  if (std::any_of(result.trials.begin(), result.trials.end(), doubtful)) {
    legend += "; ! not valid";
  }
  std::string text = table_text(std::move(table), style);
  text += style.paint(Tone::Dim, wrapped(legend, style.width, "  "));
  return text + "\n";
}

std::string breakdown_text(const RunResult& result, const TextStyle& style) {
  if (result.trials.empty()) return {};
  std::string text;
  const auto add =
      [&](const std::string& what, const std::vector<std::string>& names,
          const std::function<pools::SeriesReport(const Trial&, const std::string&)>& part) {
        if (names.size() < 2) return;
        std::vector<Column> table{trial_names(result)};
        int importance = 0;
        for (const std::string& name : names) {
          std::vector<pools::SeriesReport> parts;
          for (const Trial& trial : result.trials) parts.push_back(part(trial, name));
          std::vector<results::CensoredLatency> times;
          for (const pools::SeriesReport& one : parts) {
            times.emplace_back(one.response, one.unserved_response);
          }
          table.push_back(
              percentile_column(clipped(name, 14, style), importance++, result, times, 99, style));
        }
        std::vector<std::string> left_out;
        const std::string lines = table_text(std::move(table), style, &left_out);
        text += "\n" + style.paint(Tone::Strong, "p99 by " + what);
        if (!left_out.empty()) {
          text += style.paint(Tone::Dim,
                              fmt::format("  ({} more in the result file)", left_out.size()));
        }
        text += "\n" + lines;
      };
  std::vector<std::string> phases;
  for (const results::PhaseFacts& phase : result.scenario.phases) phases.push_back(phase.name);
  add("phase", phases,
      [](const Trial& trial, const std::string& name) { return results::merged(trial, name); });
  add("class", result.scenario.classes,
      [](const Trial& trial, const std::string& name) { return results::merged(trial, "", name); });
  return text;
}

std::string scaling_text(const RunResult& result, const TextStyle& style) {
  std::string text;
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const Trial& trial = result.trials[i];
    const auto& marks = trial.timeline.scaling;
    const auto first = std::find_if(marks.begin(), marks.end(), [&](const auto& mark) {
      return mark.t_s >= trial.measured_from_s;
    });
    if (trial.events.scale_up + trial.events.scale_down == 0) continue;
    std::string line =
        fmt::format("{}: {} up, {} down, between {} workers", titles[i], trial.events.scale_up,
                    trial.events.scale_down, worker_range(trial));
    if (first != marks.end())
      line += fmt::format("; first at {:.2f} s: {}", first->t_s, first->reason);
    if (trial.timeline.scaling_dropped > 0) {
      line += fmt::format("; {} more than are kept", trial.timeline.scaling_dropped);
    }
    text += "  " + clipped(line, style.width == 0 ? line.size() : style.width - 2, style) + "\n";
  }
  return text.empty() ? text : "\n" + style.paint(Tone::Strong, "scaling") + "\n" + text;
}

std::string notices_text(const RunResult& result, const TextStyle& style) {
  std::string text;
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const auto& marks = result.trials[i].timeline.scaling;
    const auto is_notice = [](const results::ScalingMark& mark) { return mark.from == mark.to; };
    const auto first = std::find_if(marks.begin(), marks.end(), is_notice);
    if (first == marks.end()) continue;
    const std::string line =
        fmt::format("{}: {} in all; first at {:.2f} s: {}", titles[i],
                    std::count_if(first, marks.end(), is_notice), first->t_s, first->reason);
    text += "  " + clipped(line, style.width == 0 ? line.size() : style.width - 2, style) + "\n";
  }
  return text.empty() ? text : "\n" + style.paint(Tone::Strong, "notices") + "\n" + text;
}

namespace {

/// What was flagged of several trials, counted by its kind: the words before the first colon.
struct Cause {
  std::string kind;
  std::string example;
  std::size_t first = 0;  ///< the trial that is the example
  std::size_t trials = 0;
  bool spoils = false;
};

std::vector<Cause> causes(const RunResult& result) {
  std::vector<Cause> all;
  for (std::size_t i = 0; i < result.trials.size(); ++i) {
    const Trial& trial = result.trials[i];
    for (const std::string& flag : trial.flags) {
      const std::string kind = flag.substr(0, flag.find(':'));
      auto found =
          std::find_if(all.begin(), all.end(), [&](const Cause& one) { return one.kind == kind; });
      if (found == all.end()) found = all.insert(all.end(), Cause{kind, flag, i, 0, false});
      ++found->trials;
      found->spoils = found->spoils || !trial.valid || !trial.sound;
    }
  }
  return all;
}

}  // namespace

std::string notes_text(const RunResult& result, const TextStyle& style) {
  std::string text;
  const auto add = [&](Tone tone, const std::string& line) {
    text += style.paint(tone, wrapped(line, style.width, "  ")) + "\n";
  };
  const std::vector<std::string> titles = results::titles(result.trials);
  // A line for each of very many would be read by nobody.
  const bool swept = std::any_of(result.trials.begin(), result.trials.end(),
                                 [](const Trial& trial) { return !trial.parameters.empty(); });
  if (swept || results::in_blocks(result.trials)) {
    for (const Cause& cause : causes(result)) {
      std::string line = fmt::format("{}{} {}: {}", cause.spoils ? "! " : "", cause.trials,
                                     cause.trials == 1 ? "trial" : "trials", cause.example);
      if (cause.trials > 1) line += fmt::format(" (this is {})", titles[cause.first]);
      add(cause.spoils ? Tone::Doubt : Tone::Dim, line);
    }
  } else {
    for (std::size_t i = 0; i < titles.size(); ++i) {
      const Trial& trial = result.trials[i];
      const Tone tone = !trial.sound ? Tone::Bad : trial.valid ? Tone::Dim : Tone::Doubt;
      for (const std::string& flag : trial.flags) {
        const char* mark = trial.sound && trial.valid ? "" : "! ";
        add(tone, fmt::format("{}{}: {}", mark, titles[i], flag));
      }
    }
  }
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (!result.trials[i].interrupted) continue;
    add(Tone::Doubt, fmt::format("! {}: interrupted after {:.3g} s; its figures are of a part of "
                                 "the load and take no part in the comparison",
                                 titles[i], result.trials[i].elapsed_s));
  }
  if (!result.build.sanitizer.empty()) {
    add(Tone::Doubt,
        fmt::format("! built with the {} sanitizer: times mean nothing", result.build.sanitizer));
  }
  if (result.build.build_type == "Debug") add(Tone::Doubt, "! debug build: times mean little");
  if (result.interrupted) {
    const std::size_t count = result.trials.size();
    add(Tone::Doubt, results::one_trial_each(result.trials)
                         ? fmt::format("! interrupted: {} of {} pools measured", count,
                                       result.scenario.pools.size())
                         : fmt::format("! interrupted after {} trials", count));
  }
  return text.empty() ? text : "\n" + style.paint(Tone::Strong, "notes") + "\n" + text;
}

std::string summary_text(const RunResult& result, const TextStyle& style, std::size_t slowest) {
  const bool blocks = results::in_blocks(result.trials);
  std::string text = heading(result, style);
  // A row per trial is too many to read; they are all in the result file.
  const std::string by_load = load_text(result, style);
  if (result.scenario.capacity) {
    text += capacity_text(result, style) + comparison_text(result, style);
  } else if (!by_load.empty()) {
    text += by_load + comparison_text(result, style);
  } else if (blocks) {
    text += blocks_text(result, style) + comparison_text(result, style);
  } else {
    text += pools_text(result, style) + breakdown_text(result, style) +
            scaling_text(result, style) + notices_text(result, style);
  }
  const bool one_each = !result.scenario.capacity && by_load.empty() && !blocks;
  if (one_each || slowest > 0) text += slowest_text(result, slowest, style);
  return text + from_send_text(result, style) + gates_text(result, style) +
         ledger_text(result, style) + notes_text(result, style);
}

ExitCode exit_code(const RunResult& result) {
  if (result.trials.empty()) return ExitCode::Inconclusive;
  const bool sound = std::all_of(result.trials.begin(), result.trials.end(),
                                 [](const Trial& trial) { return trial.sound; });
  if (!sound) return ExitCode::Internal;
  switch (results::overall(result.verdicts)) {
    case results::Verdict::Pass:
      return ExitCode::Pass;
    case results::Verdict::Fail:
      return ExitCode::GateFailed;
    case results::Verdict::Inconclusive:
      break;
  }
  return ExitCode::Inconclusive;
}

}  // namespace lab::cli
