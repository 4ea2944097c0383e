#include "lab/gui/plot/linked_x.h"

#include <gtest/gtest.h>

namespace lab::gui::plot {
namespace {

LinkedX axis_at(double end, double planned = 0) {
  LinkedX axis;
  axis.begin_frame(0, end, planned);
  return axis;
}

TEST(LinkedX, FollowsTheWholeRunToItsPlannedEnd) {
  LinkedX axis = axis_at(12, 90);
  EXPECT_EQ(axis.range(), (TimeRange{0, 90}));
  axis.begin_frame(0, 95, 90);
  EXPECT_EQ(axis.range(), (TimeRange{0, 95}));
}

TEST(LinkedX, AnEndNobodyKnowsMovesRarely) {
  LinkedX axis;
  int changes = 0;
  TimeRange last{};
  for (double t = 0; t < 600; t += 0.1) {
    axis.begin_frame(0, t);
    ASSERT_GE(axis.range().end, t);
    ASSERT_LE(axis.range().end, std::max(10.0, t * 2.5));
    if (axis.range() != last) ++changes;
    last = axis.range();
  }
  EXPECT_LE(changes, 12);
}

TEST(LinkedX, FollowsAWindow) {
  LinkedX axis = axis_at(63, 90);
  axis.follow(10);
  EXPECT_EQ(axis.range(), (TimeRange{53, 63}));
  axis.begin_frame(0, 64, 90);
  EXPECT_EQ(axis.range(), (TimeRange{54, 64}));
  axis.begin_frame(0, 4, 90);
  EXPECT_EQ(axis.range(), (TimeRange{0, 10}));
}

TEST(LinkedX, HeldStaysWhereItIs) {
  LinkedX axis = axis_at(63);
  axis.follow(10);
  axis.set_live(false);
  axis.begin_frame(0, 80);
  EXPECT_EQ(axis.range(), (TimeRange{53, 63}));
  axis.set_live(true);
  EXPECT_EQ(axis.range(), (TimeRange{70, 80}));
}

TEST(LinkedX, ADragSelectsInEitherDirectionAndTheRangeStandsStill) {
  LinkedX axis = axis_at(60);
  axis.follow(10);
  axis.drag_begin(58);
  axis.begin_frame(0, 61);
  EXPECT_EQ(axis.range(), (TimeRange{50, 60}));
  axis.drag_to(52);
  EXPECT_EQ(axis.selection(), (TimeRange{52, 58}));
  axis.drag_to(2000);  // the mouse left the plot
  EXPECT_EQ(axis.selection(), (TimeRange{58, 60}));
  axis.drag_end();
  EXPECT_EQ(axis.range(), (TimeRange{51, 61}));
  EXPECT_EQ(axis.selection(), (TimeRange{58, 60}));
}

TEST(LinkedX, APressWithoutADragSelectsNothing) {
  LinkedX axis = axis_at(60);
  axis.select(10, 20);
  axis.drag_begin(30);
  axis.drag_end();
  EXPECT_EQ(axis.selection(), (TimeRange{10, 20}));
}

TEST(LinkedX, DoubleClickInTheSelectionZoomsElsewhereReturnsToLive) {
  LinkedX axis = axis_at(60, 90);
  axis.select(20, 30);
  axis.double_click(25);
  EXPECT_EQ(axis.range(), (TimeRange{20, 30}));
  EXPECT_FALSE(axis.live());
  EXPECT_EQ(axis.selection(), (TimeRange{20, 30})) << "it still says what the table is about";
  axis.double_click(25);
  EXPECT_TRUE(axis.live()) << "zoomed to it already: back again";
  EXPECT_EQ(axis.selection(), (TimeRange{20, 30}));
  axis.select(22, 24);
  axis.double_click(28);
  EXPECT_TRUE(axis.live());
  EXPECT_FALSE(axis.selection());
  EXPECT_EQ(axis.range(), (TimeRange{0, 90}));
}

TEST(LinkedX, ZoomsAboutTheCursorWhenHeld) {
  LinkedX axis = axis_at(90, 90);
  axis.show({20, 40});
  axis.zoom(0.5, 25);
  EXPECT_EQ(axis.range(), (TimeRange{22.5, 32.5}));
}

TEST(LinkedX, ZoomsAboutTheCursorWhenNothingMoreComes) {
  LinkedX axis;
  axis.begin_frame(0, 90, 90, false);
  ASSERT_TRUE(axis.live());
  axis.zoom(0.5, 30);
  EXPECT_EQ(axis.range(), (TimeRange{15, 60}));
  axis.begin_frame(0, 90, 90, false);
  EXPECT_EQ(axis.range(), (TimeRange{15, 60}));
  axis.zoom(100, 30);
  EXPECT_EQ(axis.range(), (TimeRange{0, 90}));
  EXPECT_TRUE(axis.live());
}

TEST(LinkedX, ZoomsAtTheEndWhileLiveAndComesBack) {
  LinkedX axis = axis_at(60, 90);
  axis.follow(20);
  axis.zoom(0.5, 45);
  EXPECT_TRUE(axis.live());
  EXPECT_EQ(axis.range(), (TimeRange{50, 60}));
  axis.zoom(1000, 45);
  EXPECT_EQ(axis.range(), (TimeRange{0, 90}));
  axis.double_click(45);
  EXPECT_EQ(axis.range(), (TimeRange{40, 60}));
}

TEST(LinkedX, ZoomHasLimits) {
  LinkedX axis = axis_at(90, 90);
  axis.show({20, 40});
  for (int i = 0; i < 200; ++i) axis.zoom(0.5, 30);
  EXPECT_NEAR(axis.range().span(), 0.05, 1e-9);
  for (int i = 0; i < 200; ++i) axis.zoom(2, 30);
  EXPECT_NEAR(axis.range().span(), 108, 1e-9);
}

TEST(LinkedX, PanHoldsAndKeepsDataInView) {
  LinkedX axis = axis_at(90, 90);
  axis.show({20, 40});
  axis.pan(5);
  EXPECT_EQ(axis.range(), (TimeRange{25, 45}));
  EXPECT_FALSE(axis.live());
  axis.pan(1e6);
  EXPECT_LT(axis.range().begin, 90);
  axis.pan(-1e6);
  EXPECT_GT(axis.range().end, 0);
}

TEST(LinkedX, HoverLastsAFrame) {
  LinkedX axis = axis_at(90);
  axis.hover_at(12);
  EXPECT_EQ(axis.hover(), 12);
  EXPECT_TRUE(axis.hover_moved());  // plots before the hovered one have not seen it
  axis.begin_frame(0, 90);
  EXPECT_EQ(axis.hover(), 12);
  axis.hover_at(12);
  EXPECT_FALSE(axis.hover_moved());
  axis.begin_frame(0, 90);
  EXPECT_TRUE(axis.hover_moved());  // the mouse left
  axis.begin_frame(0, 90);
  EXPECT_FALSE(axis.hover());
  EXPECT_FALSE(axis.hover_moved());
}

}  // namespace
}  // namespace lab::gui::plot
