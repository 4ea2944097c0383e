#include "lab/cli/quantity.h"

#include <cmath>

#include <gtest/gtest.h>

namespace lab::cli {
namespace {

TEST(Quantity, GroupsThousands) {
  EXPECT_EQ(grouped(std::uint64_t{0}), "0");
  EXPECT_EQ(grouped(std::uint64_t{999}), "999");
  EXPECT_EQ(grouped(std::uint64_t{1234567}), "1,234,567");
  EXPECT_EQ(grouped(-1234.56, 1), "-1,234.6");
}

TEST(Quantity, GivesAColumnOneUnitAndOneNumberOfDecimals) {
  const TextStyle plain;
  const Scale us = duration_scale({58.1, 61.2, 120.4}, plain);
  EXPECT_EQ(us.unit, "us");
  EXPECT_EQ(us.text(58.1), "58.1");
  EXPECT_EQ(us.text(120.4), "120.4");
  const Scale ms = duration_scale({1840, 4200, 12100}, plain);
  EXPECT_EQ(ms.unit, "ms");
  EXPECT_EQ(ms.text(1840), "1.84");
  EXPECT_EQ(ms.text(12100), "12.10");
  EXPECT_EQ(ms.text(NAN), "-");
  const Scale wide = duration_scale({89'900, 1'070'000, 6'050'000}, plain);
  EXPECT_EQ(wide.unit, "ms") << "0.09 s would hide the smallest";
  EXPECT_EQ(wide.text(89'900), "89.9");
  EXPECT_EQ(duration_scale({2.5e6}, plain).unit, "s");
  EXPECT_EQ(duration_scale({}, plain).text(0), "0");
}

TEST(Quantity, UsesTheMicroSignWhereItShows) {
  TextStyle fancy;
  fancy.unicode = true;
  EXPECT_EQ(duration_text(61.2, fancy), "61.2 µs");
  EXPECT_EQ(duration_text(61.2, {}), "61.2 us");
  EXPECT_EQ(duration_text(1840, {}), "1.84 ms");
}

TEST(Quantity, ShowsGateValuesInTheirUnit) {
  EXPECT_EQ(value_text(5000, "us", {}), "5.00 ms");
  EXPECT_EQ(value_text(120000, "per s", {}), "120,000 per s");
  EXPECT_EQ(value_text(0.25, "", {}), "0.25");
  EXPECT_EQ(value_text(0, "", {}), "0");
  EXPECT_EQ(value_text(NAN, "us", {}), "-");
}

TEST(Quantity, ShowsSizes) {
  EXPECT_EQ(size_text(512), "512 B");
  EXPECT_EQ(size_text(214'300), "214 KB");
  EXPECT_EQ(size_text(3'460'000), "3.5 MB");
}

}  // namespace
}  // namespace lab::cli
