#include "pools/metrics/scaling_log.h"

#include <gtest/gtest.h>

namespace pools {
namespace {

ScalingEvent change(std::uint32_t from, std::uint32_t to) { return {{}, from, to, "test", ""}; }

PoolSnapshot filled(const ScalingLog& log, std::size_t from) {
  PoolSnapshot out;
  log.fill(out, from);
  return out;
}

TEST(ScalingLog, GivesWhatCameSinceTheLastLook) {
  ScalingLog log;
  log.add(change(1, 2));
  log.add(change(2, 4));
  const PoolSnapshot first = filled(log, 0);
  EXPECT_EQ(first.scaling.size(), 2U);
  log.add(change(4, 3));
  const PoolSnapshot second = filled(log, first.scaling_events());
  ASSERT_EQ(second.scaling.size(), 1U);
  EXPECT_EQ(second.scaling[0].to, 3U);
  EXPECT_EQ(second.scale_ups, 2U);
  EXPECT_EQ(second.scale_downs, 1U);
  EXPECT_TRUE(filled(log, second.scaling_events()).scaling.empty());
  EXPECT_TRUE(filled(log, 1'000'000).scaling.empty());
}

TEST(ScalingLog, CountsNoticesApart) {
  ScalingLog log;
  log.add(change(2, 2));
  log.add(change(2, 3));
  const PoolSnapshot seen = filled(log, 0);
  EXPECT_EQ(seen.notices, 1U);
  EXPECT_EQ(seen.scale_ups, 1U);
  EXPECT_EQ(seen.scale_downs, 0U);
  EXPECT_EQ(seen.scaling_events(), 2U);
  EXPECT_EQ(filled(log, 1).scaling.size(), 1U);
}

TEST(ScalingLog, KeepsTheLatestAndCountsAll) {
  ScalingLog log;
  constexpr std::uint32_t kEvents = 5 * ScalingLog::kKept + 3;
  for (std::uint32_t i = 0; i < kEvents; ++i) log.add(change(i, i + 1));
  const PoolSnapshot all = filled(log, 0);
  EXPECT_EQ(all.scale_ups, kEvents);
  ASSERT_EQ(all.scaling.size(), ScalingLog::kKept);
  EXPECT_EQ(all.scaling.back().to, kEvents);
  const PoolSnapshot recent = filled(log, kEvents - 2);
  ASSERT_EQ(recent.scaling.size(), 2U) << "numbers count the forgotten ones too";
  EXPECT_EQ(recent.scaling.front().to, kEvents - 1);
}

}  // namespace
}  // namespace pools
