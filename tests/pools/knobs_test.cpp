#include "pools/knobs.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace pools {
namespace {

std::vector<Knob> knobs() {
  return {
      {"steal", true, "", 0, 0, {}, "whether to steal"},
      {"size", std::int64_t{32}, "tasks", 1, 1024, {}, "how many at once"},
      {"share", 0.5, "", 0, 1, {}, "which part"},
      {"choose", std::string("random"), "", 0, 0, {"random", "longest"}, "whom"},
      {"weights", Numbers{1, 2}, "", 0, 10, {}, "per level"},
  };
}

/// The ConfigError that `action` throws, or one that says it threw none.
ConfigError error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error;
  }
  return {"", "nothing was thrown"};
}

ConfigError refusal(std::string name, KnobValue value) {
  Settings settings;
  settings.set(std::move(name), std::move(value));
  return error_of([&] { static_cast<void>(settings.resolved(knobs(), "/pools/0/dispatch")); });
}

TEST(Settings, AreTheDefaultsWhereNothingIsGiven) {
  const Settings settings = Settings().resolved(knobs(), "/dispatch");
  EXPECT_TRUE(settings.flag("steal"));
  EXPECT_EQ(settings.integer("size"), 32);
  EXPECT_EQ(settings.real("share"), 0.5);
  EXPECT_EQ(settings.word("choose"), "random");
  EXPECT_EQ(settings.numbers("weights"), (Numbers{1, 2}));
}

TEST(Settings, KeepWhatIsGiven) {
  Settings given;
  given.set("steal", false);
  given.set("size", std::int64_t{1});
  given.set("choose", std::string("longest"));
  given.set("weights", Numbers{3});
  const Settings settings = given.resolved(knobs(), "/dispatch");
  EXPECT_FALSE(settings.flag("steal"));
  EXPECT_EQ(settings.integer("size"), 1);
  EXPECT_EQ(settings.word("choose"), "longest");
  EXPECT_EQ(settings.numbers("weights"), Numbers{3});
  EXPECT_EQ(settings.real("share"), 0.5);
}

TEST(Settings, TakeAnIntegerForARealButNotTheReverse) {
  Settings given;
  given.set("share", std::int64_t{1});
  EXPECT_EQ(given.resolved(knobs(), "").real("share"), 1.0);
  EXPECT_EQ(refusal("size", 1.5).field, "/pools/0/dispatch/size");
}

TEST(Settings, TakeTheEndsOfTheRange) {
  for (const std::int64_t size : {1, 1024}) {
    Settings given;
    given.set("size", size);
    EXPECT_EQ(given.resolved(knobs(), "").integer("size"), size);
  }
}

TEST(Settings, RefuseNumbersOutOfRangeNamingTheRange) {
  for (const std::int64_t size : {std::int64_t{0}, std::int64_t{1025}, std::int64_t{-1}}) {
    const ConfigError error = refusal("size", size);
    EXPECT_EQ(error.field, "/pools/0/dispatch/size");
    EXPECT_NE(error.message.find("1024"), std::string::npos) << error.message;
  }
  EXPECT_EQ(refusal("share", 1.5).field, "/pools/0/dispatch/share");
  EXPECT_EQ(refusal("share", -0.1).field, "/pools/0/dispatch/share");
}

TEST(Settings, RefuseAWrongType) {
  EXPECT_EQ(refusal("steal", std::int64_t{1}).field, "/pools/0/dispatch/steal");
  EXPECT_EQ(refusal("size", true).field, "/pools/0/dispatch/size");
  EXPECT_EQ(refusal("choose", false).field, "/pools/0/dispatch/choose");
  EXPECT_EQ(refusal("weights", 1.0).field, "/pools/0/dispatch/weights");
}

TEST(Settings, RefuseAnUnknownWordNamingTheNearest) {
  const ConfigError error = refusal("choose", std::string("longst"));
  EXPECT_EQ(error.field, "/pools/0/dispatch/choose");
  EXPECT_NE(error.message.find("longest"), std::string::npos) << error.message;
}

TEST(Settings, RefuseAnUnknownNameNamingTheNearest) {
  const ConfigError error = refusal("sizze", std::int64_t{1});
  EXPECT_NE(error.field.find("sizze"), std::string::npos) << error.field;
  EXPECT_NE(error.message.find("size"), std::string::npos) << error.message;
  EXPECT_NE(std::string(error.what()).find(error.field), std::string::npos);
}

TEST(Settings, RefuseToGuessWhatIsRequired) {
  auto table = knobs();
  table[1].required = true;
  const ConfigError error =
      error_of([&] { static_cast<void>(Settings().resolved(table, "/dispatch")); });
  EXPECT_NE((error.field + error.message).find("size"), std::string::npos) << error.text;
}

TEST(NearestName, IsTheClosestByEditDistance) {
  const std::vector<std::string_view> names = {"pull", "push", "stealing", "priority", "batch"};
  EXPECT_EQ(nearest_name("pussh", names), "push");
  EXPECT_EQ(nearest_name("steeling", names), "stealing");
  EXPECT_EQ(nearest_name("prioritty", names), "priority");
  EXPECT_EQ(nearest_name("batch", names), "batch");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("quetzalcoatl", {"pull", "push"}), "");
  EXPECT_EQ(nearest_name("pull", {}), "");
}

}  // namespace
}  // namespace pools
