#include <array>
#include <string>

#include "lab/gui/ledger_lines.h"
#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kLineHeight = 18;

}  // namespace

float ledger_panel_height(const Ui& ui) {
  return ui.px(30) + ui.px(kLineHeight) * static_cast<float>(kLedgerKeys) + ui.px(22);
}

void draw_ledger_panel(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const PoolTrack& track = ui.bench.tracks()[ui.view.selected];
  Panel panel(ui, "ledger", box, "LEDGER", track.id());
  const pools::Ledger& ledger = track.ledger();

  // Open while tasks are on their way from one column to the next: only a quiet ledger must close.
  const bool closes = ledger.closes();
  const bool quiet = track.finished();
  const char* verdict = closes ? "CLOSES" : (quiet ? "DOES NOT CLOSE" : "MOVING");
  const ImU32 ink = closes ? t.good : (quiet ? t.bad : t.warning);
  if (track.started()) {
    const float width = text_width(ui.fonts.caption, verdict) + 2 * ui.px(6);
    badge(ui,
          {panel.header().max.x - ui.px(10) - std::round(width), panel.header().min.y + ui.px(7)},
          verdict, ink, with_alpha(ink, 0.15f));
  }
  Box body = panel.body().inset(ui.px(4), 0);
  for (const LedgerLine& line : ledger_lines(ledger)) {
    const Box row = body.cut_top(ui.px(kLineHeight));
    const bool zero = line.count == 0;
    const float y = centred_y(ui.fonts.small, row.min.y, row.max.y);
    const ImU32 ink_name = line.total ? t.text : (zero ? t.text_faint : t.text_soft);
    draw_text(ui.fonts.small, ink_name, {row.min.x, y}, line.name);
    draw_text_right(ui.fonts.mono, zero ? t.text_faint : t.text, {row.max.x, y},
                    track.started() ? format_count(line.count) : "\xe2\x80\x93");
    if (line.total) {
      ImGui::GetWindowDrawList()->AddRectFilled({row.min.x, row.max.y + ui.px(2)},
                                                {row.max.x, row.max.y + ui.px(2) + 1}, t.line);
      body.cut_top(ui.px(6));
    }
  }
}

}  // namespace lab::gui
