#include "lab/gui/ui.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace lab::gui {

bool Ui::open_scenario(const std::string& path,
                       const std::vector<scenarios::Override>& overrides) const {
  if (document.running()) {
    say("Stop the run before opening another scenario");
    return false;
  }
  if (!document.open(path, overrides)) return false;
  show_opened();
  return true;
}

bool Ui::reload() const {
  if (document.running() || !document.reload()) return false;
  show_opened();
  say("Read " + document.path() + " again");
  return true;
}

void Ui::show_opened() const {
  const scenarios::Scenario& scenario = document.scenario();
  view.welcome = false;
  view.trials.selected = 0;
  view.trials.follow_serving = true;
  view.trials.baseline = 0;
  while (view.trials.baseline < document.tracks().size() &&
         scenario.pools[slot_of(view.trials.baseline)].id != scenario.baseline) {
    ++view.trials.baseline;
  }
  if (view.trials.baseline == document.tracks().size()) view.trials.baseline = 0;
  view.trials.shown.show_all();
  view.comparison.column = -1;
  view.export_box.path = std::filesystem::path(document.path()).stem().string() + ".result.json";
  time.clear_selection();
  time.follow_all();
  view.plots.window = 2;
}

std::string Ui::in_block(std::size_t trial) const {
  const TrialTrack& track = document.tracks()[trial];
  if (document.blocks() == 1 || !track.started()) return {};
  return fmt::format(", block {} of {}", track.block() + 1, document.blocks());
}

std::string Ui::over_blocks(std::size_t trial) const {
  const TrialTrack& track = document.tracks()[trial];
  if (document.blocks() == 1 || track.blocks().empty()) return {};
  const std::size_t counted = track.counted_blocks();
  if (counted == 0) return "no valid block";
  return counted == 1 ? "of one block" : fmt::format("medians of {} blocks", counted);
}

void Ui::set_live(bool live) const {
  time.set_live(live);
  if (live) view.trials.follow_serving = true;
}

void Ui::toggle_still() const {
  view.still = !view.still;
  if (document.running()) return;
  say(view.still ? "The window will stand still while a trial is measured"
                 : "The window will draw while a trial is measured");
}

void Ui::run_or_stop() const {
  if (document.running()) {
    document.stop();
  } else if (document.load_failed()) {
    say("The file could not be read: mend it and reload, or hide the message", true);
  } else if (!document.has_scenario()) {
    say("Choose a scenario first");
  } else if (document.included_count() == 0) {
    say("Tick at least one pool to run");
  } else {
    view.welcome = false;
    time.clear_selection();
    time.set_live(true);
    document.run();
  }
}

}  // namespace lab::gui
