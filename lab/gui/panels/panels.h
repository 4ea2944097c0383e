// Every part of the window, top to bottom. Each draws itself into the box it is given and knows
// nothing of the others; layout.cpp places them. A new tab or panel is a file and a line here and
// there.
#pragma once

#include "lab/gui/box.h"
#include "lab/gui/ui.h"

namespace lab::gui {

// Always there.
void draw_toolbar(Ui& ui, const Box& box);
void draw_status_bar(Ui& ui, const Box& box);

// Instead of the rest.
void draw_welcome(Ui& ui, const Box& box);

// Above the rest, when a scenario cannot be read or run.
float error_banner_height(const Ui& ui, float width);
void draw_error_banner(Ui& ui, const Box& box);

// The left column.
void draw_pool_list(Ui& ui, const Box& box);
float ledger_panel_height(const Ui& ui);
void draw_ledger_panel(Ui& ui, const Box& box);

// The tabs.
void draw_live_tab(Ui& ui, const Box& box);
void draw_heat_maps_tab(Ui& ui, const Box& box);
void draw_workers_tab(Ui& ui, const Box& box);
void draw_scenario_tab(Ui& ui, const Box& box);
void draw_results_tab(Ui& ui, const Box& box);
void draw_compare_tab(Ui& ui, const Box& box);

// Parts of tabs.
void draw_percentile_panel(Ui& ui, const Box& box);
/// The heat map of one trial; `detailed`: with the colour scale and the switch.
void draw_heat_panel(Ui& ui, const Box& box, std::size_t trial, bool detailed);
float gates_panel_height(const Ui& ui, const results::RunResult& result);
void draw_gates_panel(Ui& ui, const Box& box, const results::RunResult& result);
float figures_panel_height(const Ui& ui, const results::RunResult& result);
void draw_figures_panel(Ui& ui, const Box& box, const results::RunResult& result);
/// Of a run in blocks; requires comparisons.
/// At most so much, and whole rows.
float differences_height(const Ui& ui, float most);
void draw_differences(Ui& ui, const Box& box);
float comparison_height(const Ui& ui);
void draw_comparison(Ui& ui, const Box& box);

// On top of everything.
void draw_help(Ui& ui, const Box& screen);
void draw_toast(Ui& ui, const Box& screen);
/// Says that the window stands still, where it is about to.
void draw_still_notice(Ui& ui, const Box& screen);
void draw_export_box(Ui& ui);
/// Asks what to do with results that are saved nowhere before the window is closed.
void draw_close_box(Ui& ui);

}  // namespace lab::gui
