#include "lab/gui/frame_pacer.h"

#include <gtest/gtest.h>

namespace lab::gui {
namespace {

/// Frames drawn in a second when `want` frames are asked for again and again.
int frames_in_a_second(FramePacer pacer, bool asked) {
  int frames = 0;
  for (double now = 100; now < 101; now += 0.001) {
    if (asked) pacer.want(1);
    if (pacer.due(now)) ++frames;
  }
  return frames;
}

TEST(FramePacer, DrawsWhatWasAskedForAndThenRests) {
  FramePacer pacer(false);
  pacer.want(3);
  double now = 10;
  int frames = 0;
  for (; now < 20; now += 0.01) frames += pacer.due(now) ? 1 : 0;
  EXPECT_EQ(frames, 3);
  EXPECT_EQ(pacer.wait(now), FramePacer::kIdleWait);
}

TEST(FramePacer, NeverExceedsTheRenderersRate) {
  EXPECT_LE(frames_in_a_second(FramePacer(false), true), 61);
  EXPECT_LE(frames_in_a_second(FramePacer(true), true), 31);
  FramePacer measuring(true);
  measuring.set_measuring(true);
  EXPECT_LE(frames_in_a_second(measuring, true), 5);
}

TEST(FramePacer, AskingForFewerDoesNotTakeBackMore) {
  FramePacer pacer(false);
  pacer.want(5);
  pacer.want(1);
  int frames = 0;
  for (double now = 10; now < 11; now += 0.02) frames += pacer.due(now) ? 1 : 0;
  EXPECT_EQ(frames, 5);
}

TEST(FramePacer, WakesForAnAlarmAndDrawsOnce) {
  FramePacer pacer(false);
  double now = 10;
  for (int i = 0; i < 10; ++i, now += 0.1) (void)pacer.due(now);  // the frames it starts with
  pacer.want_at(now + 0.2);
  EXPECT_FALSE(pacer.due(now));
  EXPECT_NEAR(pacer.wait(now), 0.2, 1e-9);
  EXPECT_TRUE(pacer.due(now + 0.2));
  EXPECT_FALSE(pacer.due(now + 0.4));
}

TEST(FramePacer, WaitsForTheNextFrameWhenOneIsWanted) {
  FramePacer pacer(true);
  pacer.want(10);
  EXPECT_EQ(pacer.wait(50), 0);
  EXPECT_TRUE(pacer.due(50));
  EXPECT_NEAR(pacer.wait(50.01), FramePacer::kSoftwareFrame - 0.01, 1e-9);
}

}  // namespace
}  // namespace lab::gui
