#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "lab/gui/ledger_lines.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kLineHeight = 18;

struct Entry {
  std::string name;
  std::string count;
  bool quiet = false;  // zero
  bool total = false;
  std::string why = {};  // behind the name, small
};

std::vector<Entry> whole_entries(const TrialTrack& track) {
  std::vector<Entry> entries;
  for (std::size_t key = 0; key < kLedgerLines; ++key) {
    const LedgerLine line = ledger_line(track.ledger(), key);
    const bool refused = pools::kLedgerKeys[key].role == pools::LedgerRole::Rejected;
    entries.push_back({line.name, track.started() ? format_count(line.count) : "\u2013",
                       line.count == 0, line.total,
                       refused ? refusals_text(track.refusals()) : std::string()});
  }
  return entries;
}

/// What the timeline knows of a part of the run.
std::vector<Entry> stretch_entries(const TrialTrack& track, const plot::TimeRange& range) {
  const StretchCounts counts = track.counts(range);
  const auto text = [](double value) {
    return std::isfinite(value) ? format_count(static_cast<std::uint64_t>(value)) : "\u2013";
  };
  return {{"submitted", text(counts.submitted), false, true},
          {"settled", text(counts.settled), counts.settled == 0},
          {"refused", text(counts.refused), counts.refused == 0},
          {"waiting at its end", text(counts.waiting_at_end), !(counts.waiting_at_end > 0)},
          {"running at its end", text(counts.running_at_end), !(counts.running_at_end > 0)}};
}

struct LedgerVerdict {
  const char* word;
  ImU32 ink;
};

LedgerVerdict verdict_of(const Theme& t, const TrialTrack& track) {
  if (track.ledger().closes()) return {"CLOSES", t.good};
  // Open while tasks are on their way from one column to the next: only a quiet ledger must close.
  if (track.finished()) return {"DOES NOT CLOSE", t.bad};
  return {"MOVING", t.warning};
}

}  // namespace

float ledger_panel_height(const Ui& ui) {
  return ui.px(30) + ui.px(kLineHeight) * static_cast<float>(kLedgerLines) + ui.px(22);
}

void draw_ledger_panel(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[ui.view.trials.selected];
  const auto& range = ui.time.selection();
  std::string subtitle = track.title() + ui.in_block(ui.view.trials.selected);
  if (range) subtitle += fmt::format(", {:.2f} to {:.2f} s", range->begin, range->end);
  const LedgerVerdict verdict = verdict_of(t, track);
  const bool badged = !range && track.started();
  const float width = std::round(text_width(ui.fonts.caption, verdict.word)) + 2 * ui.px(6);
  Panel panel(ui, "ledger", box, "LEDGER", subtitle, badged ? width + ui.px(4) : 0);
  if (badged) {
    badge(ui, {panel.header().max.x - ui.px(10) - width, panel.header().min.y + ui.px(7)},
          verdict.word, verdict.ink, with_alpha(verdict.ink, 0.15f));
  }
  Box body = panel.body().inset(ui.px(4), 0);
  for (const Entry& entry : range ? stretch_entries(track, *range) : whole_entries(track)) {
    const Box row = body.cut_top(ui.px(kLineHeight));
    const float y = centred_y(ui.fonts.small, row.min.y, row.max.y);
    const ImU32 name = entry.total ? t.text : (entry.quiet ? t.text_faint : t.text_soft);
    draw_text(ui.fonts.small, name, {row.min.x, y}, entry.name);
    if (!entry.why.empty()) {
      const float left = row.min.x + text_width(ui.fonts.small, entry.name) + ui.px(8);
      const float right = row.max.x - text_width(ui.fonts.mono, entry.count) - ui.px(8);
      ImGui::PushClipRect({left, row.min.y}, {right, row.max.y}, true);
      draw_text(ui.fonts.caption, t.text_faint,
                {left, centred_y(ui.fonts.caption, row.min.y, row.max.y)}, entry.why);
      ImGui::PopClipRect();
    }
    draw_text_right(ui.fonts.mono, entry.quiet ? t.text_faint : t.text, {row.max.x, y},
                    entry.count);
    if (entry.total) {
      ImGui::GetWindowDrawList()->AddRectFilled({row.min.x, row.max.y + ui.px(2)},
                                                {row.max.x, row.max.y + ui.px(2) + 1}, t.line);
      body.cut_top(ui.px(6));
    }
  }
}

}  // namespace lab::gui
