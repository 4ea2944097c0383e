// At every size a window may have, with eight pools: no text over text, none cut off at the side,
// no plot too low to be read. Read from what is drawn, so it holds for panels that do not exist
// yet.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "tests/lab/gui/glyphs.h"
#include "tests/lab/gui/headless_window.h"

namespace lab::gui {
namespace {

const std::array<ImVec2, 6> kSizes{
    {{1440, 900}, {1280, 720}, {1024, 640}, {900, 700}, {800, 600}, {640, 480}}};
constexpr float kLeastPlotHeight = 32;  // of the area the data is in

class WindowLayout : public HeadlessWindow {
 protected:
  using HeadlessWindow::HeadlessWindow;

  /// What is wrong with the frame drawn last, a line each.
  std::vector<std::string> faults() const {
    std::vector<std::string> found;
    const std::vector<Glyph> glyphs = glyphs_of_frame();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    std::vector<std::size_t> by_top(glyphs.size());
    for (std::size_t i = 0; i < by_top.size(); ++i) by_top[i] = i;
    std::sort(by_top.begin(), by_top.end(),
              [&](std::size_t i, std::size_t j) { return glyphs[i].box.y < glyphs[j].box.y; });
    for (std::size_t n = 0; n < by_top.size(); ++n) {
      const Glyph& a = glyphs[by_top[n]];
      if (a.box.w <= a.clip.y || a.box.y >= a.clip.w) continue;  // scrolled away
      if (!slides(a) &&
          (a.box.x < std::max(a.clip.x, 0.0f) - 1 || a.box.z > std::min(a.clip.z, size.x) + 1)) {
        found.push_back(fmt::format("cut off: '{}' at {:.0f},{:.0f} in {}",
                                    words_around(glyphs, by_top[n]), a.box.x, a.box.y,
                                    panel_at(a)));
      }
      if (!scrolls(a) && (a.box.y < a.clip.y - 1 || a.box.w > a.clip.w + 1)) {
        found.push_back(fmt::format("cut off below: '{}' at {:.0f},{:.0f} in {}",
                                    words_around(glyphs, by_top[n]), a.box.x, a.box.y,
                                    panel_at(a)));
      }
      for (std::size_t m = n + 1; m < by_top.size() && glyphs[by_top[m]].box.y < a.box.w; ++m) {
        const Glyph& b = glyphs[by_top[m]];
        if (b.box.w <= b.clip.y || b.box.y >= b.clip.w) continue;
        const float wide = std::min(a.box.z, b.box.z) - std::max(a.box.x, b.box.x);
        const float high = std::min(a.box.w, b.box.w) - std::max(a.box.y, b.box.y);
        if (wide > 2.5f && high > 3) {
          found.push_back(
              fmt::format("'{}' over '{}' at {:.0f},{:.0f} in {}", words_around(glyphs, by_top[n]),
                          words_around(glyphs, by_top[m]), a.box.x, a.box.y, panel_at(a)));
        }
      }
    }
    for (const auto& [name, box] : tags_.boxes()) {
      if (name.starts_with("plot.") && !name.starts_with("plot.lanes.") &&
          box.w - box.y < kLeastPlotHeight) {
        found.push_back(fmt::format("{} is {:.0f} px high", name, box.w - box.y));
      }
      if ((box.z > size.x + 1 || box.w > size.y + 1) && !may_be_scrolled_away(name)) {
        found.push_back(fmt::format("{} leaves the window", name));
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  std::string panel_at(const Glyph& glyph) const {
    std::string panel = "the window";
    float least = 1e9f;
    for (const auto& [name, box] : tags_.boxes()) {
      const bool inside = glyph.box.x >= box.x && glyph.box.x < box.z && glyph.box.y >= box.y - 2 &&
                          glyph.box.y < box.w;
      const float area = (box.z - box.x) * (box.w - box.y);
      if (inside && name.starts_with("panel.") && area < least) {
        panel = name;
        least = area;
      }
    }
    return panel;
  }

  static bool any_begins(const std::string& name, std::span<const char* const> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&name](const char* beginning) { return name.starts_with(beginning); });
  }
  /// Lists and pages that scroll may show part of a line.
  bool scrolls(const Glyph& glyph) const {
    constexpr std::array kLists{"panel.pools",   "panel.comparison", "panel.source",
                                "panel.meaning", "panel.gates",      "panel.welcome",
                                "panel.heat.",   "panel.lanes.",     "panel.ledgers",
                                "panel.notes",   "panel.figures",    "panel.circumstances"};
    return any_begins(panel_at(glyph), kLists);
  }
  /// The same sideways.
  bool slides(const Glyph& glyph) const {
    constexpr std::array kWide{"panel.source", "panel.gates", "panel.ledgers", "panel.figures"};
    return any_begins(panel_at(glyph), kWide);
  }
  static bool may_be_scrolled_away(const std::string& name) {
    constexpr std::array kInLists{"card.",         "pool.",
                                  "eye.",          "tick.",
                                  "row.",          "gate.",
                                  "select.",       "panel.heat.",
                                  "panel.lanes.",  "plot.",
                                  "panel.ledgers", "panel.notes",
                                  "panel.figures", "panel.circumstances"};
    return any_begins(name, kInLists);
  }

  void check(const std::string& what) {
    for (const ImVec2& size : kSizes) {
      ImGui::GetIO().DisplaySize = size;
      queue_.leave();
      settle();
      for (const std::string& fault : faults()) {
        ADD_FAILURE() << what << ", " << size.x << "x" << size.y << ": " << fault;
      }
    }
  }
  void check_tabs(const std::string& what) {
    for (const char* tab : kTabNames) {
      ImGui::GetIO().DisplaySize = {1440, 900};
      settle();
      click(std::string("tab.") + tab);
      now_ += 60;  // messages have faded
      check(what + ", " + tab);
    }
  }
};

TEST_F(WindowLayout, HoldsForTheWelcomePage) {
  settle();
  check("welcome");
}

TEST_F(WindowLayout, HoldsForAScenarioThatWasNotRun) {
  ASSERT_TRUE(content_->open("eight.json"));
  settle();
  check_tabs("ready");
}

TEST_F(WindowLayout, HoldsForAFinishedRunOfEightPools) {
  ASSERT_TRUE(content_->open("eight.json"));
  content_->run();
  ASSERT_TRUE(run_to_the_end());
  check_tabs("finished");
}

class WindowLayoutOfTrials : public WindowLayout {
 protected:
  WindowLayoutOfTrials() : WindowLayout(&two_of_each) {}
};

TEST_F(WindowLayoutOfTrials, HoldsForAFinishedRunOfTwoTrialsOfEightPools) {
  ASSERT_TRUE(content_->open("eight.json"));
  content_->run();
  ASSERT_TRUE(run_to_the_end());
  ASSERT_EQ(content_->document().tracks().size(), 8u);
  check_tabs("two trials");
}

TEST_F(WindowLayout, HoldsForABrokenScenarioOverTheWelcomePage) {
  content_->open("broken.json");
  settle();
  check("broken, nothing else open");
}

TEST_F(WindowLayout, HoldsForABrokenScenario) {
  ASSERT_TRUE(content_->open("eight.json"));
  settle();
  content_->open("broken.json");
  settle();
  check("broken");
}

}  // namespace
}  // namespace lab::gui
