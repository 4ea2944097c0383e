#include "lab/gui/plot/heat_map.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace lab::gui::plot {
namespace {

constexpr HeatMap::Shape kSmall{
    .columns = 4, .rows = 5, .column_seconds = 1, .low = 1e3, .high = 1e8};

std::array<ImU32, 100> palette() {
  std::array<ImU32, 100> shades{};
  for (std::size_t i = 0; i < shades.size(); ++i) shades[i] = static_cast<ImU32>(i + 1);
  return shades;
}

TEST(HeatMap, CountsInTheCellOfTimeAndLatency) {
  HeatMap map(kSmall);
  EXPECT_TRUE(map.empty());
  map.add(0.5, 5e3);
  map.add(2.5, 5e6, 3);
  EXPECT_EQ(map.count(0, 0), 1);
  EXPECT_EQ(map.count(2, 3), 3);
  EXPECT_EQ(map.column_total(2), 3);
  EXPECT_EQ(map.max_count(), 3);
  EXPECT_FALSE(map.empty());
}

TEST(HeatMap, RowsMeetAtTheirEdges) {
  const HeatMap map;
  for (int row = 0; row < map.rows(); ++row) {
    EXPECT_EQ(map.row_of(std::sqrt(map.row_edge(row) * map.row_edge(row + 1))), row);
  }
  EXPECT_NEAR(map.row_edge(map.rows()), map.high(), 1);
  EXPECT_EQ(map.row_of(0), 0);
  EXPECT_EQ(map.row_of(NAN), 0);
  EXPECT_EQ(map.row_of(1e30), map.rows() - 1);
}

TEST(HeatMap, MergesColumnsWhenTheRunOutgrowsThem) {
  HeatMap map(kSmall);
  for (int t = 0; t < 4; ++t) map.add(t + 0.5, 5e3, t + 1);
  map.add(13.0, 5e3, 7);
  EXPECT_EQ(map.column_seconds(), 4);
  EXPECT_EQ(map.count(0, 0), 1 + 2 + 3 + 4);
  EXPECT_EQ(map.count(1, 0), 0);
  EXPECT_EQ(map.count(3, 0), 7);
}

TEST(HeatMap, ARevisionIsNeverSharedWithAnotherMap) {
  HeatMap a(kSmall);
  HeatMap b(kSmall);
  EXPECT_NE(a.revision(), b.revision());
  const auto before = a.revision();
  a.add(0, 5e3);
  EXPECT_NE(a.revision(), before);
  a.clear();
  EXPECT_TRUE(a.empty());
  EXPECT_EQ(a.max_count(), 0);
}

TEST(HeatPixels, ASingleTaskIsSeenBesideAMillion) {
  HeatMap map(kSmall);
  map.add(0.5, 5e3, 1e6);
  map.add(1.5, 5e7, 1);
  const auto shades = palette();
  std::vector<ImU32> pixels;
  heat_pixels(map, HeatShade::Count, shades, pixels);
  ASSERT_EQ(pixels.size(), 20u);
  EXPECT_EQ(pixels[4 * 4 + 0], 100u);  // the bottom row comes last
  EXPECT_GE(pixels[0 * 4 + 1], 15u);
  EXPECT_EQ(pixels[0 * 4 + 0], 0u);
}

TEST(HeatPixels, AColumnsShareIgnoresTheOtherColumns) {
  HeatMap map(kSmall);
  map.add(0.5, 5e3, 1e6);
  map.add(1.5, 5e7, 10);
  const auto shades = palette();
  std::vector<ImU32> pixels;
  heat_pixels(map, HeatShade::Count, shades, pixels);
  EXPECT_LT(pixels[1], 60u);
  heat_pixels(map, HeatShade::ColumnShare, shades, pixels);
  EXPECT_EQ(pixels[1], 100u);
}

}  // namespace
}  // namespace lab::gui::plot
