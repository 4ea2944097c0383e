#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "scenarios/json/json_value.h"
#include "tests/pools/seed.h"

namespace scenarios {
namespace {

using Kind = JsonValue::Kind;

JsonValue parsed(std::string_view text) {
  std::vector<JsonFault> faults;
  auto value = parse_json(text, 0, faults);
  EXPECT_TRUE(value) << text;
  EXPECT_TRUE(faults.empty()) << faults.front().message;
  return value ? *value : JsonValue{};
}

TEST(ParseJson, TellsWholeFromRealNumbers) {
  EXPECT_EQ(parsed("-12").kind, Kind::Integer);
  EXPECT_EQ(parsed("-12").integer, -12);
  EXPECT_EQ(parsed("12.0").kind, Kind::Real);
  EXPECT_EQ(parsed("1e3").kind, Kind::Real);
  EXPECT_EQ(parsed("9223372036854775807").integer, INT64_MAX);
  EXPECT_EQ(parsed("9223372036854775808").kind, Kind::Real);
  EXPECT_DOUBLE_EQ(parsed("0.1").real, 0.1);
}

TEST(ParseJson, KnowsWhereEverythingStands) {
  const JsonValue root = parsed("{\n  \"a\": [1,\n   {\"b/c\": true}],\n \"ä\": 2, \"z\": 3}");
  const auto shown = [](const JsonPlace& at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  const auto place = [&](const char* pointer) { return shown(place_of(root, pointer)); };
  EXPECT_EQ(place(""), "1:1");
  EXPECT_EQ(place("/a"), "2:8");
  EXPECT_EQ(shown(root.find("a")->place), "2:3") << "of the name";
  EXPECT_EQ(place("/a/0"), "2:9");
  EXPECT_EQ(place("/a/1/b~1c"), "3:12");
  EXPECT_EQ(place("/z"), "4:15") << "columns count characters, not bytes";
  EXPECT_EQ(place("/a/7/x"), "2:8") << "what is not there stands where its parent does";
}

TEST(ParseJson, ReadsEscapes) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\tä€😀")").text,
            "\"\\/\b\f\n\r\t\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(parsed("\"\xF0\x9F\x98\x80\"").text, "\xF0\x9F\x98\x80");
}

TEST(ParseJson, RefusesOverlongSurrogateAndTooLargeUtf8) {
  for (const char* const bad : {"\"\xE0\x80\xAF\"", "\"\xED\xA0\x80\"", "\"\xF0\x80\x80\xAF\"",
                                "\"\xF4\x90\x80\x80\"", "\"\xF5\x80\x80\x80\"", "\"\xE2\x82\""}) {
    std::vector<JsonFault> faults;
    parse_json(bad, 0, faults);
    EXPECT_FALSE(faults.empty()) << quoted_text(bad);
  }
}

TEST(ParseJson, ReadsOnPastWhatIsNotFatal) {
  std::vector<JsonFault> faults;
  const auto value =
      parse_json(R"({"a": 1, "a": 2, "b": 1e999, "c": "\u0000", "a": 3})", 0, faults);
  ASSERT_TRUE(value);
  EXPECT_EQ(faults.size(), 4U);
  EXPECT_EQ(value->find("a")->value.integer, 1) << "the first of several counts";
}

TEST(ParseJson, SkipsAByteOrderMark) {
  EXPECT_EQ(parsed("\xEF\xBB\xBF[7]").items[0].place.column, 2U) << "it takes no column";
  std::vector<JsonFault> faults;
  EXPECT_FALSE(parse_json("\xEF\xBB\xBF", 0, faults));
  EXPECT_FALSE(parse_json("\xEF\xBB[7]", 0, faults)) << "half of one";
}

// These would run into ctest's time limit where the work grew by the square of the text's length.

TEST(ParseJson, TakesManyNamesInItsStride) {
  std::string text = "{";
  for (int i = 0; i < 400'000; ++i) text += "\"name" + std::to_string(i) + "\":0,";
  text += "\"name7\":1}";
  ASSERT_LE(text.size(), kJsonLargest);
  std::vector<JsonFault> faults;
  const auto value = parse_json(text, 0, faults);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->members.size(), 400'000U);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].message, "expected each name once, got \"name7\" again (first in line 1)");
}

TEST(ParseJson, TakesManyValuesUnderALongNameInItsStride) {
  std::string text = "{\"" + std::string(kJsonLargest / 2, 'x') + "\":[0";
  while (text.size() < kJsonLargest - 10) text += ",0";
  EXPECT_GT(parsed(text + "]}").members[0].value.items.size(), 1'000'000U);
}

TEST(ParseJson, ShowsTheFirstOfVeryManyFaults) {
  std::vector<JsonFault> faults;
  parse_json('"' + std::string(1'000'000, '\x01') + '"', 0, faults);
  ASSERT_LE(faults.size(), 1000U);
  EXPECT_EQ(faults.back().message, "and 999800 more like these");
}

TEST(ParseJson, DoesNotNestWithoutBound) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  std::vector<JsonFault> faults;
  EXPECT_FALSE(parse_json(deep, 0, faults));
  EXPECT_EQ(faults.size(), 1U);
  EXPECT_TRUE(
      parsed(std::string(kJsonDeepest, '[') + std::string(kJsonDeepest, ']')).is(Kind::Array));
}

TEST(ParseJson, SurvivesAnyMutation) {
  const std::string original =
      R"({"seed": 1, "phases": [{"duration_s": 1.5e0, "arrival": {"process": "step"}}], "x": [true, null, "\u00e4"]})";
  std::mt19937_64 random(tests::seed());
  for (int round = 0; round < 20'000; ++round) {
    std::string text = original;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 9));
      }
      if (text.empty()) text = " ";
    }
    std::vector<JsonFault> faults;
    const auto value = parse_json(text, 0, faults);
    EXPECT_TRUE(value || !faults.empty()) << text;
    for (const JsonFault& fault : faults) EXPECT_GE(fault.place.column, 1U);
  }
}

TEST(Pointer, EscapesAndSplits) {
  EXPECT_EQ(pointer_to("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(pointer_tokens("/a/b~1c~0d/"), (std::vector<std::string>{"a", "b/c~d", ""}));
  EXPECT_TRUE(pointer_tokens("").empty());
  EXPECT_EQ(element_index("3", 4), 3U);
  EXPECT_FALSE(element_index("4", 4));
  EXPECT_FALSE(element_index("-1", 4));
  EXPECT_FALSE(element_index("1x", 4));
}

}  // namespace
}  // namespace scenarios
