// The Workers tab: a lane per worker and trial, darker where it was busier; at the right the
// selected trial's workers in numbers, and who stole from whom.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "lab/gui/panels/live_plots.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kLeastLanes = 84;       // of one trial's panel, with its header
constexpr float kLeastPairWidth = 520;  // of two side by side
constexpr float kRightShare = 0.40f;
constexpr float kLeastRight = 330;

std::vector<ImU32> lane_colors(const Ui& ui, std::size_t trial) {
  const ImU32 idle = mix(ui.theme.panel, ui.theme.text, 0.07f);
  std::vector<ImU32> colors{0, idle};
  constexpr int kBusy = kWorkerShades - 2;
  for (int i = 0; i < kBusy; ++i) {
    const float part = 0.22f + 0.78f * static_cast<float>(i) / (kBusy - 1);
    colors.push_back(mix(idle, ui.trial_color(trial), part));
  }
  return colors;
}

void draw_lanes(Ui& ui, const Box& box, std::size_t trial, bool labels) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[trial];
  const std::string tag = "lanes." + track.title();
  Panel panel(ui, tag.c_str(), box, " ");
  const Box& header = panel.header();
  const bool selected = trial == ui.view.trials.selected;
  if (hit(ui, "select." + track.title(), header)) ui.select_trial(trial);
  const float x = header.min.x + ui.px(17);
  draw_marker(*ImGui::GetWindowDrawList(), {x, header.centre().y + ui.px(1)}, ui.px(5),
              ui.trial_marker(trial), ui.trial_color(trial));
  const ImFont* font = ui.fonts.semibold;
  const float y = centred_y(font, header.min.y, header.max.y) + ui.px(1);
  // Of the measured phases or the selection: the last interval of a run that is over is idle.
  const double busy = track.figures(ui.time.selection()).busy_share;
  const std::string words = std::isfinite(busy) ? fmt::format("{:.0f} % busy", 100 * busy) : "";
  const float taken = text_width(ui.fonts.mono, words) + ui.px(34);
  draw_text_fitted(font, selected ? t.text : t.text_soft, {x + ui.px(14), y},
                   header.max.x - x - taken, track.title());
  draw_text_right(ui.fonts.mono, t.text_soft,
                  {header.max.x - ui.px(12), centred_y(ui.fonts.mono, header.min.y, header.max.y)},
                  words);
  const int lanes = static_cast<int>(track.lanes().size());
  plot::PlotOptions options;
  options.lanes = std::max(lanes, 1);
  options.tooltip = false;
  options.x_labels = labels;
  ImGui::SetCursorScreenPos(panel.body().min);
  if (plot::Plot plot = ui.plots.begin(tag.c_str(), panel.body().size(), options, &ui.time)) {
    const std::vector<ImU32> colors = lane_colors(ui, trial);
    for (int lane = 0; lane < lanes; ++lane) {
      plot.lane(lane, track.lanes()[static_cast<std::size_t>(lane)], colors);
    }
  }
}

struct WorkerColumn {
  const char* name;
  std::string (*text)(const pools::WorkerSnapshot& worker, double total_ns);
};

std::string share_text(pools::Nanos part, double total_ns) {
  if (total_ns <= 0) return "\xe2\x80\x93";
  return fmt::format("{:.1f} %",
                     std::min(100.0, 100 * static_cast<double>(part.count()) / total_ns));
}

constexpr std::array<WorkerColumn, 6> kWorkerColumns{{
    {"Completed",
     [](const pools::WorkerSnapshot& w, double) { return format_count(w.completed + w.failed); }},
    {"Busy", [](const pools::WorkerSnapshot& w, double ns) { return share_text(w.busy, ns); }},
    {"Parked", [](const pools::WorkerSnapshot& w, double ns) { return share_text(w.parked, ns); }},
    {"Steals", [](const pools::WorkerSnapshot& w, double) { return format_count(w.steal_items); }},
    {"Probes",
     [](const pools::WorkerSnapshot& w, double) { return format_count(w.steal_attempts); }},
    {"Wakes", [](const pools::WorkerSnapshot& w, double) { return format_count(w.wakes); }},
}};

void draw_worker_table(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[ui.view.trials.selected];
  Panel panel(ui, "workers.table", box, "EACH WORKER",
              track.title() + ui.in_block(ui.view.trials.selected));
  Box body = panel.body().inset(ui.px(4), 0);
  const results::Trial* trial = ui.document.outcome(ui.view.trials.selected);
  const auto& workers =
      trial != nullptr && !trial->workers.empty() ? trial->workers : track.worker_snapshots();
  if (workers.empty()) {
    draw_hint(ui, body, "Nothing yet: this pool has not run");
    return;
  }
  const double total_ns = (trial != nullptr ? trial->elapsed_s : track.end_s()) * 1e9;
  const float line = ui.px(20);
  const Box head = body.cut_top(line);
  const float first = ui.px(50);
  // As many columns as fit, from the left.
  const std::size_t columns = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::max(0.0f, body.width() - first) / ui.px(62)), 1,
      kWorkerColumns.size());
  const float step = (body.width() - first) / static_cast<float>(columns);
  const auto right = [&](std::size_t i) {
    return std::floor(body.min.x + first + step * static_cast<float>(i + 1));
  };
  draw_text(ui.fonts.small, t.text_soft, head.min, "Worker");
  for (std::size_t i = 0; i < columns; ++i) {
    draw_text_right(ui.fonts.small, t.text_soft, {right(i), head.min.y}, kWorkerColumns[i].name);
  }
  for (std::size_t w = 0; w < workers.size(); ++w) {
    const bool absent = workers[w].state == pools::WorkerState::Absent;
    if (absent && workers[w].completed == 0) continue;
    if (body.height() < 2 * line && w + 1 < workers.size()) {
      draw_text(ui.fonts.small, t.text_faint, body.min,
                fmt::format("and {} more", workers.size() - w));
      break;
    }
    const Box row = body.cut_top(line);
    ImGui::GetWindowDrawList()->AddRectFilled(row.min, {row.max.x, row.min.y + 1}, t.line);
    const float y = centred_y(ui.fonts.mono, row.min.y, row.max.y);
    const ImU32 ink = absent ? t.text_faint : t.text;
    draw_text(ui.fonts.mono, ink, {row.min.x, y}, fmt::format("{:3}", w));
    for (std::size_t i = 0; i < columns; ++i) {
      draw_text_right(ui.fonts.mono, ink, {right(i), y},
                      kWorkerColumns[i].text(workers[w], total_ns));
    }
  }
}

void draw_steal_matrix(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[ui.view.trials.selected];
  Panel panel(ui, "workers.steals", box, "WHO TOOK FROM WHOM",
              track.title() + ui.in_block(ui.view.trials.selected));
  const Box body = panel.body().inset(ui.px(4), 0);
  const results::Trial* trial = ui.document.outcome(ui.view.trials.selected);
  if (trial == nullptr) {
    draw_hint(ui, body, "Counted when the run is over");
    return;
  }
  const std::size_t slots = trial->slots;
  std::uint64_t most = 0;
  for (const std::uint64_t count : trial->steal_matrix) most = std::max(most, count);
  if (most == 0 || slots == 0) {
    std::uint64_t probes = 0;
    for (const pools::WorkerSnapshot& worker : trial->workers) probes += worker.steal_attempts;
    draw_hint(ui, body,
              probes == 0 ? "No worker took a task from another"
                          : fmt::format("{} probes found nothing to take", format_count(probes)));
    return;
  }
  // Only workers that lived: slots are reserved up to the most there may ever be.
  const std::size_t used = std::clamp<std::size_t>(track.lanes().size(), 1, slots);
  Box grid = body;
  draw_text(ui.fonts.small, t.text_soft, grid.cut_top(ui.px(20)).min,
            "thief \xe2\x86\x93   victim \xe2\x86\x92");
  grid.cut_left(ui.px(28));
  const float side =
      std::floor(std::min({grid.width() / static_cast<float>(used),
                           (grid.height() - ui.px(18)) / static_cast<float>(used), ui.px(64)}));
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float top = grid.min.y + ui.px(18);
  for (std::size_t i = 0; i < used; ++i) {
    const float at = side * static_cast<float>(i);
    const std::string name = std::to_string(i);
    draw_text_centred(ui.fonts.mono, t.text_faint,
                      {{grid.min.x + at, grid.min.y}, {grid.min.x + at + side, top}}, name);
    draw_text_right(ui.fonts.mono, t.text_faint,
                    {grid.min.x - ui.px(8), centred_y(ui.fonts.mono, top + at, top + at + side)},
                    name);
    for (std::size_t j = 0; j < used; ++j) {
      const std::uint64_t count = trial->steal_matrix[i * slots + j];
      const Box cell{{grid.min.x + side * static_cast<float>(j), top + at},
                     {grid.min.x + side * static_cast<float>(j + 1) - 1, top + at + side - 1}};
      const float part = static_cast<float>(std::log1p(static_cast<double>(count)) /
                                            std::log1p(static_cast<double>(most)));
      const ImU32 ground = i == j ? t.panel
                                  : mix(mix(t.panel, t.text, 0.05f),
                                        ui.trial_color(ui.view.trials.selected), part * 0.85f);
      draw.AddRectFilled(cell.min, cell.max, ground, ui.px(2));
      const std::string text = plot::format_value(plot::Unit::Plain, static_cast<double>(count));
      if (count > 0 && text_width(ui.fonts.mono, text) < side - ui.px(4)) {
        draw_text_centred(ui.fonts.mono, part > 0.6f && t.dark ? t.on_accent : t.text, cell, text);
      }
    }
  }
}

/// What the shades mean, above the lanes.
void draw_shade_key(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const ImFont* font = ui.fonts.small;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const std::vector<ImU32> colors = lane_colors(ui, ui.view.trials.selected);
  const float y = centred_y(font, box.min.y, box.max.y);
  const float top = std::floor(box.centre().y - ui.px(5));
  const float cell = ui.px(16);
  float x = box.min.x + ui.px(12);
  x += draw_text(font, t.text_faint, {x, y}, "waits for work") + ui.px(8);
  for (std::size_t shade = 1; shade < colors.size(); ++shade) {
    draw.AddRectFilled({x, top}, {x + cell - 1, top + ui.px(10)}, colors[shade]);
    x += cell;
  }
  x += ui.px(8);
  x += draw_text(font, t.text_faint, {x, y}, "in tasks all the time") + ui.px(20);
  constexpr const char* kGap = "no lane: no such worker then";
  if (x + text_width(font, kGap) < box.max.x) draw_text(font, t.text_faint, {x, y}, kGap);
}

void draw_all_lanes(Ui& ui, const Box& box) {
  const int count = static_cast<int>(ui.document.tracks().size());
  const int columns = count > 4 && box.width() >= ui.px(kLeastPairWidth) ? 2 : 1;
  const int rows = (count + columns - 1) / columns;
  const float gap = ui.px(8);
  const float all = static_cast<float>(rows) * (ui.px(kLeastLanes) + gap) - gap;
  const bool scrolls = all > box.height();
  ImGui::SetCursorScreenPos(box.min);
  ImGui::BeginChild("lanes", box.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  Box area{origin, {origin.x + box.width(), origin.y + std::max(all, box.height())}};
  if (scrolls) area.max.x -= ImGui::GetStyle().ScrollbarSize + ui.px(4);
  for (int trial = 0; trial < count; ++trial) {
    draw_lanes(ui, grid_cell(area, columns, rows, trial, gap), static_cast<std::size_t>(trial),
               true);
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, area.height()});
  ImGui::EndChild();
}

}  // namespace

void draw_workers_tab(Ui& ui, const Box& box) {
  Box rest = box;
  const float gap = ui.px(8);
  const auto lanes =
      static_cast<float>(ui.document.tracks()[ui.view.trials.selected].lanes().size());
  const float table = ui.px(48) + ui.px(20) * (std::max(lanes, 4.0f) + 1);
  if (box.width() * kRightShare >= ui.px(kLeastRight)) {
    Box right = rest.cut_right(std::round(box.width() * kRightShare), gap);
    draw_worker_table(ui, right.cut_top(std::min(table, right.height() * 0.5f), gap));
    draw_steal_matrix(ui, right);
  } else {
    draw_worker_table(ui, rest.cut_bottom(std::min(table, box.height() * 0.4f), gap));
  }
  draw_shade_key(ui, rest.cut_top(ui.px(22)));
  draw_all_lanes(ui, rest);
}

}  // namespace lab::gui
