#include "lab/gui/settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/lab/gui/test_folder.h"

namespace lab::gui {
namespace {

TEST(Settings, AreReadBackAsTheyWereLeft) {
  const TestFolder folder;
  const std::string path = folder.file("not/there/yet/window.json");
  EXPECT_EQ(read_settings(path), Settings{});
  ASSERT_TRUE(write_settings(path, {.dark = false, .zoom = 1.25f}));
  EXPECT_EQ(read_settings(path), (Settings{.dark = false, .zoom = 1.25f}));
}

TEST(Settings, TolerateWhateverTheFileHolds) {
  const TestFolder folder;
  const std::string deep(50'000, '[');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[1, 2]"),
        std::string("\xff\xfe\0garbage", 10), std::string(R"({"theme": 3, "zoom": "big"})"),
        std::string(R"({"zoom": 1e999})"), deep}) {
    EXPECT_EQ(read_settings(folder.write("window.json", text)), Settings{}) << text.substr(0, 40);
  }
  EXPECT_EQ(read_settings(folder.path().string()), Settings{}) << "a folder";
  const Settings half =
      read_settings(folder.write("window.json", R"({"theme": "light", "zoom": []})"));
  EXPECT_FALSE(half.dark) << "what can be understood counts";
  EXPECT_EQ(read_settings(folder.write("window.json", R"({"zoom": 99})")).zoom, kMostZoom);
}

TEST(Settings, AHomeThatCannotBeWrittenIsNoTrouble) {
  EXPECT_FALSE(write_settings("", {}));
  EXPECT_FALSE(write_settings("/dev/null/window.json", {}));
}

}  // namespace
}  // namespace lab::gui
