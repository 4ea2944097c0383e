// Thousands of random clicks, drags, wheels, keys, letters, drops and resizes into the whole
// window. Nothing is expected of it but to go on: ImGui's asserts abort, and under the sanitizers
// every dangling view and every overrun ends the test. Replay: POOLLAB_FUZZ_SEED=n.
#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string>

#include "tests/lab/gui/headless_window.h"

namespace lab::gui {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int kGestures = 1200;  // not optimised and instrumented: a frame costs ten times as much
#else
constexpr int kGestures = 5000;
#endif

std::uint64_t fuzz_seed() {
  if (const char* given = std::getenv("POOLLAB_FUZZ_SEED"))
    return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

class WindowFuzz : public HeadlessWindow {
 protected:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool one_in(int n) { return below(n) == 0; }

  /// Somewhere in a random widget (where things happen), or anywhere.
  void point() {
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    float x = static_cast<float>(below(static_cast<int>(size.x)));
    float y = static_cast<float>(below(static_cast<int>(size.y)));
    const auto& boxes = tags_.boxes();
    if (!boxes.empty() && !one_in(5)) {
      const ImVec4 box = std::next(boxes.begin(), below(static_cast<int>(boxes.size())))->second;
      const auto inside = [this](float a, float b) {
        return a + (b - a) * static_cast<float>(below(1000)) / 1000;
      };
      x = inside(box.x, box.z);
      y = inside(box.y, box.w);
    }
    queue_.move(x, y);
  }

  void click() {
    point();
    const int button = one_in(4) ? 1 : 0;
    const bool shift = one_in(8);
    if (shift) queue_.key(GLFW_KEY_LEFT_SHIFT, true);
    for (int i = one_in(6) ? 2 : 1; i > 0; --i) {
      queue_.button(button, true, now_);
      if (one_in(5)) point();  // a drag
      queue_.button(button, false, now_);
    }
    if (shift) queue_.key(GLFW_KEY_LEFT_SHIFT, false);
  }

  void key() {
    constexpr std::array kKeys{
        GLFW_KEY_SPACE, GLFW_KEY_1,     GLFW_KEY_2,      GLFW_KEY_3,      GLFW_KEY_4,
        GLFW_KEY_5,     GLFW_KEY_6,     GLFW_KEY_UP,     GLFW_KEY_DOWN,   GLFW_KEY_B,
        GLFW_KEY_V,     GLFW_KEY_L,     GLFW_KEY_A,      GLFW_KEY_D,      GLFW_KEY_W,
        GLFW_KEY_S,     GLFW_KEY_F,     GLFW_KEY_Z,      GLFW_KEY_T,      GLFW_KEY_F1,
        GLFW_KEY_TAB,   GLFW_KEY_ENTER, GLFW_KEY_ESCAPE, GLFW_KEY_ESCAPE, GLFW_KEY_BACKSPACE};
    const int which = kKeys[static_cast<std::size_t>(below(kKeys.size()))];
    queue_.key(which, true);
    queue_.key(which, false);
  }

  void ctrl_key() {
    constexpr std::array kKeys{GLFW_KEY_O, GLFW_KEY_R,     GLFW_KEY_E, GLFW_KEY_EQUAL,
                               GLFW_KEY_0, GLFW_KEY_MINUS, GLFW_KEY_A, GLFW_KEY_V};
    queue_.key(GLFW_KEY_LEFT_CONTROL, true);
    const int which = kKeys[static_cast<std::size_t>(below(kKeys.size()))];
    queue_.key(which, true);
    queue_.key(which, false);
    queue_.key(GLFW_KEY_LEFT_CONTROL, false);
  }

  void resize() {
    const std::array<ImVec2, 6> kSizes{
        {{1440, 900}, {1280, 720}, {800, 600}, {640, 480}, {1920, 1080}, {320, 200}}};
    ImGui::GetIO().DisplaySize = kSizes[static_cast<std::size_t>(below(kSizes.size()))];
  }

  void gesture() {
    switch (below(20)) {
      case 0:
        queue_.wheel(0, static_cast<float>(below(7) - 3));
        break;
      case 1:
        ctrl_key();
        break;
      case 2:
        queue_.character("01aZ.-_ \u00e9"[below(8)]);
        break;
      case 3:
        if (one_in(4)) resize();
        break;
      case 4:
        if (one_in(3)) queue_.leave();
        if (one_in(6)) queue_.focus(one_in(2));
        break;
      case 5:
        // A file dropped on the window.
        if (one_in(5))
          content_->open(one_in(3) ? "broken.json" : (one_in(2) ? "two" : "eight.json"));
        break;
      case 6:
        now_ += 3;  // messages fade
        break;
      case 7:
      case 8:
      case 9:
        key();
        break;
      default:
        click();
    }
  }

  std::mt19937_64 random_;
};

TEST_F(WindowFuzz, SurvivesRandomInput) {
  const std::uint64_t seed = fuzz_seed();
  std::printf("POOLLAB_FUZZ_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  random_.seed(seed);
  ASSERT_TRUE(content_->open("eight.json"));
  content_->run();
  for (int i = 0; i < kGestures; ++i) {
    gesture();
    while (frame()) {
    }
    ASSERT_EQ(queue_.waiting(), 0u);
  }
  // Still alive: what it was made for works.
  ImGui::GetIO().DisplaySize = {1280, 720};
  queue_.focus(true);
  for (int i = 0; i < 4; ++i) press(GLFW_KEY_ESCAPE);
  content_->document().stop();
  ASSERT_TRUE(run_to_the_end());
  content_->document().dismiss_problems();
  EXPECT_TRUE(content_->open("two.json"));
}

}  // namespace
}  // namespace lab::gui
