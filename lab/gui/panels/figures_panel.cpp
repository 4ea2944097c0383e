// What else was measured in each trial: time, processor time, the generator's lag, wake-ups, and
// the figures that only one strategy has.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/panels/pool_matrix.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"
#include "results/comparable.h"

namespace lab::gui {

namespace {

using results::Trial;

struct FigureRow {
  const char* name;
  double (*figure)(const Trial& trial);  ///< NAN: there is none
  std::string (*text)(double figure);
};

double lag(const Trial& trial, double quantile) {
  const pools::LatencyHistogram& lags = trial.generator.lag;
  return results::trustworthy(lags, 100 * quantile)
             ? static_cast<double>(lags.quantile(quantile).count())
             : NAN;
}

std::string nanos(double value) { return plot::format_value(plot::Unit::Nanoseconds, value); }
std::string count(double value) { return plot::format_value(plot::Unit::Plain, value); }
std::string seconds(double value) { return fmt::format("{:.2f} s", value); }
/// Medians of an even number of blocks may be halves.
std::string few(double value) { return fmt::format("{:.3g}", value); }

std::string percent(double value) { return plot::format_value(plot::Unit::Percent, value); }

constexpr std::array<FigureRow, 14> kRows{{
    {"to the last task", [](const Trial& t) { return t.elapsed_s; }, &seconds},
    {"workers in tasks", [](const Trial& t) { return 100 * t.rates.utilisation; },
     [](double share) { return fmt::format("{:.1f} %", share); }},
    {"processor time", [](const Trial& t) { return t.cost.cpu_s(); }, &seconds},
    {"preempted", [](const Trial& t) { return static_cast<double>(t.cost.involuntary_switches); },
     &count},
    {"longest stop", [](const Trial& t) { return 1e3 * t.noise.worst_hiccup_us; }, &nanos},
    {"speed changed by", [](const Trial& t) { return 100 * t.noise.speed_change(); }, &percent},
    {"wake-ups", [](const Trial& t) { return static_cast<double>(t.events.wakes); }, &count},
    {"scaled up", [](const Trial& t) { return static_cast<double>(t.events.scale_up); }, &few},
    {"scaled down", [](const Trial& t) { return static_cast<double>(t.events.scale_down); }, &few},
    {"retries", [](const Trial& t) { return static_cast<double>(results::merged(t).retries); },
     &count},
    {"saved by a retry",
     [](const Trial& t) { return static_cast<double>(results::merged(t).recovered); }, &count},
    {"generator lag p50", [](const Trial& t) { return lag(t, 0.50); }, &nanos},
    {"generator lag p99", [](const Trial& t) { return lag(t, 0.99); }, &nanos},
    {"submits held up",
     [](const Trial& t) { return static_cast<double>(t.generator.held_up.count()); }, &nanos},
}};

/// Names of the strategies' own figures, in the order they first come.
std::vector<std::string> own_figures(const results::RunResult& result) {
  std::vector<std::string> names;
  for (const Trial& trial : result.trials) {
    for (const auto& [name, value] : trial.figures) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

}  // namespace

float figures_panel_height(const Ui& ui, const results::RunResult& result) {
  return ui.px(42) + PoolMatrix::height(ui, kRows.size() + own_figures(result).size());
}

void draw_figures_panel(Ui& ui, const Box& box, const results::RunResult& result) {
  const Theme& t = ui.theme;
  const std::vector<MatrixColumn> columns = trial_columns(ui, result);
  Panel panel(ui, "figures", box, "FIGURES",
              results::in_blocks(result.trials)
                  ? "medians of the blocks; generator and window are part of processor time"
                  : "generator and window are part of processor time");
  WideMatrix wide(ui, panel.body().inset(ui.px(4), 0), columns.size());
  PoolMatrix matrix(ui, wide.box(), PoolMatrix::names_width(ui, wide.box()), columns);
  for (const FigureRow& row : kRows) {
    if (!matrix.row(row.name, t.text_soft)) return;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const double value = columns[i].median(row.figure);
      matrix.cell(i, std::isfinite(value) ? row.text(value) : "\u2013", t.text);
    }
  }
  for (const std::string& name : own_figures(result)) {
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    if (!matrix.row(words, t.text_soft)) return;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const double value = columns[i].median([&name](const Trial& trial) {
        const auto own =
            std::ranges::find(trial.figures, name, &std::pair<std::string, double>::first);
        return own != trial.figures.end() ? own->second : NAN;
      });
      if (std::isfinite(value)) matrix.cell(i, count(value), value == 0 ? t.text_faint : t.text);
    }
  }
}

}  // namespace lab::gui
