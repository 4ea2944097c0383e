#include "results/comparable.h"

#include <gtest/gtest.h>

#include "tests/results/made_up.h"

namespace results {
namespace {

TEST(MarginOf, GrowsTowardsTheTail) {
  EXPECT_EQ(margin_of(50), 0.05);
  EXPECT_EQ(margin_of(99), 0.10);
  EXPECT_EQ(margin_of(99.9), 0.15);
}

TEST(MayCompare, LeavesOutWhatIsNotValid) {
  Trial trial = made_up::trial("pull");
  EXPECT_TRUE(may_compare(trial));
  trial.valid = false;
  EXPECT_FALSE(may_compare(trial));
  trial.valid = true;
  trial.sound = false;
  EXPECT_FALSE(may_compare(trial));
  trial.sound = true;
  trial.interrupted = true;
  EXPECT_FALSE(may_compare(trial));
}

}  // namespace
}  // namespace results
