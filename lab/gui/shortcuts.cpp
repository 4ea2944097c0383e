#include "lab/gui/shortcuts.h"

#include <GLFW/glfw3.h>

#include <algorithm>

#include "lab/gui/settings.h"

namespace lab::gui {

namespace {

constexpr float kZoomStep = 1.1f;
constexpr double kPanShare = 0.15;  // of the visible range

void zoom_interface(Ui& ui, float factor) {
  ui.view.look.zoom = std::clamp(ui.view.look.zoom * factor, kLeastZoom, kMostZoom);
}

void on_ctrl_key(Ui& ui, int key) {
  switch (key) {
    case GLFW_KEY_EQUAL:
    case GLFW_KEY_KP_ADD:
      zoom_interface(ui, kZoomStep);
      break;
    case GLFW_KEY_MINUS:
    case GLFW_KEY_KP_SUBTRACT:
      zoom_interface(ui, 1 / kZoomStep);
      break;
    case GLFW_KEY_0:
      ui.view.look.zoom = 1;
      break;
    case GLFW_KEY_E:
      ui.view.export_box.asked = true;
      break;
    case GLFW_KEY_O:
      if (!ui.document.running()) ui.view.welcome = true;
      break;
    case GLFW_KEY_R:
      ui.reload();
      break;
    default:
      break;
  }
}

void on_time_key(Ui& ui, int key) {
  const plot::TimeRange range = ui.time.range();
  const double middle = ui.time.hover().value_or((range.begin + range.end) / 2);
  switch (key) {
    case GLFW_KEY_L:
      ui.set_live(!ui.time.live());
      break;
    case GLFW_KEY_F:
      ui.view.plots.window = 2;
      ui.time.follow_all();
      break;
    case GLFW_KEY_Z:
      if (!ui.time.zoom_to_selection()) ui.say("Drag over a plot to select first");
      break;
    case GLFW_KEY_A:
      ui.time.pan(-kPanShare * range.span());
      break;
    case GLFW_KEY_D:
      ui.time.pan(kPanShare * range.span());
      break;
    case GLFW_KEY_W:
      ui.time.zoom(0.8, middle);
      break;
    case GLFW_KEY_S:
      ui.time.zoom(1.25, middle);
      break;
    default:
      break;
  }
}

void on_pool_key(Ui& ui, int key, bool shift) {
  const std::size_t count = ui.document.tracks().size();
  if (count == 0) return;
  const std::size_t selected = ui.view.trials.selected;
  switch (key) {
    case GLFW_KEY_UP:
      ui.select_trial((selected + count - 1) % count);
      break;
    case GLFW_KEY_DOWN:
      ui.select_trial((selected + 1) % count);
      break;
    case GLFW_KEY_B:
      ui.view.trials.baseline = selected;
      break;
    case GLFW_KEY_V:
      if (shift) {
        ui.view.trials.shown.isolate(selected, count);
      } else {
        ui.view.trials.shown.toggle(selected);
      }
      break;
    default:
      break;
  }
}

void on_key(Ui& ui, int key, bool shift) {
  if (key >= GLFW_KEY_1 && key < GLFW_KEY_1 + static_cast<int>(kTabNames.size())) {
    ui.view.tab = static_cast<Tab>(key - GLFW_KEY_1);
  } else if (key == GLFW_KEY_SPACE) {
    ui.run_or_stop();
  } else if (key == GLFW_KEY_T) {
    ui.view.look.dark = !ui.view.look.dark;
  } else if (key == GLFW_KEY_M) {
    ui.toggle_still();
  } else if (key == GLFW_KEY_F1 || (key == GLFW_KEY_SLASH && shift)) {
    ui.view.help = !ui.view.help;
  } else if (key == GLFW_KEY_ESCAPE) {
    if (ui.view.help) {
      ui.view.help = false;
    } else if (ui.time.selection()) {
      ui.time.clear_selection();
    } else if (ui.view.welcome && ui.document.has_scenario()) {
      ui.view.welcome = false;
    }
  } else {
    on_time_key(ui, key);
    on_pool_key(ui, key, shift);
  }
}

}  // namespace

void apply_shortcuts(Ui& ui, const InputQueue& input) {
  const bool typing = ImGui::GetIO().WantTextInput;
  const bool popup = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
  for (const InputQueue::KeyPress& press : input.presses()) {
    if (press.ctrl) {
      on_ctrl_key(ui, press.key);
    } else if (!typing && !popup && !press.alt) {
      on_key(ui, press.key, press.shift);
    }
  }
}

}  // namespace lab::gui
