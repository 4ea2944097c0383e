// What every panel is handed: the means to draw, the document to show, and the choices the user
// made about how to look at it. One frame's worth of borrowed references. GUI thread only.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "lab/gui/backdrop.h"
#include "lab/gui/fonts.h"
#include "lab/gui/heat_images.h"
#include "lab/gui/model/document.h"
#include "lab/gui/model/scenario_cards.h"
#include "lab/gui/plot/plot.h"
#include "lab/gui/tags.h"
#include "lab/gui/theme.h"
#include "lab/gui/view.h"

namespace lab::gui {

/// Narrower windows (in logical pixels) have no room for a second column beside the plots,
/// and narrower ones yet none for words where a sign will do.
inline constexpr float kNarrow = 980;
inline constexpr float kVeryNarrow = 800;

/// What the window itself costs, for the status bar.
struct FrameCost {
  double build_ms = 0;
  double draw_ms = 0;
  double frames_per_s = 0;
  bool software = false;
};

struct Ui {
  const Theme& theme;
  const Fonts& fonts;
  plot::Plots& plots;
  plot::LinkedX& time;
  Backdrop& backdrop;
  Tags& tags;
  Document& document;
  View& view;
  const std::vector<ScenarioCard>& cards;
  HeatImages& heat_images;
  const FrameCost& cost;

  /// Logical pixels to pixels of the screen, on whole ones.
  float px(float logical) const { return std::round(logical * fonts.scale); }
  ImU32 pool_color(std::size_t slot) const { return theme.pool_color(slot); }
  /// Every trial of a pool has the pool's colour and marker.
  std::size_t slot_of(std::size_t trial) const { return document.tracks()[trial].slot(); }
  ImU32 trial_color(std::size_t trial) const { return pool_color(slot_of(trial)); }
  MarkerShape trial_marker(std::size_t trial) const { return pool_marker(slot_of(trial)); }
  void say(std::string text, bool bad = false) const {
    view.toast = {std::move(text), bad, view.seconds + (bad ? 8.0 : 4.0)};
  }

  /// The verbs that more than one panel offers.
  bool open_scenario(const std::string& path,
                     const std::vector<scenarios::Override>& overrides = {}) const;
  bool reload() const;
  void run_or_stop() const;
  /// Whether the window stands still while a trial is measured.
  void toggle_still() const;
  void select_trial(std::size_t trial) const {
    view.trials.selected = trial;
    view.trials.follow_serving = false;
  }
  /// The time axis and the selected trial follow the run, or hold.
  void set_live(bool live) const;
  /// ", block 3 of 10" for what is one block's only; empty where there is but one.
  std::string in_block(std::size_t trial) const;
  /// "medians of 3 blocks" for what is of all that are over; empty likewise.
  std::string over_blocks(std::size_t trial) const;
  bool narrow() const { return ImGui::GetIO().DisplaySize.x < px(kNarrow); }
  bool very_narrow() const { return ImGui::GetIO().DisplaySize.x < px(kVeryNarrow); }

 private:
  void show_opened() const;
};

}  // namespace lab::gui
