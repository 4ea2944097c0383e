#include "lab/gui/intermission.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace lab::gui {
namespace {

bool becomes_waited_for(const Intermission& intermission) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!intermission.waited_for() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  return intermission.waited_for();
}

TEST(Intermission, HoldsNobodyUpUnlessOneIsWanted) {
  Intermission intermission;
  intermission.wait_for_frame({});
  EXPECT_FALSE(intermission.waited_for());
}

TEST(Intermission, ASessionWaitsForTheFrame) {
  Intermission intermission;
  intermission.set_open(true);
  // A session that is not let go goes on after some seconds; how many times does not matter here.
  std::thread session([&] { intermission.wait_for_frame({}); });
  EXPECT_TRUE(becomes_waited_for(intermission));
  intermission.close();
  session.join();
  EXPECT_FALSE(intermission.waited_for());
}

TEST(Intermission, AStopOrAChangeOfMindLetsItGo) {
  Intermission intermission;
  for (const bool stopped : {true, false}) {
    intermission.set_open(true);
    std::stop_source stop;
    std::thread session([&] { intermission.wait_for_frame(stop.get_token()); });
    EXPECT_TRUE(becomes_waited_for(intermission));
    if (stopped) {
      stop.request_stop();
    } else {
      intermission.set_open(false);
    }
    session.join();
    EXPECT_FALSE(intermission.waited_for());
  }
}

}  // namespace
}  // namespace lab::gui
