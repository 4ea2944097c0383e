#include "lab/gui/plot/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lab/gui/plot/range_fit.h"
#include "tests/lab/gui/headless.h"

namespace lab::gui::plot {
namespace {

constexpr ImU32 kColor = IM_COL32(1, 254, 3, 255);  // nothing else is drawn in it

class PlotTest : public Headless {
 protected:
  PlotTest() {
    plots_.report_rectangles([this](std::string_view name, ImVec2 min, ImVec2 max) {
      min_[std::string(name)] = min;
      max_[std::string(name)] = max;
    });
    axis_.begin_frame(0, 60, 60);
  }

  void draw_two() {
    axis_.begin_frame(0, 60, 60);
    plots_.begin_frame();
    for (const char* name : {"upper", "lower"}) {
      if (Plot plot = plots_.begin(name, {700, 200}, options_, &axis_)) {
        plot.line("pool", series_, {.color = kColor, .marker = MarkerShape::Circle});
      }
    }
  }
  void settle() {
    for (int i = 0; i < 60; ++i) frame([this] { draw_two(); });
  }
  ImVec2 at(const std::string& name, double part) const {
    const ImVec2 a = min_.at(name);
    const ImVec2 b = max_.at(name);
    return {a.x + static_cast<float>(part) * (b.x - a.x), (a.y + b.y) / 2};
  }
  void drag(int button, double from, double to) {
    queue_.move(at("plot.lower", from).x, at("plot.lower", from).y);
    queue_.button(button, true, 0);
    queue_.move(at("plot.lower", (from + to) / 2).x, at("plot.lower", from).y);
    queue_.move(at("plot.lower", to).x, at("plot.lower", from).y);
    queue_.button(button, false, 1);
    drain([this] { draw_two(); });
  }
  /// The box around every vertex of that colour in the last frame.
  ImVec4 box_of(ImU32 color) const {
    ImVec4 box(1e9f, 1e9f, -1e9f, -1e9f);
    const ImDrawData* drawn = ImGui::GetDrawData();
    for (int i = 0; i < drawn->CmdListsCount; ++i) {
      for (const ImDrawVert& v : drawn->CmdLists[i]->VtxBuffer) {
        if (v.col != color) continue;
        box = {std::min(box.x, v.pos.x), std::min(box.y, v.pos.y), std::max(box.z, v.pos.x),
               std::max(box.w, v.pos.y)};
      }
    }
    return box;
  }

  Plots plots_{theme_, fonts_};
  LinkedX axis_;
  Series series_;
  PlotOptions options_;
  std::map<std::string, ImVec2> min_, max_;
};

TEST_F(PlotTest, ReportsItsRectangleByName) {
  frame([this] { draw_two(); });
  ASSERT_TRUE(min_.contains("plot.upper") && min_.contains("plot.lower"));
  EXPECT_GT(max_["plot.upper"].x - min_["plot.upper"].x, 600);
  EXPECT_LT(max_["plot.upper"].y, min_["plot.lower"].y);
}

TEST_F(PlotTest, ASpikeOfOneSampleReachesItsHeight) {
  options_.low = 0;
  options_.high = 100;
  for (int i = 0; i < 60'000; ++i) series_.append(i * 1e-3, i == 31'234 ? 100.0f : 10.0f);
  frame([this] { draw_two(); });
  const ImVec4 box = box_of(kColor);
  EXPECT_NEAR(box.y, min_["plot.upper"].y, 1.5);
  EXPECT_NEAR(box.x, min_["plot.upper"].x, 2);
  EXPECT_NEAR(box.z, max_["plot.upper"].x, 2);
}

TEST_F(PlotTest, TheRangeEasesToWhatIsDrawnAndComesToRest) {
  series_.append(0, 1.0f);
  series_.append(60, 50.0f);
  settle();
  EXPECT_FALSE(plots_.animating());
  frame([this] {
    draw_two();
    if (Plot plot = plots_.begin("upper", {700, 100}, options_, &axis_)) {
      EXPECT_GE(plot.to_y(50), plot.area_min().y);
      EXPECT_NEAR(plot.to_y(0), plot.area_max().y, 1);
    }
  });
}

TEST_F(PlotTest, HoverIsSharedByLinkedPlots) {
  series_.append(0, 1.0f);
  series_.append(60, 50.0f);
  settle();
  queue_.move(at("plot.lower", 0.5).x, at("plot.lower", 0.5).y);
  drain([this] { draw_two(); });
  ASSERT_TRUE(axis_.hover());
  EXPECT_NEAR(*axis_.hover(), 30, 0.2);
  queue_.move(790, 590);
  drain([this] { draw_two(); });
  drain([this] { draw_two(); });
  EXPECT_FALSE(axis_.hover());
}

TEST_F(PlotTest, ADragSelects) {
  settle();
  drag(0, 0.25, 0.75);
  ASSERT_TRUE(axis_.selection());
  EXPECT_NEAR(axis_.selection()->begin, 15, 0.2);
  EXPECT_NEAR(axis_.selection()->end, 45, 0.2);
  EXPECT_FALSE(axis_.dragging());
  EXPECT_TRUE(axis_.live());
}

TEST_F(PlotTest, DoubleClickInTheSelectionZoomsThenElsewhereReturns) {
  settle();
  drag(0, 0.25, 0.75);
  const auto double_click = [this](double part) {
    queue_.move(at("plot.lower", part).x, at("plot.lower", part).y);
    static double now = 10;
    now += 5;
    for (const double t : {now, now + 0.1}) {
      queue_.button(0, true, t);
      queue_.button(0, false, t + 0.05);
    }
    drain([this] { draw_two(); });
  };
  double_click(0.5);
  EXPECT_FALSE(axis_.live());
  EXPECT_NEAR(axis_.range().begin, 15, 0.2);
  EXPECT_NEAR(axis_.range().end, 45, 0.2);
  double_click(0.9);
  EXPECT_TRUE(axis_.live());
  EXPECT_EQ(axis_.range(), (TimeRange{0, 60}));
}

TEST_F(PlotTest, WheelZoomsAboutTheCursorAndRightDragPans) {
  axis_.show({0, 60});
  settle();
  queue_.move(at("plot.lower", 0.5).x, at("plot.lower", 0.5).y);
  queue_.wheel(0, 1);
  drain([this] { draw_two(); });
  EXPECT_NEAR(axis_.range().span(), 60 * 0.85, 0.01);
  EXPECT_NEAR((axis_.range().begin + axis_.range().end) / 2, 30, 0.2);
  const double before = axis_.range().begin;
  drag(1, 0.25, 0.5);
  EXPECT_NEAR(axis_.range().begin, before - 0.25 * 60 * 0.85, 0.3);
  EXPECT_FALSE(axis_.selection());
}

TEST_F(PlotTest, ManySamplesStayWithinSixteenBitIndices) {
  ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  for (int i = 0; i < 200'000; ++i) series_.append(i * 3e-4, std::sin(static_cast<float>(i)));
  options_.from_zero = false;
  frame([this] {
    axis_.begin_frame(0, 60, 60);
    for (int i = 0; i < 20; ++i) {
      ImGui::SetCursorPos({0, 0});
      const std::string name = std::to_string(i);
      if (Plot plot = plots_.begin(name.c_str(), {800, 600}, options_, &axis_)) {
        for (int k = 0; k < 4; ++k) plot.line("x", series_, {.color = kColor});
      }
    }
  });
  EXPECT_GT(ImGui::GetDrawData()->TotalVtxCount, 100'000);
}

TEST_F(PlotTest, EverythingDrawsWithoutDataAndWithGaps) {
  Series gaps;
  for (int i = 0; i < 100; ++i) gaps.append(i * 0.6, i % 3 == 0 ? NAN : static_cast<float>(i - 50));
  Series none;
  const HeatMap heat;
  const std::vector<double> xs{0, 1, 2}, ys{1e3, NAN, 1e5};
  const std::vector<ImU32> states{0, kColor};
  for (const Scale scale : {Scale::Linear, Scale::Log}) {
    options_.scale = scale;
    for (int i = 0; i < 3; ++i) {
      queue_.move(static_cast<float>(100 + 200 * i), 60);
      frame([&] {
        axis_.begin_frame(0, 60, 60);
        Plot plot = plots_.begin("all", {700, 200}, options_, &axis_);
        ASSERT_TRUE(plot);
        plot.band({10, 20}, kColor, "phase");
        for (const Series* series : {&none, &gaps}) {
          plot.line("line", *series, {.color = kColor});
          plot.steps("steps", *series, {.color = kColor, .offset = 1.5f});
          plot.lane(0, *series, states);
        }
        plot.curve("curve", xs, ys, {.color = kColor, .marker = MarkerShape::Up});
        plot.heat_map(heat, HeatShade::Count, nullptr);
        plot.mark(30, kColor, "mark");
        plot.event(12, true, kColor, "8 to 10 workers");
        plot.horizontal(1e4, kColor, "SLO");
        plot.end();
        plot.line("after the end", gaps, {});
      });
    }
  }
}

TEST_F(PlotTest, TheSelectedPoolsStepsKeepTheirHeightAndOthersStepAside) {
  std::set<float> offsets;
  for (std::size_t slot = 0; slot < kPoolColors; ++slot) {
    offsets.insert(pool_line(theme_, slot, false).offset);
  }
  EXPECT_EQ(offsets.size(), kPoolColors);
  EXPECT_FALSE(offsets.contains(0));
  EXPECT_LE(*offsets.rbegin(), 2) << "more would read as another value";
  EXPECT_GE(*offsets.begin(), -2);
  EXPECT_EQ(pool_line(theme_, 3, true).offset, 0);
}

TEST(Theme, NoTwoPoolsLookAlike) {
  for (const Theme& theme : {dark_theme(), light_theme()}) {
    std::set<std::pair<ImU32, MarkerShape>> looks;
    for (std::size_t slot = 0; slot < 64; ++slot) {
      looks.emplace(theme.pool_color(slot), pool_marker(slot));
    }
    EXPECT_EQ(looks.size(), 64u);
    std::set<ImU32> colors(theme.pools.begin(), theme.pools.end());
    EXPECT_EQ(colors.size(), kPoolColors);
  }
}

TEST_F(PlotTest, LabelsMayBeGoneBeforeThePlotEnds) {
  const auto drawn = [this](bool overwrite) {
    settle();
    std::vector<float> glyphs;
    frame([&] {
      if (Plot plot = plots_.begin("upper", {700, 200}, {.scale = Scale::Log}, &axis_)) {
        std::string label = "gate p99 of twenty milliseconds";
        std::string note = "2 to 4 workers, because the queue grew";
        plot.horizontal(1e4, kColor, label);
        plot.mark(30, kColor, label);
        plot.line(note, series_, {.color = kColor});
        if (overwrite) label.assign(label.size(), '?');
        if (overwrite) note.assign(note.size(), '?');
      }
    });
    const ImDrawData* data = ImGui::GetDrawData();
    for (int i = 0; i < data->CmdListsCount; ++i) {
      for (const ImDrawVert& v : data->CmdLists[i]->VtxBuffer) {
        if (v.col == kColor) glyphs.insert(glyphs.end(), {v.pos.x, v.pos.y, v.uv.x, v.uv.y});
      }
    }
    return glyphs;
  };
  const std::vector<float> kept = drawn(false);
  EXPECT_GT(kept.size(), 100u);
  EXPECT_EQ(drawn(true), kept);
}

TEST(RangeFit, RestsWhileValuesMoveALittle) {
  RangeFit fit;
  const PlotOptions options;
  std::set<double> tops;
  for (int i = 0; i < 100; ++i) {
    fit.include(100 + i % 5);
    fit.update(options, 1);
    tops.insert(fit.high());
  }
  EXPECT_LE(tops.size(), 2u);  // 1 before the first value
  EXPECT_EQ(fit.low(), 0);
  EXPECT_GE(fit.high(), 104);
  EXPECT_LE(fit.high(), 140);
}

TEST(RangeFit, AnotherScaleStartsOver) {
  RangeFit fit;
  fit.include(-50);
  fit.include(40);
  fit.update({}, 1);
  fit.include(-50);
  fit.update({.scale = Scale::Log}, 1);
  EXPECT_TRUE(std::isfinite(fit.low()));
  EXPECT_GT(fit.high(), fit.low());
}

TEST(RangeFit, ALogarithmicRangeIgnoresWhatItCannotShow) {
  RangeFit fit;
  const PlotOptions options{.scale = Scale::Log};
  fit.update(options, 1);
  for (const double v : {0.0, -5.0, static_cast<double>(NAN), 2e4, 3e6}) fit.include(v);
  fit.update(options, 1);
  EXPECT_LE(fit.low(), std::log10(2e4));
  EXPECT_GT(fit.low(), 3.5);
  EXPECT_GE(fit.high(), std::log10(3e6));
  EXPECT_LT(fit.high(), 7.5);
}

}  // namespace
}  // namespace lab::gui::plot
