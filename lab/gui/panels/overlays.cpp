// What lies on top of everything: the list of keys, a message that fades, the export box.
// imgui.h first: imgui_stdlib.h does not include it.
#include <imgui.h>
#include <imgui_stdlib.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

struct KeyLine {
  const char* keys;
  const char* what;
};

constexpr std::array<KeyLine, 19> kKeys{{
    {"Space", "Run, or stop and keep what was measured"},
    {"M", "Stand still while a trial is measured"},
    {"1 \xe2\x80\xa6 6", "Switch the tab"},
    {"Up  Down", "Select a pool"},
    {"B", "Make the selected pool the baseline"},
    {"V", "Hide or show the selected pool"},
    {"Shift+V", "Show only the selected pool"},
    {"L", "Follow the run, or hold"},
    {"A  D", "Move along the time axis"},
    {"W  S", "Zoom the time axis"},
    {"F", "Fit the whole run"},
    {"Z", "Zoom to the selection"},
    {"Ctrl+O", "Choose a scenario"},
    {"Ctrl+R", "Read the scenario file again"},
    {"Ctrl+E", "Export the result"},
    {"Ctrl + - 0", "Larger, smaller, usual size"},
    {"T", "Light or dark"},
    {"Esc", "Clear the selection, close this"},
    {"F1  ?", "This list"},
}};

}  // namespace

void draw_help(Ui& ui, const Box& screen) {
  if (!ui.view.help) return;
  const Theme& t = ui.theme;
  const float frame = ui.px(84);
  const float line = std::floor(
      std::clamp((screen.height() - frame - ui.px(16)) / static_cast<float>(kKeys.size()),
                 ui.px(19), ui.px(27)));
  const float key_height = line - ui.px(4);
  const ImVec2 size{ui.px(480), line * static_cast<float>(kKeys.size()) + frame};
  const ImVec2 at{std::floor(screen.centre().x - size.x * 0.5f),
                  std::floor(screen.centre().y - size.y * 0.5f)};
  ImGui::SetNextWindowPos(screen.min);
  ImGui::SetNextWindowSize(screen.size());
  ImGui::SetNextWindowFocus();
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::ColorConvertU32ToFloat4(rgb(0x000000, 0.55f)));
  ImGui::Begin(
      "help", nullptr,
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
  if (hit(ui, "help", screen)) ui.view.help = false;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + size.x, at.y + size.y};
  draw.AddRectFilled(at, end, t.panel, ui.px(8));
  draw.AddRect(at, end, t.line, ui.px(8));
  draw_text(ui.fonts.heading, t.text, {at.x + ui.px(26), at.y + ui.px(20)}, "Keys");
  draw_text_right(ui.fonts.small, t.text_faint, {end.x - ui.px(26), at.y + ui.px(27)},
                  "drag selects, wheel zooms, right-drag moves");
  float y = at.y + ui.px(62);
  for (const KeyLine& key : kKeys) {
    const float width = text_width(ui.fonts.mono, key.keys) + ui.px(14);
    draw.AddRectFilled({at.x + ui.px(26), y}, {at.x + ui.px(26) + width, y + key_height}, t.active,
                       ui.px(4));
    draw_text(ui.fonts.mono, t.text,
              {at.x + ui.px(33), centred_y(ui.fonts.mono, y, y + key_height)}, key.keys);
    draw_text(ui.fonts.ui, t.text_soft,
              {at.x + ui.px(160), centred_y(ui.fonts.ui, y, y + key_height)}, key.what);
    y += line;
  }
  ImGui::End();
  ImGui::PopStyleColor();
}

void draw_still_notice(Ui& ui, const Box& screen) {
  const RunEntry* entry = ui.document.present();
  if (!ui.view.still || entry == nullptr) return;
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  const std::string what =
      fmt::format("Measuring {}, trial {} of {}", entry->name(), ui.document.progress().trial + 1,
                  ui.document.run_order().size());
  constexpr std::string_view kWhy = "The window stands still meanwhile. Any key or click wakes it.";
  const float pad = ui.px(24);
  const float words = std::min(
      std::max(text_width(ui.fonts.semibold, what), text_width(ui.fonts.small, kWhy)) + ui.px(1),
      screen.width() - 2 * pad - ui.px(60));
  const ImVec2 size{words + 2 * pad + ui.px(26), ui.px(72)};
  const ImVec2 at{std::floor(screen.centre().x - size.x * 0.5f),
                  std::floor(screen.centre().y - size.y * 0.5f)};
  const ImVec2 end{at.x + size.x, at.y + size.y};
  draw.AddRectFilled(at, end, t.raised, ui.px(8));
  draw.AddRect(at, end, t.line, ui.px(8));
  draw_icon(draw, {at.x + pad + ui.px(6), screen.centre().y}, ui.px(11), Icon::Stopwatch, t.accent);
  // The foreground's list is none that draw_text() writes to.
  const float x = at.x + pad + ui.px(26);
  const ImFont* heading = ui.fonts.semibold;
  draw.AddText(heading, heading->FontSize, {x, at.y + ui.px(16)}, t.text, what.c_str());
  draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {x, at.y + ui.px(40)}, t.text_soft,
               kWhy.data(), kWhy.data() + kWhy.size());
}

void draw_toast(Ui& ui, const Box& screen) {
  const Toast& toast = ui.view.toast;
  if (toast.text.empty() || ui.view.seconds >= toast.until) return;
  const Theme& t = ui.theme;
  constexpr int kMostLines = 4;
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  ImFont* font = ui.fonts.ui;
  const float widest = std::min(ui.px(620), screen.width() - ui.px(40)) - ui.px(36);
  const int lines = wrapped_lines(font, widest, kMostLines, toast.text);
  const float line = ui.px(20);
  const ImVec2 size{std::min(widest, text_width(font, toast.text)) + ui.px(36),
                    line * static_cast<float>(lines) + ui.px(18)};
  const ImVec2 at{std::floor(screen.max.x - size.x - ui.px(20)),
                  std::floor(screen.max.y - size.y - ui.px(44))};
  draw.AddRectFilled(at, {at.x + size.x, at.y + size.y}, t.raised, ui.px(6));
  draw.AddRect(at, {at.x + size.x, at.y + size.y}, toast.bad ? t.bad : t.line, ui.px(6));
  draw.AddText(font, font->FontSize, {at.x + ui.px(18), at.y + ui.px(10)}, t.text,
               toast.text.c_str(), nullptr, lines > 1 ? widest : 0.0f);
}

namespace {

/// The looks of a box that everything else waits for; ends with the object.
class BoxStyle {
 public:
  explicit BoxStyle(const Ui& ui) {
    ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(24), ui.px(20)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1);
    ImGui::PushStyleColor(ImGuiCol_PopupBg, ui.theme.panel);
  }
  ~BoxStyle() {
    ImGui::PopStyleColor();
    ImGui::PopStyleVar(3);
  }
  BoxStyle(const BoxStyle&) = delete;
  BoxStyle& operator=(const BoxStyle&) = delete;
};

constexpr ImGuiWindowFlags kBoxFlags =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize;

void box_text(const Ui& ui, const char* heading, const std::string& text, float width) {
  ImGui::PushFont(ui.fonts.heading);
  ImGui::TextUnformatted(heading);
  ImGui::PopFont();
  ImGui::PushStyleColor(ImGuiCol_Text, ui.theme.text_soft);
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width);
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
  ImGui::Dummy({width, ui.px(4)});
}

/// True when it was written.
bool save_result(Ui& ui) {
  View& view = ui.view;
  std::error_code error;
  // Never over what is there unless it was said.
  if (!view.export_box.replace_asked && std::filesystem::exists(view.export_box.path, error)) {
    view.export_box.replace_asked = true;
    return false;
  }
  const std::string problem = ui.document.export_result(view.export_box.path);
  if (problem.empty()) {
    view.export_box.written = view.export_box.path;
    ui.say("Wrote " + view.export_box.path);
  } else {
    ui.say(problem, true);
  }
  return true;
}

}  // namespace

void draw_export_box(Ui& ui) {
  View& view = ui.view;
  if (view.export_box.asked) {
    view.export_box.asked = false;
    view.export_box.replace_asked = false;
    if (ui.document.result() == nullptr) {
      ui.say("There is no finished run to export yet");
    } else {
      ImGui::OpenPopup("export box");
    }
  }
  const BoxStyle style(ui);
  if (!ImGui::BeginPopupModal("export box", nullptr, kBoxFlags)) return;
  const float width = std::min(ui.px(560), ImGui::GetIO().DisplaySize.x - ui.px(70));
  box_text(ui, "Export the result",
           "Figures, histograms, time series and verdicts of every pool as JSON.", width);
  ImGui::SetNextItemWidth(width);
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  const std::string before = view.export_box.path;
  bool save =
      ImGui::InputText("##file", &view.export_box.path,
                       ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
  if (view.export_box.path != before) view.export_box.replace_asked = false;
  ui.tags.item("export.path");
  ImGui::Dummy({0, ui.px(6)});
  if (view.export_box.replace_asked) {
    ImGui::PushStyleColor(ImGuiCol_Text, ui.theme.warning);
    ImGui::TextUnformatted("That file is there already.");
    ImGui::PopStyleColor();
    ImGui::Dummy({0, ui.px(4)});
  }
  const char* const label = view.export_box.replace_asked ? "Replace" : "Save";
  save = icon_button(ui, view.export_box.replace_asked ? "export.replace" : "export.save",
                     Icon::Export, label, {.primary = true}) ||
         save;
  ImGui::SameLine();
  // Without a result any more there is nothing to save: another run has begun.
  const bool gone = ui.document.result() == nullptr;
  if (icon_button(ui, "export.cancel", Icon::Cross, "Cancel") || escape_pressed() || gone) {
    ImGui::CloseCurrentPopup();
  }
  if (save && !gone && !view.export_box.path.empty() && save_result(ui)) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
}

void draw_close_box(Ui& ui) {
  View& view = ui.view;
  if (view.close_box.asked) {
    view.close_box.asked = false;
    ImGui::OpenPopup("close box");
  }
  const BoxStyle style(ui);
  if (!ImGui::BeginPopupModal("close box", nullptr, kBoxFlags)) return;
  const float width = std::min(ui.px(440), ImGui::GetIO().DisplaySize.x - ui.px(70));
  const std::size_t unsaved = ui.document.unsaved_runs();
  std::string text =
      fmt::format("{} run{} {} not saved. Saving writes <scenario>.result.json here.", unsaved,
                  unsaved == 1 ? "" : "s", unsaved == 1 ? "is" : "are");
  if (ui.document.running()) {
    text =
        "A run is going on. Saving stops it and writes what was measured to "
        "<scenario>.result.json here.";
  }
  box_text(ui, "Keep the results?", text, width);
  if (icon_button(ui, "close.save", Icon::Export, "Save and close", {.primary = true})) {
    view.close_box.leave = Leave::AfterSaving;
    ImGui::CloseCurrentPopup();
  }
  ImGui::SameLine();
  if (icon_button(ui, "close.discard", Icon::Cross, "Discard")) {
    view.close_box.leave = Leave::Now;
    ImGui::CloseCurrentPopup();
  }
  ImGui::SameLine();
  if (icon_button(ui, "close.cancel", Icon::Eye, "Stay") || escape_pressed()) {
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndPopup();
}

}  // namespace lab::gui
