// What the window does when one uses it, without a display.
#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/lab/gui/headless_window.h"

namespace lab::gui {
namespace {

class WindowVerbs : public HeadlessWindow {
 protected:
  void run_two() {
    ASSERT_TRUE(content_->open("two.json"));
    content_->run();
    ASSERT_TRUE(run_to_the_end());
  }
};

TEST_F(WindowVerbs, FollowsThePoolBeingServedUntilOneIsPicked) {
  run_two();
  EXPECT_EQ(state("selected"), "push-round") << "the last one served";
  click("pool.pull");
  EXPECT_EQ(state("selected"), "pull");
  content_->run();
  ASSERT_TRUE(run_to_the_end());
  EXPECT_EQ(state("selected"), "pull") << "picked is picked";
}

TEST_F(WindowVerbs, AFailedLoadIsNotRunAsTheOldOne) {
  ASSERT_TRUE(content_->open("two.json"));
  content_->open("broken.json");
  settle();
  click("run");
  press(GLFW_KEY_SPACE);
  EXPECT_FALSE(content_->document().running());
  EXPECT_EQ(state("run"), "Ready");
  click("dismiss");
  click("run");
  EXPECT_NE(state("run"), "Ready") << "it runs, or has run";
}

TEST_F(WindowVerbs, ASelectionStaysWhenOneZoomsToIt) {
  run_two();
  const ImVec4 box = tags_.boxes().at("plot.throughput");
  const float y = (box.y + box.w) / 2;
  queue_.move(box.x + (box.z - box.x) * 0.3f, y);
  queue_.button(0, true, now_);
  queue_.move(box.x + (box.z - box.x) * 0.6f, y);
  queue_.button(0, false, now_);
  settle();
  ASSERT_EQ(state("selection"), "yes");
  press(GLFW_KEY_Z);
  EXPECT_EQ(state("selection"), "yes");
  EXPECT_EQ(state("live"), "no");
  press(GLFW_KEY_ESCAPE);
  EXPECT_EQ(state("selection"), "no");
}

TEST_F(WindowVerbs, ExportAsksBeforeItReplacesAFile) {
  run_two();
  std::ofstream("two.result.json") << "precious";
  click("export");
  settle();
  click("export.save");
  ASSERT_TRUE(shown("export.replace"));
  EXPECT_EQ(std::filesystem::file_size("two.result.json"), 8u);
  click("export.replace");
  EXPECT_EQ(state("exported"), "two.result.json");
  EXPECT_GT(std::filesystem::file_size("two.result.json"), 1000u);
  EXPECT_EQ(state("unsaved"), "0");
}

TEST_F(WindowVerbs, ClosingAsksAboutResultsThatAreSavedNowhere) {
  EXPECT_TRUE(content_->may_close());
  run_two();
  EXPECT_FALSE(content_->may_close());
  settle();
  ASSERT_TRUE(shown("close.save"));
  click("close.cancel");
  EXPECT_EQ(content_->view().close_box.leave, Leave::No);
  EXPECT_FALSE(content_->may_close());
  settle();
  click("close.save");
  EXPECT_EQ(content_->view().close_box.leave, Leave::AfterSaving);
}

class WindowOfTrials : public HeadlessWindow {
 protected:
  WindowOfTrials() : HeadlessWindow(&two_of_each) {}
};

TEST_F(WindowOfTrials, HasOneRowForAllTrialsOfAPool) {
  ASSERT_TRUE(content_->open("two.json"));
  settle();
  EXPECT_TRUE(shown("pool.pull"));
  EXPECT_FALSE(shown("pool.pull #2"));
  content_->run();
  EXPECT_EQ(content_->document().blocks(), 2u);
  ASSERT_TRUE(run_to_the_end());
  EXPECT_EQ(state("trial"), "4/4");
  EXPECT_EQ(state("selected"), "pull") << "the last one served: the second block goes backwards";
  EXPECT_EQ(state("baseline"), "pull");
  click("tab.Compare");
  click("row.push-round");
  EXPECT_EQ(state("selected"), "push-round");
  press(GLFW_KEY_B);
  EXPECT_EQ(state("baseline"), "push-round");
  for (const char* tab : {"Heat maps", "Workers", "Results", "Live"})
    click(std::string("tab.") + tab);
  click("tick.pull");
  EXPECT_FALSE(content_->document().included(0)) << "a pool takes part with all its trials";
  content_->run();
  ASSERT_TRUE(run_to_the_end());
  EXPECT_EQ(state("trial"), "2/2");
  const Document& document = content_->document();
  for (const TrialTrack& track : document.tracks()) {
    EXPECT_EQ(track.blocks().size(), track.slot() == 1 ? 2u : 0u);
  }
}

TEST_F(WindowVerbs, StandsStillWhenItIsToldTo) {
  ASSERT_TRUE(content_->open("two.json"));
  settle();
  EXPECT_EQ(state("still"), "no");
  click("measure");
  EXPECT_EQ(state("still"), "yes");
  press(GLFW_KEY_M);
  EXPECT_EQ(state("still"), "no");
  press(GLFW_KEY_M);
  content_->run();
  frame();  // with the notice
  content_->draw_again(now_);
  frame();
  EXPECT_EQ(state("still"), "no");
  EXPECT_NE(state("toast"), "");
  ASSERT_TRUE(run_to_the_end());
}

}  // namespace
}  // namespace lab::gui
