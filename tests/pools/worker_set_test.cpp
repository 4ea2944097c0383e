#include "pools/dispatch/worker_set.h"

#include <gtest/gtest.h>

#include <vector>

namespace pools {
namespace {

std::vector<WorkerId> members(const WorkerSet& set) {
  std::vector<WorkerId> out;
  set.for_each([&](WorkerId id) { out.push_back(id); });
  return out;
}

TEST(WorkerSet, HoldsEveryIdBelowItsLimit) {
  for (const std::uint32_t max : {1U, 2U, 63U, 64U, 65U, 1000U, 1024U}) {
    WorkerSet set(max);
    EXPECT_EQ(set.next(0), kNobody);
    EXPECT_EQ(set.pop(), kNobody);
    set.insert(max - 1);
    set.insert(0);
    set.insert(0);
    EXPECT_EQ(set.size(), max == 1 ? 1U : 2U);
    EXPECT_TRUE(set.contains(max - 1));
    EXPECT_EQ(set.next(0), 0U);
    EXPECT_EQ(set.next(1), max - 1) << max;
    EXPECT_EQ(set.next(max), 0U) << "goes round";
    EXPECT_EQ(set.next(5'000), 0U);
    EXPECT_EQ(set.pop(), 0U);
    set.erase(0);
    EXPECT_EQ(set.size(), max == 1 ? 0U : 1U);
  }
}

TEST(WorkerSet, NextGoesRoundWithinAWordAndAcross) {
  WorkerSet set(200);
  for (const WorkerId id : {3U, 70U, 199U}) set.insert(id);
  EXPECT_EQ(set.next(4), 70U);
  EXPECT_EQ(set.next(71), 199U);
  EXPECT_EQ(set.next(200), 3U);
  set.erase(70);
  set.erase(199);
  EXPECT_EQ(set.next(4), 3U) << "round to the same word's lower part";
}

TEST(WorkerSet, VisitsInOrderUntilTold) {
  WorkerSet set(130);
  for (const WorkerId id : {129U, 64U, 1U}) set.insert(id);
  EXPECT_EQ(members(set), (std::vector<WorkerId>{1, 64, 129}));
  std::vector<WorkerId> seen;
  EXPECT_TRUE(set.any_of([&](WorkerId id) {
    seen.push_back(id);
    return id == 64;
  }));
  EXPECT_EQ(seen, (std::vector<WorkerId>{1, 64}));
  EXPECT_FALSE(set.any_of([](WorkerId) { return false; }));
}

}  // namespace
}  // namespace pools
