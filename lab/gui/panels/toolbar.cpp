#include <fmt/format.h>
// imgui.h first: imgui_stdlib.h does not include it.
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>

#include "lab/gui/panels/panels.h"
#include "lab/gui/panels/pool_matrix.h"
#include "lab/gui/plot/format.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

constexpr const char* kMeasure = "Measure";

void draw_name(Ui& ui, Box& row) {
  const Theme& t = ui.theme;
  const Box mark = row.cut_left(ui.px(22), ui.px(ui.narrow() ? 12 : 10));
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float base = mark.centre().y + ui.px(8);
  for (int bar = 0; bar < 3; ++bar) {
    const float x = mark.min.x + ui.px(7) * static_cast<float>(bar);
    const float high = ui.px(6) + ui.px(5) * static_cast<float>(bar);
    draw.AddRectFilled({x, base - high}, {x + ui.px(5), base}, bar == 2 ? t.accent : t.text_faint,
                       ui.px(1.5f));
  }
  if (ui.narrow()) return;
  const float width =
      draw_text(ui.fonts.semibold, t.text,
                {row.min.x, centred_y(ui.fonts.semibold, row.min.y, row.max.y)}, "poollab");
  row.cut_left(std::ceil(width), ui.px(20));
}

void draw_library_item(Ui& ui, const ScenarioCard& entry) {
  const Theme& t = ui.theme;
  const float width = ui.px(430);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Box box{at, {at.x + width, at.y + ui.px(40)}};
  const bool pressed = hit(ui, "scenario." + entry.name, box);
  ImGui::Dummy(box.size());
  if (ImGui::IsMouseHoveringRect(box.min, box.max)) {
    ImGui::GetWindowDrawList()->AddRectFilled(box.min, box.max, t.hovered, ui.px(4));
  }
  const float x = at.x + ui.px(10);
  draw_text(ui.fonts.ui, t.text, {x, at.y + ui.px(3)}, entry.name);
  draw_text_fitted(ui.fonts.small, entry.problem.empty() ? t.text_faint : t.bad,
                   {x, at.y + ui.px(21)}, width - ui.px(20),
                   entry.problem.empty() ? entry.description : entry.problem);
  draw_text_right(ui.fonts.mono, t.text_faint, {box.max.x - ui.px(10), at.y + ui.px(5)},
                  entry.seconds > 0 ? format_length(entry.seconds) : "");
  if (pressed) {
    ui.open_scenario(entry.path);
    ImGui::CloseCurrentPopup();
  }
}

void draw_picker_popup(Ui& ui) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(6), ui.px(6)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {ui.px(6), 0});
  ImGui::PushStyleColor(ImGuiCol_PopupBg, ui.theme.panel);
  if (ImGui::BeginPopup("scenario picker")) {
    if (escape_pressed()) ImGui::CloseCurrentPopup();
    const float rows = static_cast<float>(std::min<std::size_t>(ui.cards.size(), 13));
    ImGui::BeginChild("library", {ui.px(442), rows * ui.px(40)});
    for (const ScenarioCard& entry : ui.cards) draw_library_item(ui, entry);
    ImGui::EndChild();
    ImGui::Dummy({0, ui.px(6)});
    ImGui::SetNextItemWidth(ui.px(342));
    const bool entered =
        ImGui::InputTextWithHint("##path", "or the path of a scenario file", &ui.view.picker.path,
                                 ImGuiInputTextFlags_EnterReturnsTrue);
    ui.tags.item("scenario.path");
    ImGui::SameLine();
    if (icon_button(ui, "scenario.open", Icon::Folder, "Open") || entered) {
      if (!ui.view.picker.path.empty()) {
        ui.open_scenario(ui.view.picker.path);
        ImGui::CloseCurrentPopup();
      }
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
}

void draw_picker(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const bool enabled = !ui.document.running();
  // What is shown is what would be run: nothing, as long as the file asked for cannot be read.
  if (hit(ui, "scenario", box)) {
    if (enabled) {
      ImGui::SetNextWindowPos({box.min.x, box.max.y + ui.px(6)}, ImGuiCond_Always);
      ImGui::OpenPopup("scenario picker");
    } else {
      ui.say("Stop the run before opening another scenario");
    }
  }
  const bool hovered = ImGui::IsItemHovered() && enabled;
  if (hovered && ui.document.has_scenario()) tooltip(ui, "scenario", ui.document.path());
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(box.min, box.max, hovered ? t.hovered : t.raised, ui.px(5));
  const bool open = ui.document.has_scenario();
  draw_text_fitted(ui.fonts.ui, open ? t.text : t.text_soft,
                   {box.min.x + ui.px(11), centred_y(ui.fonts.ui, box.min.y, box.max.y)},
                   box.width() - ui.px(40),
                   open ? ui.document.scenario().name : "Choose a scenario\xe2\x80\xa6");
  draw_icon(draw, {box.max.x - ui.px(16), box.centre().y}, ui.px(6), Icon::Caret,
            enabled ? t.text_soft : t.text_faint);
  ImGui::SetNextWindowPos({box.min.x, box.max.y + ui.px(6)}, ImGuiCond_Always);
  draw_picker_popup(ui);
}

/// How much of it has been served, 0..1.
double served_share(const Document& document, std::size_t index) {
  const SessionProgress& progress = document.progress();
  if (index != progress.trial) return index < progress.trial ? 1 : 0;
  double seconds = progress.trial_s;
  if (!document.running()) {  // stopped in the midst of it
    const RunEntry& entry = document.run_order()[index];
    if (entry.control() || document.tracks()[entry.track].block() != entry.block) return 0;
    seconds = document.tracks()[entry.track].end_s();
  }
  return std::clamp(seconds / std::max(document.planned_s(), 1e-9), 0.0, 1.0);
}

/// A segment per trial of the present block in its pool's colour, filled as it goes on, notched
/// where phases begin.
void draw_segments(Ui& ui, const Box& box, std::span<const RunEntry> trials, std::size_t first) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const double planned = std::max(ui.document.planned_s(), 1e-9);
  const float n = static_cast<float>(trials.size());
  const float gap = std::min(ui.px(3), box.width() / n * 0.3f);
  const float width = (box.width() - gap * (n - 1)) / n;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const float x = std::round(box.min.x + (width + gap) * static_cast<float>(i));
    const ImVec2 max{std::round(x + width), box.max.y};
    draw.AddRectFilled({x, box.min.y}, max, t.raised, ui.px(2));
    if (const double share = served_share(ui.document, first + i); share > 0) {
      const ImU32 color = ui.pool_color(slot_of(ui, trials[i].pool));
      draw.AddRectFilled({x, box.min.y}, {x + (max.x - x) * static_cast<float>(share), max.y},
                         trials[i].control() ? with_alpha(color, 0.5f) : color, ui.px(2));
    }
    for (const scenarios::PhaseSpan& phase : ui.document.phases()) {
      const double begin = std::chrono::duration<double>(phase.begin).count();
      if (begin <= 0) continue;
      const float notch = std::round(x + (max.x - x) * static_cast<float>(begin / planned));
      draw.AddRectFilled({notch, box.min.y}, {notch + std::max(1.0f, ui.px(1)), max.y}, t.panel);
    }
  }
}

struct ProgressWords {
  std::string left, right;
};

ProgressWords progress_words(const Document& document) {
  const SessionProgress& progress = document.progress();
  const std::uint32_t blocks = document.blocks();
  const RunEntry* entry = document.present();
  if (entry == nullptr) {
    return {run_state_name(document.state()),
            blocks > 1 ? fmt::format("{} blocks", blocks)
                       : fmt::format("{} trials", document.run_order().size())};
  }
  // Before its pool stands, the session has no trial to speak of yet.
  const bool begun = progress.trial_s > 0;
  ProgressWords words;
  words.left = fmt::format("{}  \xc2\xb7  {}", entry->name(), begun ? progress.phase : "starting");
  words.right = fmt::format("{:.1f} / {:.1f} s", progress.trial_s, document.planned_s());
  if (blocks > 1) {
    words.left += fmt::format("  \xc2\xb7  block {} of {}", entry->block + 1, blocks);
    words.right = format_length(progress.left_s) + " left";
  }
  return words;
}

void draw_progress(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  const std::vector<RunEntry>& order = ui.document.run_order();
  if (order.empty() || box.width() < ui.px(130)) return;
  const std::size_t present = std::min(ui.document.progress().trial, order.size() - 1);
  const auto in_block = [&](const RunEntry& entry) { return entry.block == order[present].block; };
  std::size_t first = present, end = present + 1;
  while (first > 0 && in_block(order[first - 1])) --first;
  while (end < order.size() && in_block(order[end])) ++end;
  const float y = box.centre().y + ui.px(5);
  draw_segments(ui, {{box.min.x, y}, {box.max.x, y + ui.px(6)}},
                std::span(order).subspan(first, end - first), first);
  const ProgressWords words = progress_words(ui.document);
  const float text_y = y - ui.px(20);
  const float taken = text_width(ui.fonts.mono, words.right) + ui.px(12);
  draw_text_fitted(ui.fonts.small, t.text_soft, {box.min.x, text_y}, box.width() - taken,
                   words.left);
  draw_text_right(ui.fonts.mono, t.text_soft, {box.max.x, text_y}, words.right);
}

void draw_live_button(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  if (hit(ui, "live", box)) ui.set_live(!ui.time.live());
  const bool hovered = ImGui::IsItemHovered();
  const bool live = ui.time.live();
  const bool running = ui.document.running();
  const ImU32 color = live ? (running ? t.good : t.text_soft) : t.warning;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImU32 ground = live && running ? with_alpha(t.good, hovered ? 0.24f : 0.16f)
                                       : (hovered ? t.hovered : t.raised);
  draw.AddRectFilled(box.min, box.max, ground, ui.px(5));
  const bool words = box.width() > ui.px(50);
  draw.AddCircleFilled({words ? box.min.x + ui.px(15) : box.centre().x, box.centre().y}, ui.px(4),
                       color, 16);
  if (words) {
    draw_text(ui.fonts.ui, color,
              {box.min.x + ui.px(26), centred_y(ui.fonts.ui, box.min.y, box.max.y)},
              live ? "Live" : "Held");
  }
  if (hovered)
    tooltip(ui, "live", live ? "The time axis follows the run (L)" : "Follow the run again (L)");
}

void draw_measure_button(Ui& ui, const Box& box, bool words) {
  const Theme& t = ui.theme;
  if (hit(ui, "measure", box)) ui.toggle_still();
  const bool hovered = ImGui::IsItemHovered();
  const bool on = ui.view.still;
  const ImU32 color = on ? t.accent : t.text_soft;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(
      box.min, box.max,
      on ? with_alpha(t.accent, hovered ? 0.24f : 0.16f) : (hovered ? t.hovered : t.raised),
      ui.px(5));
  const float x = words ? box.min.x + ui.px(17) : box.centre().x;
  draw_icon(draw, {x, box.centre().y}, ui.px(7), Icon::Stopwatch, color);
  if (words) {
    draw_text(ui.fonts.ui, color,
              {box.min.x + ui.px(31), centred_y(ui.fonts.ui, box.min.y, box.max.y)}, kMeasure);
  }
  if (hovered) {
    tooltip(ui, "measure",
            on ? "The window stands still while a trial is measured (M)"
               : "Draw nothing while a trial is measured (M)");
  }
}

}  // namespace

void draw_toolbar(Ui& ui, const Box& box) {
  const Theme& t = ui.theme;
  ui.backdrop.fill(*ImGui::GetWindowDrawList(), box, t.panel);
  ui.tags.box("panel.toolbar", box.min, box.max);
  ImGui::GetWindowDrawList()->AddRectFilled({box.min.x, box.max.y - 1}, box.max, t.line);
  const float high = ImGui::GetFrameHeight();
  Box row{{box.min.x + ui.px(16), std::floor(box.centre().y - high * 0.5f)},
          {box.max.x - ui.px(12), std::floor(box.centre().y + high * 0.5f)}};
  const bool narrow = ui.narrow();
  const bool very_narrow = ui.very_narrow();
  const float gap = ui.px(narrow ? 6 : 8);
  const char* const stop = narrow ? "" : "Stop";
  const char* const to_file = narrow ? "" : "Export";
  const char* const run = very_narrow ? "" : "Run";

  draw_name(ui, row);
  draw_picker(ui, row.cut_left(ui.px(very_narrow ? 150 : (narrow ? 180 : 210)), gap));
  const RunState state = ui.document.state();
  const bool running = ui.document.running();
  const bool runnable = ui.document.has_scenario() && !running && !ui.document.load_failed();
  const auto place = [](const Box& at) { ImGui::SetCursorScreenPos(at.min); };
  place(row.cut_left(icon_button_width(ui, run), gap));
  if (icon_button(ui, "run", Icon::Play, run,
                  {.primary = true,
                   .enabled = runnable,
                   .tip = ui.document.load_failed()
                              ? "The file could not be read: mend it and reload"
                              : "Serve the scenario with every ticked pool (Space)"})) {
    ui.run_or_stop();
  }
  place(row.cut_left(icon_button_width(ui, stop), ui.px(narrow ? 10 : 18)));
  if (icon_button(ui, "stop", Icon::Stop, stop,
                  {.enabled = state == RunState::Running,
                   .tip = "End early and keep what was measured (Space)"})) {
    ui.document.stop();
  }

  place(row.cut_right(icon_button_width(ui, ""), gap));
  if (icon_button(ui, "theme", ui.theme.dark ? Icon::Sun : Icon::Moon, "",
                  {.tip = "Light or dark (T)"})) {
    ui.view.look.dark = !ui.view.look.dark;
  }
  place(row.cut_right(icon_button_width(ui, to_file), gap));
  if (icon_button(ui, "export", Icon::Export, to_file,
                  {.enabled = ui.document.result() != nullptr,
                   .tip = "Write the result as JSON (Ctrl+E)"})) {
    ui.view.export_box.asked = true;
  }
  draw_live_button(ui, row.cut_right(narrow ? icon_button_width(ui, "") : ui.px(68), gap));
  const float measure =
      narrow ? icon_button_width(ui, "") : std::ceil(text_width(ui.fonts.ui, kMeasure)) + ui.px(43);
  draw_measure_button(ui, row.cut_right(measure, gap), !narrow);
  // With the interface enlarged in a small window the time window is the first to go: W and S do
  // it.
  if (const float wide = segmented_width(ui, kWindowNames); wide <= row.width()) {
    place(row.cut_right(wide, ui.px(18)));
    if (segmented(ui, "window", kWindowNames, ui.view.plots.window)) {
      const double seconds = kWindowSeconds[ui.view.plots.window];
      if (seconds > 0) {
        ui.time.follow(seconds);
      } else {
        ui.time.follow_all();
      }
    }
  }
  const float widest = ui.px(560);
  if (row.width() > widest) row.cut_right(row.width() - widest);
  if (!ui.view.welcome) draw_progress(ui, row);
}

}  // namespace lab::gui
