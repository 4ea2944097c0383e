// ImGui without a window: a context with fonts and no backend, and frames that a test scripts. What
// was drawn can be read from the draw lists, and input goes through the real queue.
#pragma once

#include <gtest/gtest.h>
#include <imgui.h>

#include <functional>

#include "lab/gui/fonts.h"
#include "lab/gui/input_queue.h"
#include "lab/gui/theme.h"

namespace lab::gui {

class Headless : public testing::Test {
 protected:
  Headless() {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = {800, 600};
    fonts_ = load_fonts(1.0f);
    apply_style(theme_, 1.0f);
  }
  ~Headless() override { ImGui::DestroyContext(); }

  /// One frame of `draw` in a window that covers the display; returns what apply() said.
  bool frame(const std::function<void()>& draw) {
    ImGuiIO& io = ImGui::GetIO();
    io.DeltaTime = frame_seconds_;
    const bool more = queue_.apply(io);
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(io.DisplaySize);
    ImGui::Begin("root", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    draw();
    ImGui::End();
    ImGui::Render();
    return more;
  }

  /// Frames until the queue is empty, and one more, as the window does it.
  void drain(const std::function<void()>& draw) {
    while (frame(draw)) {
    }
    frame(draw);
  }

  Theme theme_ = dark_theme();
  Fonts fonts_;
  InputQueue queue_;
  float frame_seconds_ = 1.0f / 60;
};

}  // namespace lab::gui
