#include "lab/gui/window_content.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/gui/layout.h"
#include "lab/gui/shortcuts.h"

namespace lab::gui {

WindowContent::WindowContent(const Start& start, Tags& tags)
    : tags_(tags),
      theme_(start.dark ? dark_theme() : light_theme()),
      fonts_(load_fonts(start.scale * start.zoom)),
      plots_(theme_, fonts_),
      document_(start.planner, start.hooks),
      cards_(read_scenario_cards()),
      heat_images_(start.opengl) {
  view_.look.dark = start.dark;
  view_.look.zoom = start.zoom;
  view_.still = start.still;
  apply_style(theme_, fonts_.scale);
  if (tags_.on()) {
    plots_.report_rectangles(
        [this](std::string_view name, ImVec2 min, ImVec2 max) { tags_.box(name, min, max); });
  }
}

Ui WindowContent::ui() {
  return {theme_,    fonts_, plots_, time_,        backdrop_, tags_,
          document_, view_,  cards_, heat_images_, cost_};
}

bool WindowContent::follow_choices(float desktop_scale) {
  const float scale = desktop_scale * view_.look.zoom;
  const bool rescaled = scale != fonts_.scale;
  restyled_ = rescaled || view_.look.dark != theme_.dark;
  if (rescaled) fonts_ = load_fonts(scale);
  if (restyled_) {
    theme_ = view_.look.dark ? dark_theme() : light_theme();
    apply_style(theme_, fonts_.scale);
  }
  return rescaled;
}

bool WindowContent::poll() {
  const bool changed = document_.poll();
  if (const auto serving = document_.serving(); serving && view_.trials.follow_serving) {
    view_.trials.selected = *serving;
  }
  return changed;
}

bool WindowContent::may_close() {
  if (!document_.running() && document_.unsaved_runs() == 0) return true;
  view_.close_box.asked = true;
  return false;
}

void WindowContent::draw_again(double now) {
  view_.still = false;
  view_.seconds = now;
  say("The window draws again, while this is measured");
}

void WindowContent::draw(const InputQueue& input, double now) {
  view_.seconds = now;
  view_.wake_at = 0;
  tags_.begin_frame();
  TrialChoice& choice = view_.trials;
  // A run with other pools may have fewer trials than the one before.
  if (choice.selected >= document_.tracks().size()) choice.selected = 0;
  if (choice.baseline >= document_.tracks().size()) choice.baseline = 0;
  plots_.begin_frame();
  time_.begin_frame(0, data_end(), document_.planned_s(), document_.running());
  Ui frame = ui();
  apply_shortcuts(frame, input);
  draw_window(frame);
}

double WindowContent::data_end() const {
  // A window of some seconds follows the pool being served, not the longest of all.
  if (const auto serving = document_.serving(); serving && kWindowSeconds[view_.plots.window] > 0) {
    return document_.tracks()[*serving].end_s();
  }
  double end = 0;
  for (const TrialTrack& track : document_.tracks()) end = std::max(end, track.end_s());
  return end;
}

void WindowContent::report_state(double now) {
  if (!tags_.on()) return;
  const SessionProgress& progress = document_.progress();
  tags_.state("run", run_state_name(document_.state()));
  tags_.state("scenario", document_.has_scenario() ? document_.scenario().name : "");
  tags_.state("welcome", view_.welcome ? "yes" : "no");
  tags_.state("tab", kTabNames[static_cast<std::size_t>(view_.tab)]);
  tags_.state("theme", theme_.dark ? "dark" : "light");
  tags_.state("live", time_.live() ? "yes" : "no");
  tags_.state("window", kWindowNames[view_.plots.window]);
  tags_.state("percentile", kPercentileNames[view_.plots.percentile]);
  tags_.state("problems", fmt::format("{}", document_.problems().size()));
  tags_.state("help", view_.help ? "yes" : "no");
  tags_.state("selection", time_.selection() ? "yes" : "no");
  tags_.state("trial", fmt::format("{}/{}", progress.trial, document_.run_order().size()));
  const RunEntry* present = document_.present();
  tags_.state("block", fmt::format("{}/{}", present != nullptr ? present->block + 1 : 0,
                                   document_.blocks()));
  tags_.state("runs", fmt::format("{}", document_.runs().size()));
  tags_.state("unsaved", fmt::format("{}", document_.unsaved_runs()));
  tags_.state("zoom", fmt::format("{:.2f}", view_.look.zoom));
  tags_.state("result", document_.result() != nullptr ? "yes" : "no");
  tags_.state("still", view_.still ? "yes" : "no");
  tags_.state("exported", view_.export_box.written);
  tags_.state("toast", now < view_.toast.until ? view_.toast.text : "");
  if (view_.trials.selected < document_.tracks().size()) {
    tags_.state("selected", document_.tracks()[view_.trials.selected].title());
    tags_.state("baseline", document_.tracks()[view_.trials.baseline].title());
  }
  tags_.write();
}

}  // namespace lab::gui
