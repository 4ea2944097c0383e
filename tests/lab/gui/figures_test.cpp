#include "lab/gui/model/figures.h"

#include <gtest/gtest.h>

namespace lab::gui {
namespace {

BlockFigures block(std::uint32_t index, double p99_ns) {
  BlockFigures one;
  one.block = index;
  one.figures.percentile_ns[2] = p99_ns;
  one.figures.throughput_per_s = 100 + index;
  one.curve.nines = {0, 1, 2};
  one.curve.response_ns = {p99_ns / 4, p99_ns / 2, p99_ns};
  return one;
}

TEST(Medians, OfOneBlockAreTheBlock) {
  const BlockFigures all = medians({block(0, 7)});
  EXPECT_EQ(all.figures.percentile_ns[2], 7);
  EXPECT_EQ(all.curve.response_ns.size(), 3u);
  EXPECT_TRUE(std::isnan(all.figures.percentile_ns[0])) << "what it does not have it does not get";
}

TEST(Medians, LeaveOutWhatDoesNotCount) {
  std::vector<BlockFigures> blocks{block(0, 10), block(1, 999), block(2, 12), block(3, 14)};
  blocks[1].valid = false;
  const BlockFigures all = medians(blocks);
  EXPECT_EQ(all.figures.percentile_ns[2], 12);
  EXPECT_EQ(all.figures.throughput_per_s, 102);
  EXPECT_EQ(all.curve.response_ns.back(), 12);
  EXPECT_TRUE(all.counts());
}

TEST(Medians, WithoutAnyThatCountsAreOfAllAndSaySo) {
  std::vector<BlockFigures> blocks{block(0, 10), block(1, 20)};
  blocks[0].valid = blocks[1].valid = false;
  const BlockFigures all = medians(blocks);
  EXPECT_EQ(all.figures.percentile_ns[2], 15);
  EXPECT_FALSE(all.valid);
}

TEST(Medians, ALowerBoundInOneBlockIsOneInAll) {
  std::vector<BlockFigures> blocks{block(0, 10), block(1, 20), block(2, 30)};
  blocks[2].figures.percentile_at_least[2] = true;
  EXPECT_TRUE(medians(blocks).figures.percentile_at_least[2]);
  EXPECT_FALSE(medians(blocks).figures.percentile_at_least[1]);
}

TEST(Medians, TheCurveReachesAsFarAsHalfOfTheBlocks) {
  std::vector<BlockFigures> blocks{block(0, 10), block(1, 20), block(2, 30)};
  for (const std::size_t shorter : {0u, 1u}) {
    blocks[shorter].curve.nines.pop_back();
    blocks[shorter].curve.response_ns.pop_back();
  }
  EXPECT_EQ(medians(blocks).curve.nines.size(), 2u);
}

}  // namespace
}  // namespace lab::gui
