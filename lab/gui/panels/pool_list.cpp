// The list of pools: a row each with its marker, figures, and the switches that include its
// pool in a run and show it on the plots.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "lab/gui/panels/panels.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/plot/sparkline.h"
#include "lab/gui/widgets.h"
#include "pools/catalog.h"

namespace lab::gui {

namespace {

constexpr float kRowHeight = 58;
constexpr float kLeastRowHeight = 38;

std::string workers_text(const pools::PoolConfig& pool) {
  const std::uint32_t least = pool.min_workers;
  if (least == 0) return "workers: one per core";
  if (pool.max_workers <= least) return fmt::format("workers: {}", least);
  return fmt::format("workers: {} to {}, {}", least, pool.max_workers, pool.sizing.name);
}

std::string pool_tip(const pools::PoolConfig& pool) {
  std::string text = pool.dispatch.name;
  if (const pools::DispatchRow* row = pools::find_dispatch(pool.dispatch.name)) {
    text = fmt::format("{}: {}", row->name, row->summary);
  }
  return fmt::format("{}\n{}", text, workers_text(pool));
}

struct Line {
  std::string text;
  ImU32 color;
};

/// What the second line says about the trial now.
Line rate_line(const Ui& ui, std::size_t trial) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[trial];
  if (!track.started() || track.point_count() == 0) {
    if (!ui.document.included(ui.slot_of(trial))) return {"left out", t.text_faint};
    if (ui.document.serving() == trial) return {"starting", t.text_soft};
    return {ui.document.running() ? "waiting" : "ready", t.text_faint};
  }
  const bool over = track.settled();
  const double rate = over ? track.figures({}).throughput_per_s : track.latest().throughput_per_s;
  const bool whole = !over || track.standing({}) == Standing::Whole;
  return {plot::format_value(plot::Unit::PerSecond, rate), whole ? t.text_soft : t.text_faint};
}

/// "12 % refused" beside a throughput that would look too good without it; empty: none was.
std::string refused_text(const TrialTrack& track) {
  const double share = track.figures({}).refused_share;
  return share >= 0.0005 ? fmt::format("{:.1f} % refused", 100 * share) : "";
}

/// Throughput, then what was refused, or else the workers and the queue's depth: as far as it fits.
void draw_figures(Ui& ui, const Box& room, std::size_t trial, float middle) {
  const Theme& t = ui.theme;
  const TrialTrack& track = ui.document.tracks()[trial];
  const ImFont* mono = ui.fonts.mono;
  const float y = middle - mono->FontSize * 0.5f;
  const Line rate = rate_line(ui, trial);
  draw_text_fitted(mono, rate.color, {room.min.x, y}, room.width(), rate.text);
  if (!track.started() || track.point_count() == 0) return;
  const float rate_end = room.min.x + text_width(mono, rate.text) + ui.px(10);
  if (const std::string refused = refused_text(track); !refused.empty()) {
    if (rate_end + text_width(mono, refused) <= room.max.x) {
      draw_text(mono, t.text_faint, {rate_end, y}, refused);
    }
    return;
  }
  const float workers_end = std::max(room.min.x + ui.px(104), rate_end + ui.px(24));
  if (workers_end > room.max.x) return;
  draw_text_right(mono, t.text_faint, {workers_end, y},
                  fmt::format("{:.0f} w", track.latest().workers));
  const float spark = workers_end + ui.px(10);
  const float wide = room.max.x - ui.px(2) - spark;
  if (!ui.view.trials.shown.shown(trial) || wide < ui.px(24)) return;
  // In low rows it keeps clear of the badge above it.
  const float high = std::min(ui.px(17), std::floor(room.height() * 0.30f));
  plot::sparkline(*ImGui::GetWindowDrawList(), track.queue_depth(),
                  {spark, middle + ui.px(7) - high}, {wide, high},
                  with_alpha(ui.trial_color(trial), 0.9f), ui.px(1.3f));
}

void draw_row(Ui& ui, const Box& row, std::size_t trial) {
  const Theme& t = ui.theme;
  Document& document = ui.document;
  View& view = ui.view;
  const TrialTrack& track = document.tracks()[trial];
  const std::size_t slot = track.slot();
  const pools::PoolConfig& pool = document.scenario().pools[slot];
  const std::string& id = track.title();
  ImDrawList& draw = *ImGui::GetWindowDrawList();

  // The small controls first: where items overlap, ImGui gives the mouse to the earlier one.
  const float middle = row.centre().y;
  const Box eye{{row.max.x - ui.px(34), middle - ui.px(14)},
                {row.max.x - ui.px(6), middle + ui.px(14)}};
  if (hit(ui, "eye." + id, eye)) view.trials.shown.toggle(trial);
  const bool eye_hovered = ImGui::IsItemHovered();
  const Box tick{{row.min.x + ui.px(4), row.min.y}, {row.min.x + ui.px(28), row.max.y}};
  if (hit(ui, "tick." + id, tick) && !document.running())
    document.include(slot, !document.included(slot));
  const bool tick_hovered = ImGui::IsItemHovered();
  if (hit(ui, "pool." + id, row)) ui.select_trial(trial);
  const bool hovered = ImGui::IsItemHovered();

  const bool selected = view.trials.selected == trial;
  if (selected) {
    draw.AddRectFilled(row.min, row.max, with_alpha(t.accent, t.dark ? 0.14f : 0.11f), ui.px(5));
  } else if (hovered) {
    draw.AddRectFilled(row.min, row.max, t.raised, ui.px(5));
  }
  const bool shown = view.trials.shown.shown(trial);
  const bool included = document.included(slot);
  const ImU32 color = shown ? ui.trial_color(trial) : t.text_faint;
  const float upper = row.min.y + row.height() * 0.31f;
  const float lower = row.min.y + row.height() * 0.70f;
  draw_check(ui, {tick.min.x + ui.px(12), upper}, included,
             document.running() ? t.text_faint : t.text_soft);
  draw_marker(draw, {row.min.x + ui.px(42), upper}, ui.px(5), ui.trial_marker(trial), color);

  const float x = row.min.x + ui.px(56);
  float name_right = eye.min.x - ui.px(4);
  const Standing standing = track.settled() ? track.standing({}) : Standing::None;
  const bool doubtful = standing == Standing::Invalid || standing == Standing::CutShort;
  const char* const word =
      doubtful ? standing_word(standing) : (view.trials.baseline == trial ? "BASE" : "");
  const float word_width = text_width(ui.fonts.caption, word) + 2 * ui.px(6);
  const bool beside = *word != '\0' && name_right - word_width - x > ui.px(50);
  if (beside) {
    name_right -= word_width + ui.px(6);
    badge(ui, {name_right + ui.px(6), std::floor(upper - ui.px(8.5f))}, word, t.text_soft,
          t.active);
  }
  const ImFont* name_font = selected ? ui.fonts.semibold : ui.fonts.ui;
  draw_text_fitted(name_font, included && shown && !doubtful ? t.text : t.text_faint,
                   {x, upper - name_font->FontSize * 0.5f}, name_right - x, id);

  if (doubtful && !beside) {
    // No room beside the name: instead of figures that are not to be compared.
    badge(ui, {x, std::floor(lower - ui.px(8.5f))}, word, t.text_soft, t.active);
  } else {
    draw_figures(ui, {{x, row.min.y}, {eye.min.x - ui.px(4), row.max.y}}, trial, lower);
  }
  if (document.serving() == trial) {
    draw.AddRectFilled({row.min.x, row.min.y + ui.px(8)},
                       {row.min.x + ui.px(3), row.max.y - ui.px(8)}, ui.trial_color(trial),
                       ui.px(1.5f));
  }
  draw_icon(draw, eye.centre(), ui.px(8), shown ? Icon::Eye : Icon::EyeOff,
            eye_hovered ? t.text : t.text_faint);

  if (eye_hovered)
    tooltip(ui, "eye." + id, shown ? "Hide on the plots (V)" : "Show on the plots (V)");
  if (tick_hovered) {
    tooltip(ui, "tick." + id,
            document.running() ? "Takes part in this run"
                               : (included ? "Takes part in the next run" : "Left out of the run"));
  }
  if (hovered) {
    std::string tip = pool_tip(pool);
    if (const std::string words = ui.over_blocks(trial); !words.empty()) tip += "\n" + words;
    for (const std::string& flag : track.flags()) tip += "\n" + flag;
    tooltip(ui, "pool." + id, tip);
  }
}

}  // namespace

void draw_pool_list(Ui& ui, const Box& box) {
  const std::size_t count = ui.document.tracks().size();
  const std::string subtitle =
      ui.document.running() ? "each serves the load in its turn"
                            : fmt::format("{} of {} in the run", ui.document.included_count(),
                                          ui.document.scenario().pools.size());
  Panel panel(ui, "pools", box, "POOLS", subtitle);
  if (count == 0) return;
  const Box body{{box.min.x + ui.px(6), panel.body().min.y},
                 {box.max.x - ui.px(6), panel.body().max.y}};
  const float row_height = std::floor(std::clamp(body.height() / static_cast<float>(count),
                                                 ui.px(kLeastRowHeight), ui.px(kRowHeight)));
  ImGui::SetCursorScreenPos(body.min);
  ImGui::BeginChild("rows", body.size());
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  for (std::size_t trial = 0; trial < count; ++trial) {
    const float y = origin.y + row_height * static_cast<float>(trial);
    draw_row(ui, {{body.min.x, y}, {body.max.x, y + row_height - ui.px(2)}}, trial);
  }
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy({1, row_height * static_cast<float>(count)});
  ImGui::EndChild();
}

}  // namespace lab::gui
