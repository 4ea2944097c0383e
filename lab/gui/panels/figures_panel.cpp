// What else was measured in each trial: time, processor time, the generator's lag, wake-ups, and
// the figures that only one strategy has.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/panels/pool_matrix.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

using results::Trial;

struct FigureRow {
  const char* name;
  std::string (*text)(const Trial& trial);
};

std::string nanos(pools::Nanos value) {
  return plot::format_value(plot::Unit::Nanoseconds, static_cast<double>(value.count()));
}

std::string lag(const Trial& trial, double quantile) {
  const pools::LatencyHistogram& lags = trial.generator.lag;
  return lags.empty() ? "\xe2\x80\x93" : nanos(lags.quantile(quantile));
}

std::string count(double value) { return plot::format_value(plot::Unit::Plain, value); }

constexpr std::array<FigureRow, 10> kRows{{
    {"to the last task", [](const Trial& t) { return fmt::format("{:.2f} s", t.elapsed_s); }},
    {"workers in tasks",
     [](const Trial& t) { return fmt::format("{:.1f} %", 100 * t.rates.utilisation); }},
    {"processor time", [](const Trial& t) { return fmt::format("{:.2f} s", t.cost.cpu_s()); }},
    {"preempted",
     [](const Trial& t) { return count(static_cast<double>(t.cost.involuntary_switches)); }},
    {"wake-ups", [](const Trial& t) { return count(static_cast<double>(t.events.wakes)); }},
    {"scaled up", [](const Trial& t) { return fmt::format("{}", t.events.scale_up); }},
    {"scaled down", [](const Trial& t) { return fmt::format("{}", t.events.scale_down); }},
    {"generator lag p50", [](const Trial& t) { return lag(t, 0.50); }},
    {"generator lag p99", [](const Trial& t) { return lag(t, 0.99); }},
    {"submits held up", [](const Trial& t) { return nanos(t.generator.held_up); }},
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
  Panel panel(ui, "figures", box, "FIGURES", "generator and window are part of processor time");
  WideMatrix wide(ui, panel.body().inset(ui.px(4), 0), result.trials.size());
  PoolMatrix matrix(ui, wide.box(), PoolMatrix::names_width(ui, wide.box()),
                    trial_columns(ui, result));
  for (const FigureRow& row : kRows) {
    if (!matrix.row(row.name, t.text_soft)) return;
    for (std::size_t i = 0; i < result.trials.size(); ++i) {
      matrix.cell(i, row.text(result.trials[i]), t.text);
    }
  }
  for (const std::string& name : own_figures(result)) {
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    if (!matrix.row(words, t.text_soft)) return;
    for (std::size_t i = 0; i < result.trials.size(); ++i) {
      for (const auto& [own, value] : result.trials[i].figures) {
        if (own == name) matrix.cell(i, count(value), value == 0 ? t.text_faint : t.text);
      }
    }
  }
}

}  // namespace lab::gui
