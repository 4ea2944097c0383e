// The Results tab: which gates held, every trial's ledger, what may have disturbed the measurement,
// and where it was taken.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lab/gui/ledger_lines.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/panels/pool_matrix.h"
#include "lab/gui/widgets.h"
#include "results/comparable.h"
#include "results/slow_task_causes.h"

namespace lab::gui {

namespace {

void draw_ledgers(Ui& ui, const Box& box, const results::RunResult& result) {
  const Theme& t = ui.theme;
  const std::vector<MatrixColumn> columns = trial_columns(ui, result);
  Panel panel(ui, "ledgers", box, "LEDGERS",
              results::in_blocks(result.trials) ? "where every submitted task of all blocks went"
                                                : "where every submitted task went");
  WideMatrix wide(ui, panel.body().inset(ui.px(4), 0), columns.size());
  PoolMatrix matrix(ui, wide.box(), ui.px(78), columns);
  for (std::size_t key = 0; key < kLedgerLines; ++key) {
    if (!matrix.row(ledger_line({}, key).name, t.text_soft)) return;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::uint64_t count = 0;
      for (const results::Trial* trial : columns[i].trials) {
        count += ledger_line(trial->ledger, key).count;
      }
      matrix.cell(i, format_count(count), count == 0 ? t.text_faint : t.text);
    }
  }
  if (!matrix.row("closes", t.text_soft)) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool closes = std::ranges::all_of(
        columns[i].trials, [](const results::Trial* trial) { return trial->ledger.closes(); });
    matrix.cell(i, closes ? "yes" : "NO", closes ? t.good : t.bad);
  }
}

struct Note {
  std::string title;  // of the trial
  std::string text;
  bool spoils = false;  // the trial is not valid
  bool broken = false;  // the pool broke a promise
  bool aside = false;   // no flag, but worth knowing
};

std::vector<Note> notes_of(const results::RunResult& result) {
  std::vector<Note> notes;
  const std::vector<std::string> titles = results::titles(result.trials);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const results::Trial& trial = result.trials[i];
    for (const std::string& flag : trial.flags)
      notes.push_back({titles[i], flag, !trial.valid, !trial.sound});
    if (!trial.drained) {
      notes.push_back({titles[i], "did not drain within its time limit", true, false});
    }
  }
  if (results::in_blocks(result.trials)) return notes;  // too many to say more of each
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const auto& slowest = result.trials[i].slowest;
    if (slowest.empty()) continue;
    notes.push_back({titles[i], results::causes_text(slowest), false, false, true});
  }
  return notes;
}

void draw_notes(Ui& ui, const Box& box, const results::RunResult& result) {
  const Theme& t = ui.theme;
  const std::vector<Note> notes = notes_of(result);
  const auto flags = std::ranges::count(notes, false, &Note::aside);
  Panel panel(ui, "notes", box, "WHAT TO KNOW",
              flags == 0 ? "no trial was flagged" : fmt::format("{} notes", flags));
  Box body = panel.body().inset(ui.px(4), 0);
  const float line = ui.px(20);
  for (const Note& note : notes) {
    if (body.height() < line) break;
    const Box row = body.cut_top(line);
    const float y = centred_y(ui.fonts.small, row.min.y, row.max.y);
    const ImU32 ink = note.broken ? t.bad : (note.spoils ? t.warning : t.text_soft);
    draw_text_fitted(ui.fonts.small, t.text, {row.min.x, y}, ui.px(110), note.title);
    draw_text_fitted(ui.fonts.small, ink, {row.min.x + ui.px(122), y}, row.width() - ui.px(122),
                     note.text);
  }
  if (notes.empty()) draw_hint(ui, body, "Nothing was found that spoils a figure");
}

std::string observer_text(const Ui& ui, const results::RunResult& result) {
  double seconds = 0;
  std::uint64_t frames = 0;
  for (const results::Trial& trial : result.trials) {
    seconds += trial.elapsed_s;
    frames += trial.frames_drawn;
  }
  if (frames == 0) return "this window, which stood still";
  return fmt::format(
      "this window, {:.1f} frames a second; {}",
      static_cast<double>(frames) / std::max(seconds, 1e-9),
      ui.cost.software ? "it renders on the measured cores" : "it renders on the GPU");
}

void draw_circumstances(Ui& ui, const Box& box, const results::RunResult& result) {
  const Theme& t = ui.theme;
  Panel panel(ui, "circumstances", box, "WHERE IT WAS MEASURED",
              result.interrupted ? "stopped early" : std::string());
  Box body = panel.body().inset(ui.px(4), 0);
  const results::Environment& env = result.environment;
  const results::BuildFacts& build = result.build;
  const auto line = [&](const char* name, const std::string& text) {
    if (body.height() < ui.px(20) || text.empty()) return;
    const Box row = body.cut_top(ui.px(20));
    const float y = centred_y(ui.fonts.small, row.min.y, row.max.y);
    draw_text(ui.fonts.small, t.text_faint, {row.min.x, y}, name);
    draw_text_fitted(ui.fonts.small, t.text_soft, {row.min.x + ui.px(122), y},
                     row.width() - ui.px(122), text);
  };
  line("run", fmt::format("{}   {}", result.run_id, result.started_at));
  line("processor", fmt::format("{}, {} of {} cores{}", env.cpu, env.usable_cores, env.cores,
                                env.virtualised ? ", virtualised" : ""));
  line("system", fmt::format("{}, {}", env.os, env.kernel));
  line("clock", fmt::format("{}, {:.0f} ns a reading", env.clock_source, env.clock_read_ns));
  line("build", fmt::format("{} {}{}, {}, {}", build.version, build.commit.substr(0, 10),
                            build.dirty ? " with changes" : "", build.compiler, build.build_type));
  line("observer", observer_text(ui, result));
}

}  // namespace

void draw_results_tab(Ui& ui, const Box& box) {
  const results::RunResult* result = ui.document.result();
  if (result == nullptr) {
    Panel panel(ui, "results", box, "RESULTS");
    draw_hint(ui, panel.body(),
              ui.document.running() ? "The results are here when the run is over"
                                    : "Run the scenario to get results");
    return;
  }
  const float gap = ui.px(8);
  const float ledgers = ui.px(42) + PoolMatrix::height(ui, kLedgerLines + 1);
  const float circumstances = ui.px(38) + ui.px(20) * 6;
  const std::size_t columns = trial_columns(ui, *result).size();
  Box left = box;
  const float half = std::round(box.width() * 0.44f);
  if (PoolMatrix::least_width(ui, columns) <= half - ui.px(30)) {
    Box right = left.cut_right(half, gap);
    const float gates = std::min(gates_panel_height(ui, *result), left.height() * 0.5f);
    draw_gates_panel(ui, left.cut_top(gates, gap), *result);
    draw_figures_panel(ui, left, *result);
    draw_ledgers(ui, right.cut_top(std::min(ledgers, right.height() * 0.6f), gap), *result);
    draw_circumstances(ui, right.cut_bottom(circumstances, gap), *result);
    draw_notes(ui, right, *result);
    return;
  }
  // Many trials or little room: one below the other, as long as it takes.
  const std::size_t notes = std::max<std::size_t>(notes_of(*result).size(), 1);
  ImGui::SetCursorScreenPos(box.min);
  ImGui::BeginChild("results page", box.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  Box page{origin, {origin.x + box.width() - ImGui::GetStyle().ScrollbarSize - ui.px(4), 1e6f}};
  draw_gates_panel(ui, page.cut_top(gates_panel_height(ui, *result), gap), *result);
  draw_notes(ui, page.cut_top(ui.px(46) + ui.px(20) * static_cast<float>(notes), gap), *result);
  draw_ledgers(ui, page.cut_top(ledgers, gap), *result);
  draw_figures_panel(ui, page.cut_top(figures_panel_height(ui, *result), gap), *result);
  draw_circumstances(ui, page.cut_top(circumstances, gap), *result);
  const float height = page.min.y - origin.y;
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, height});
  ImGui::EndChild();
}

}  // namespace lab::gui
