// What lies on top of everything: the list of keys, a message that fades, the export box.
// imgui.h first: imgui_stdlib.h does not include it.
#include <imgui.h>
#include <imgui_stdlib.h>

#include <array>
#include <filesystem>

#include "lab/gui/panels/panels.h"
#include "lab/gui/widgets.h"

namespace lab::gui {

namespace {

struct KeyLine {
  const char* keys;
  const char* what;
};

constexpr std::array<KeyLine, 18> kKeys{{
    {"Space", "Run, or stop and keep what was measured"},
    {"1 \xe2\x80\xa6 5", "Switch the tab"},
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
  const float line = ui.px(27);
  const ImVec2 size{ui.px(480), line * static_cast<float>(kKeys.size()) + ui.px(84)};
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
    draw.AddRectFilled({at.x + ui.px(26), y}, {at.x + ui.px(26) + width, y + ui.px(21)}, t.active,
                       ui.px(4));
    draw_text(ui.fonts.mono, t.text, {at.x + ui.px(33), centred_y(ui.fonts.mono, y, y + ui.px(21))},
              key.keys);
    draw_text(ui.fonts.ui, t.text_soft,
              {at.x + ui.px(160), centred_y(ui.fonts.ui, y, y + ui.px(21))}, key.what);
    y += line;
  }
  ImGui::End();
  ImGui::PopStyleColor();
}

void draw_toast(Ui& ui, const Box& screen) {
  const Toast& toast = ui.view.toast;
  if (toast.text.empty() || ui.view.seconds >= toast.until) return;
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  const ImFont* font = ui.fonts.ui;
  const ImVec2 size{text_width(font, toast.text) + ui.px(36), ui.px(38)};
  const ImVec2 at{std::floor(screen.max.x - size.x - ui.px(20)),
                  std::floor(screen.max.y - size.y - ui.px(44))};
  draw.AddRectFilled(at, {at.x + size.x, at.y + size.y}, t.raised, ui.px(6));
  draw.AddRect(at, {at.x + size.x, at.y + size.y}, toast.bad ? t.bad : t.line, ui.px(6));
  draw.AddText(font, font->FontSize, {at.x + ui.px(18), centred_y(font, at.y, at.y + size.y)},
               t.text, toast.text.c_str());
}

void draw_export_box(Ui& ui) {
  View& view = ui.view;
  if (view.export_asked) {
    view.export_asked = false;
    if (ui.bench.result() == nullptr) {
      ui.say("There is no finished run to export yet");
    } else {
      ImGui::OpenPopup("export box");
    }
  }
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(24), ui.px(20)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(8));
  ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1);
  ImGui::PushStyleColor(ImGuiCol_PopupBg, ui.theme.panel);
  if (ImGui::BeginPopupModal("export box", nullptr,
                             ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize)) {
    ImGui::PushFont(ui.fonts.heading);
    ImGui::TextUnformatted("Export the result");
    ImGui::PopFont();
    ImGui::PushStyleColor(ImGuiCol_Text, ui.theme.text_soft);
    ImGui::TextUnformatted("Figures, histograms, time series and verdicts of every pool as JSON.");
    ImGui::PopStyleColor();
    ImGui::Dummy({ui.px(560), ui.px(4)});
    ImGui::SetNextItemWidth(ui.px(560));
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    bool save =
        ImGui::InputText("##file", &view.export_path,
                         ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
    ui.tags.item("export.path");
    ImGui::Dummy({0, ui.px(6)});
    save = icon_button(ui, "export.save", Icon::Export, "Save", {.primary = true}) || save;
    ImGui::SameLine();
    if (icon_button(ui, "export.cancel", Icon::Cross, "Cancel") || escape_pressed()) {
      ImGui::CloseCurrentPopup();
    }
    if (save && !view.export_path.empty()) {
      const std::string problem = ui.bench.export_result(view.export_path);
      if (problem.empty()) {
        view.exported = view.export_path;
        ui.say("Wrote " + view.export_path);
      } else {
        ui.say(problem, true);
      }
      ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
}

}  // namespace lab::gui
