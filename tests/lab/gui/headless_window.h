// The whole window without a display: its content drawn into ImGui's lists, input through the real
// queue, sessions that really run. Every test has a folder of its own, which is also the current
// one, the scenario library and the home of settings.
#pragma once

#include <gtest/gtest.h>
#include <imgui.h>

#include <memory>
#include <string>
#include <vector>

#include "lab/gui/input_queue.h"
#include "lab/gui/tags.h"
#include "lab/gui/window_content.h"
#include "tests/lab/gui/test_folder.h"

namespace lab::gui {

class HeadlessWindow : public testing::Test {
 protected:
  explicit HeadlessWindow(Document::Planner planner = &trial_source);
  ~HeadlessWindow() override;

  /// Every pool twice, the second time in reverse order and with another seed.
  static TrialSource two_of_each(const scenarios::Scenario& scenario);

  /// A scenario of `pools` pools with short phases, as JSON.
  static std::string scenario_text(const std::string& name, int pools);

  /// One frame; true when input is left for another.
  bool frame();
  /// Frames until the input is used up and eased ranges rest.
  void settle();
  /// Frames until the run is over; false: it did not end in time.
  bool run_to_the_end();

  void click(const std::string& tag);
  void press(int glfw_key);
  bool shown(const std::string& tag) const { return tags_.boxes().contains(tag); }
  std::string state(const std::string& key) const;

  TestFolder folder_;
  Tags tags_{"", true};
  InputQueue queue_;
  std::unique_ptr<WindowContent> content_;
  double now_ = 1000;
};

}  // namespace lab::gui
