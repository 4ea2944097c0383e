#include "lab/gui/plot/format.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lab::gui::plot {
namespace {

TEST(Format, LatenciesHaveThreeDigitsAndSwitchTheirUnit) {
  EXPECT_EQ(format_value(Unit::Nanoseconds, 0), "0 ns");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 812), "812 ns");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 14'300), "14.3 \u00b5s");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 326'000), "326 \u00b5s");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 1'810'000), "1.81 ms");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 2.5e9), "2.50 s");
}

TEST(Format, NothingReadsAThousandOfAUnit) {
  EXPECT_EQ(format_value(Unit::Nanoseconds, 999'700), "1.00 ms");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 99'970), "100 \u00b5s");
  EXPECT_EQ(format_value(Unit::Nanoseconds, 9'998), "10.0 \u00b5s");
  EXPECT_EQ(format_value(Unit::PerSecond, 999'800), "1.00 M/s");
}

TEST(Format, RatesAndCounts) {
  EXPECT_EQ(format_value(Unit::PerSecond, 69'700), "69.7 k/s");
  EXPECT_EQ(format_value(Unit::PerSecond, 12), "12 /s");
  EXPECT_EQ(format_value(Unit::PerSecond, 0.25), "0.25 /s");
  EXPECT_EQ(format_value(Unit::Plain, 2745), "2745");
  EXPECT_EQ(format_value(Unit::Plain, 2744.6), "2745");
  EXPECT_EQ(format_value(Unit::Plain, 7.25), "7.25");
  EXPECT_EQ(format_value(Unit::Plain, 187'000), "187 k");
  EXPECT_EQ(format_value(Unit::Plain, -3), "-3");
}

TEST(Format, WhatIsNoNumberIsADash) {
  EXPECT_EQ(format_value(Unit::Nanoseconds, NAN), "\u2013");
  EXPECT_EQ(format_value(Unit::Plain, INFINITY), "\u2013");
}

TEST(Format, PercentilesHaveTheDigitsTheyNeed) {
  for (const auto& [fraction, text] : {std::pair{0.0, "p0"},
                                       {0.5, "p50"},
                                       {0.75, "p75"},
                                       {0.95, "p95"},
                                       {0.99, "p99"},
                                       {0.995, "p99.5"},
                                       {0.999, "p99.9"},
                                       {0.9999, "p99.99"},
                                       {0.99999, "p99.999"}}) {
    EXPECT_EQ(format_value(Unit::Nines, nines(fraction)), text);
    EXPECT_NEAR(fraction_of_nines(nines(fraction)), fraction, 1e-12);
  }
}

TEST(Format, TicksHaveTheDigitsOfTheirStep) {
  EXPECT_EQ(format_tick(Unit::Nanoseconds, 0, 0), "0");
  EXPECT_EQ(format_tick(Unit::Nanoseconds, 1e5, 0), "100 \u00b5s");
  EXPECT_EQ(format_tick(Unit::Nanoseconds, 1.5e6, 5e5), "1.5 ms");
  EXPECT_EQ(format_tick(Unit::PerSecond, 50'000, 50'000), "50k");
  EXPECT_EQ(format_tick(Unit::PerSecond, 2'500, 2'500), "2.5k");
  EXPECT_EQ(format_tick(Unit::Plain, 2000, 1000), "2000");
  EXPECT_EQ(format_tick(Unit::Plain, 0.75, 0.25), "0.75");
  EXPECT_EQ(format_tick(Unit::Plain, 0.5, 0.25), "0.50");
  EXPECT_EQ(format_tick(Unit::Percent, 40, 20), "40%");
}

TEST(Format, TimesBecomeAClockWhenTheyAreLong) {
  EXPECT_EQ(format_tick(Unit::Seconds, 30, 10), "30 s");
  EXPECT_EQ(format_tick(Unit::Seconds, 57.2, 0.2), "57.2 s");
  EXPECT_EQ(format_tick(Unit::Seconds, 120, 60), "2:00");
  EXPECT_EQ(format_tick(Unit::Seconds, 725, 5), "12:05");
  EXPECT_EQ(format_time(57.143), "57.14 s");
  EXPECT_EQ(format_time(727.5), "12:07.5");
}

TEST(Format, ChangesAgainstABaseline) {
  EXPECT_EQ(format_change(31, 100), "-69%");
  EXPECT_EQ(format_change(178, 100), "+78%");
  EXPECT_EQ(format_change(230, 100), "2.3\u00d7");
  EXPECT_EQ(format_change(100.2, 100), "\u00b10%");
  EXPECT_EQ(format_change(1, 0), "");
  EXPECT_EQ(format_change(NAN, 1), "");
}

}  // namespace
}  // namespace lab::gui::plot
