#include "lab/gui/input_queue.h"

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include "tests/lab/gui/headless.h"

namespace lab::gui {
namespace {

constexpr int kLeft = 0;

class InputQueueTest : public Headless {
 protected:
  void button() {
    ImGui::SetCursorScreenPos({100, 100});
    if (ImGui::Button("press", {80, 30})) ++clicks_;
    if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(kLeft)) ++doubles_;
    for (const auto& press : queue_.presses()) presses_.push_back(press);
  }
  void click(double at) {
    queue_.button(kLeft, true, at);
    queue_.button(kLeft, false, at + 0.01);
  }

  int clicks_ = 0;
  int doubles_ = 0;
  std::vector<InputQueue::KeyPress> presses_;
};

TEST_F(InputQueueTest, NoClickIsLostWhenManyArriveInOneFrame) {
  frame([this] { button(); });
  queue_.move(120, 110);
  for (int i = 0; i < 100; ++i) click(i * 0.02);
  drain([this] { button(); });
  EXPECT_EQ(clicks_, 100);
  EXPECT_EQ(queue_.waiting(), 0u);
}

TEST_F(InputQueueTest, AClickHappensWhereTheMouseWasThen) {
  frame([this] { button(); });
  queue_.move(120, 110);
  click(0);
  queue_.move(700, 500);
  drain([this] { button(); });
  EXPECT_EQ(clicks_, 1);
  EXPECT_EQ(ImGui::GetIO().MousePos.x, 700);
}

TEST_F(InputQueueTest, AQuickMoveAndPressStartTheDragAtThePress) {
  float dragged = 0;
  const auto draw = [&] {
    ImGui::SetCursorScreenPos({100, 100});
    ImGui::InvisibleButton("area", {400, 300});
    if (ImGui::IsItemActive()) dragged = ImGui::GetMouseDragDelta(kLeft, 0).x;
  };
  frame(draw);
  queue_.move(150, 150);
  queue_.button(kLeft, true, 0);
  queue_.move(250, 150);
  queue_.move(350, 150);
  queue_.button(kLeft, false, 0.1);
  drain(draw);
  EXPECT_EQ(dragged, 200);
}

TEST_F(InputQueueTest, DoubleClicksAreTimedByTheEvents) {
  frame([this] { button(); });
  queue_.move(120, 110);
  click(1.0);
  click(1.2);
  frame_seconds_ = 1;  // for ImGui seconds pass between the two
  drain([this] { button(); });
  EXPECT_EQ(doubles_, 1);
  frame_seconds_ = 0.001f;
  click(5.0);
  click(5.6);  // too slow, although the frames follow at once
  drain([this] { button(); });
  EXPECT_EQ(doubles_, 1);
  click(9.0);
  click(9.1);
  click(9.2);  // the third of three is not another pair
  drain([this] { button(); });
  EXPECT_EQ(doubles_, 2);
}

TEST_F(InputQueueTest, KeyPressesComeInOrderWithTheirModifiers) {
  queue_.key(GLFW_KEY_A, true);
  queue_.key(GLFW_KEY_A, false);
  queue_.key(GLFW_KEY_A, true);
  queue_.key(GLFW_KEY_A, false);
  queue_.key(GLFW_KEY_LEFT_CONTROL, true);
  queue_.key(GLFW_KEY_S, true);
  queue_.key(GLFW_KEY_LEFT_CONTROL, false);
  queue_.key(GLFW_KEY_S, false);
  queue_.key(GLFW_KEY_B, true);
  drain([this] { button(); });
  ASSERT_EQ(presses_.size(), 5u);
  EXPECT_EQ(presses_[0].key, GLFW_KEY_A);
  EXPECT_EQ(presses_[1].key, GLFW_KEY_A);
  EXPECT_EQ(presses_[2].key, GLFW_KEY_LEFT_CONTROL);
  EXPECT_EQ(presses_[3].key, GLFW_KEY_S);
  EXPECT_TRUE(presses_[3].ctrl);
  EXPECT_EQ(presses_[4].key, GLFW_KEY_B);
  EXPECT_FALSE(presses_[4].ctrl);
}

TEST_F(InputQueueTest, ImGuiSeesEveryKeyGoDownAndUp) {
  for (int i = 0; i < 10; ++i) {
    queue_.key(GLFW_KEY_K, true);
    queue_.key(GLFW_KEY_K, false);
  }
  int seen = 0;
  drain([&] { seen += ImGui::IsKeyPressed(GLFW_KEY_K, false); });
  EXPECT_EQ(seen, 10);
}

TEST_F(InputQueueTest, AModifierLetGoLateStillBelongsToTheKey) {
  queue_.key(GLFW_KEY_LEFT_CONTROL, true);
  queue_.key(GLFW_KEY_A, true);
  queue_.key(GLFW_KEY_LEFT_CONTROL, false);
  bool with_ctrl = false;
  drain([&] {
    if (ImGui::IsKeyPressed(GLFW_KEY_A, false)) with_ctrl = ImGui::GetIO().KeyCtrl;
  });
  EXPECT_TRUE(with_ctrl);
}

TEST_F(InputQueueTest, TextKeepsItsOrder) {
  static char text[64] = "";
  text[0] = 0;
  const auto draw = [] {
    ImGui::SetKeyboardFocusHere();
    ImGui::InputText("text", text, sizeof text);
  };
  frame(draw);
  frame(draw);
  for (const char c : std::string("workers")) {
    queue_.key(c - 'a' + GLFW_KEY_A, true);
    queue_.character(static_cast<unsigned char>(c));
    queue_.key(c - 'a' + GLFW_KEY_A, false);
  }
  drain(draw);
  EXPECT_STREQ(text, "workers");
}

TEST_F(InputQueueTest, LosingTheFocusReleasesEverything) {
  queue_.key(GLFW_KEY_LEFT_SHIFT, true);
  queue_.move(120, 110);
  queue_.button(kLeft, true, 0);
  drain([this] { button(); });
  EXPECT_TRUE(ImGui::GetIO().KeyShift);
  EXPECT_TRUE(ImGui::GetIO().MouseDown[kLeft]);
  queue_.focus(false);
  drain([this] { button(); });
  EXPECT_FALSE(ImGui::GetIO().KeyShift);
  EXPECT_FALSE(ImGui::GetIO().MouseDown[kLeft]);
}

TEST_F(InputQueueTest, AMouseThatLeftIsNowhere) {
  queue_.move(120, 110);
  queue_.leave();
  drain([this] { button(); });
  EXPECT_FALSE(ImGui::IsMousePosValid());
}

}  // namespace
}  // namespace lab::gui
