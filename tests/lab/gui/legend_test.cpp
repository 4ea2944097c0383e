#include "lab/gui/plot/legend.h"

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/lab/gui/headless.h"

namespace lab::gui::plot {
namespace {

TEST(ShownSet, IsolatingTwiceShowsAllAgain) {
  ShownSet shown;
  EXPECT_TRUE(shown.shown(7));
  shown.toggle(2);
  EXPECT_FALSE(shown.shown(2));
  shown.isolate(2, 4);
  EXPECT_TRUE(shown.shown(2));
  EXPECT_FALSE(shown.shown(0) || shown.shown(1) || shown.shown(3));
  shown.isolate(2, 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(shown.shown(i));
}

class LegendTest : public Headless {
 protected:
  LegendTest() {
    for (std::size_t i = 0; i < 5; ++i) {
      entries_.push_back({"pool-" + std::to_string(i), theme_.pool_color(i), pool_marker(i)});
    }
    plots_.report_rectangles([this](std::string_view name, ImVec2 min, ImVec2 max) {
      centres_[std::string(name)] = {(min.x + max.x) / 2, (min.y + max.y) / 2};
    });
  }
  void draw() { changed_ = legend(plots_, entries_, shown_, width_) || changed_; }
  void click(const std::string& name) {
    queue_.move(centres_.at(name).x, centres_.at(name).y);
    queue_.button(0, true, 0);
    queue_.button(0, false, 0);
    drain([this] { draw(); });
  }

  Plots plots_{theme_, fonts_};
  std::vector<LegendEntry> entries_;
  ShownSet shown_;
  std::map<std::string, ImVec2> centres_;
  float width_ = 700;
  bool changed_ = false;
};

TEST_F(LegendTest, AClickHidesAndShiftClickIsolates) {
  frame([this] { draw(); });
  EXPECT_FALSE(changed_);
  click("chip.pool-1");
  EXPECT_TRUE(changed_);
  EXPECT_FALSE(shown_.shown(1));
  EXPECT_TRUE(shown_.shown(0));
  queue_.key(GLFW_KEY_LEFT_SHIFT, true);
  click("chip.pool-3");
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(shown_.shown(i), i == 3) << i;
}

TEST_F(LegendTest, ChipsWrapIntoTheWidth) {
  width_ = 200;
  frame([this] { draw(); });
  EXPECT_GT(centres_.at("chip.pool-4").y, centres_.at("chip.pool-0").y + 20);
  EXPECT_LT(centres_.at("chip.pool-4").x, 200);
}

}  // namespace
}  // namespace lab::gui::plot
