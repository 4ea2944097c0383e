#include "lab/gui/layout.h"

#include <algorithm>
#include <array>
#include <vector>

#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr float kToolbarHeight = 50;
constexpr float kStatusHeight = 26;
constexpr float kSidebarWidth = 272;
constexpr float kNarrowSidebar = 222;
constexpr float kVeryNarrowSidebar = 168;
constexpr float kMargin = 10;
constexpr float kGap = 8;
constexpr float kTabRow = 34;

struct TabRow {
  Tab tab;
  void (*draw)(Ui& ui, const Box& box);
};

constexpr std::array<TabRow, kTabNames.size()> kTabs{{
    {Tab::Live, &draw_live_tab},
    {Tab::HeatMaps, &draw_heat_maps_tab},
    {Tab::Workers, &draw_workers_tab},
    {Tab::Scenario, &draw_scenario_tab},
    {Tab::Results, &draw_results_tab},
    {Tab::Compare, &draw_compare_tab},
}};

void draw_tab_row(Ui& ui, Box row) {
  const bool small = segmented_width(ui, kTabNames) > row.width();
  const float width = segmented_width(ui, kTabNames, small);
  ImGui::SetCursorScreenPos(row.cut_left(width, ui.px(18)).min);
  auto tab = static_cast<std::size_t>(ui.view.tab);
  if (segmented(ui, "tab", kTabNames, tab, small)) ui.view.tab = static_cast<Tab>(tab);

  std::vector<plot::LegendEntry> entries;
  for (std::size_t trial = 0; trial < ui.document.tracks().size(); ++trial) {
    entries.push_back(
        {ui.document.tracks()[trial].title(), ui.trial_color(trial), ui.trial_marker(trial)});
  }
  // The list of pools has the same markers and switches: without room for all chips, none.
  if (plot::legend_width(ui.plots, entries) > row.width()) return;
  ImGui::SetCursorScreenPos(row.min);
  plot::legend(ui.plots, entries, ui.view.trials.shown, row.width());
}

void draw_sidebar(Ui& ui, Box box) {
  const float ledger = ledger_panel_height(ui);
  // The list of pools gets what the ledger leaves, and at least half.
  if (box.height() - ledger > box.height() * 0.5f) {
    draw_ledger_panel(ui, box.cut_bottom(ledger, ui.px(kGap)));
  }
  draw_pool_list(ui, box);
}

void draw_body(Ui& ui, Box body) {
  const float gap = ui.px(kGap);
  const float error = error_banner_height(ui, body.width());
  if (error > 0) draw_error_banner(ui, body.cut_top(error, gap));
  if (ui.view.welcome || !ui.document.has_scenario() || ui.document.tracks().empty()) {
    draw_welcome(ui, body);
    return;
  }
  const float sidebar =
      ui.very_narrow() ? kVeryNarrowSidebar : (ui.narrow() ? kNarrowSidebar : kSidebarWidth);
  draw_sidebar(ui, body.cut_left(ui.px(sidebar), gap));
  draw_tab_row(ui, body.cut_top(ui.px(kTabRow)));
  kTabs[static_cast<std::size_t>(ui.view.tab)].draw(ui, body);
}

}  // namespace

void draw_window(Ui& ui) {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const Box screen{{0, 0}, size};
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  ImGui::Begin("poollab", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus |
                   ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoNav);
  ui.backdrop.begin_frame(*ImGui::GetWindowDrawList());
  Box rest = screen;
  draw_toolbar(ui, rest.cut_top(ui.px(kToolbarHeight)));
  draw_status_bar(ui, rest.cut_bottom(ui.px(kStatusHeight)));
  draw_body(ui, rest.inset(ui.px(kMargin), ui.px(kMargin)));
  draw_export_box(ui);
  draw_close_box(ui);
  ImGui::End();
  draw_help(ui, screen);
  draw_toast(ui, screen);
  draw_still_notice(ui, screen);
}

}  // namespace lab::gui
