// Results are facts: a file that another build wrote is read whole, a damaged one is refused with
// its place.
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results/layout_json.h"
#include "results/result_json.h"
#include "results/verdicts.h"
#include "tests/pools/seed.h"

namespace results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

/// first_slice.json was written by the first build that wrote results. newer_build.json is the same
/// run as a later one might have written it: another strategy, knobs and rules of other names,
/// more fields on every level.
std::string golden(const std::string& name) {
  std::ifstream in(POOLLAB_SOURCE_DIR "/tests/results/golden/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string complaint(const std::string& text) {
  try {
    result_from_json(text, "r.json");
  } catch (const ResultFormatError& error) {
    return error.what();
  }
  return "";
}

TEST(ResultFacts, OfTheFirstBuildAreStillRead) {
  const RunResult result = result_from_json(golden("first_slice.json"), "r.json");
  ASSERT_EQ(result.trials.size(), 2U);
  EXPECT_EQ(result.trials[0].config.dispatch.name, "push");
  EXPECT_EQ(result.trials[0].ledger.completed, result.trials[0].ledger.submitted);
  EXPECT_EQ(result.environment.cgroup_cpus, 0) << "null: no limit";
  EXPECT_EQ(result.scenario.phases.at(0).duration, scenarios::Seconds{0.2});
}

TEST(ResultFacts, NeedNoBuildThatCouldRunThem) {
  const RunResult result = result_from_json(golden("newer_build.json"), "r.json");
  ASSERT_EQ(result.trials.size(), 2U);
  const Trial& trial = result.trials[0];
  EXPECT_EQ(trial.pool, "push");
  EXPECT_EQ(trial.config.dispatch.name, "crossbeam");
  const auto& knobs = trial.config.dispatch.settings.given();
  EXPECT_EQ(knobs.at("pick"), pools::KnobValue(std::string("least_loaded")));
  EXPECT_EQ(knobs.at("lanes"), pools::KnobValue(std::int64_t{3}));
  EXPECT_EQ(knobs.at("share"), pools::KnobValue(0.25));
  EXPECT_EQ(knobs.at("weights"), pools::KnobValue(pools::Numbers{1, 2.5}));
  EXPECT_EQ(trial.config.on_full.name, "shed_oldest");
  EXPECT_EQ(trial.config.metrics, "traced");
  EXPECT_FALSE(trial.config.config()) << "this build has no such pool";
  EXPECT_EQ(trial.generator.urgency, "deadline");
  EXPECT_TRUE(trial.ledger.closes());
  EXPECT_EQ(result.scenario.name, "tiny");
  EXPECT_EQ(result.scenario.phases.at(0).name, "calm");
  EXPECT_THAT(result.scenario.pools, ElementsAre("push", "pull"));
  EXPECT_THAT(result.scenario.classes, ElementsAre("short"));
}

TEST(ResultFacts, AreTheSameWhoeverWroteThem) {
  const RunResult first = result_from_json(golden("first_slice.json"), "r.json");
  const RunResult newer = result_from_json(golden("newer_build.json"), "r.json");
  const auto verdicts = evaluate(newer.scenario.expect, newer.trials);
  ASSERT_EQ(verdicts.size(), first.verdicts.size());
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    EXPECT_EQ(verdicts[i].text, first.verdicts[i].text);
    EXPECT_EQ(verdicts[i].verdict, newer.verdicts.at(i).verdict);
  }
  EXPECT_EQ(merged(newer.trials[0]).response.count(), merged(first.trials[0]).response.count());
  EXPECT_EQ(newer.trials[1].timeline.points.size(), first.trials[1].timeline.points.size());
}

TEST(ResultFacts, CanBeWrittenAgainWithTheScenarioTheyCameFrom) {
  const RunResult result = result_from_json(golden("newer_build.json"), "r.json");
  const std::string text = result_to_json(result);
  const Json before = Json::parse(golden("newer_build.json"));
  const Json after = Json::parse(text);
  EXPECT_EQ(after.at("scenario"), before.at("scenario")) << "to the last unknown field";
  EXPECT_EQ(after.at("trials").at(0).at("config").at("on_full"), "shed_oldest");
  EXPECT_EQ(result_to_json(result_from_json(text, "r.json")), text);
}

TEST(ResultFacts, KeepOnlyTheTextOfAScenarioOfAnotherVersion) {
  Json json = Json::parse(golden("first_slice.json"));
  json["scenario"] = {
      {"schema", "poollab.scenario/2"}, {"name", "later"}, {"phases", {{"calm", 0.2}}}};
  const RunResult result = result_from_json(json.dump(), "r.json");
  EXPECT_EQ(result.scenario.name, "later");
  EXPECT_THAT(result.scenario.phases, testing::IsEmpty());
  EXPECT_EQ(Json::parse(result.scenario.text), json["scenario"]);
}

TEST(ResultFacts, OfACutOffFileAreRefused) {
  const std::string whole = golden("newer_build.json");
  ASSERT_EQ(complaint(whole), "");
  for (std::size_t length = 0; length + 2 < whole.size(); length += 97) {
    const std::string said = complaint(whole.substr(0, length));
    ASSERT_THAT(said, StartsWith("r.json:")) << "the first " << length << " bytes";
    ASSERT_THAT(said, HasSubstr("expected "));
  }
  EXPECT_THAT(complaint(whole.substr(0, whole.size() - 2)),
              HasSubstr("expected ',' or '}', got the end of the file"));
}

struct Damage {
  const char* pointer;
  const char* value;  // as JSON; nullptr: the field is taken away
  const char* said;
};

TEST(ResultFacts, OfADamagedFileAreRefusedWithTheirPlace) {
  const Damage damages[] = {
      {"/schema", R"("poollab.result/2")",
       R"(expected a result with the schema "poollab.result/1", got "poollab.result/2")"},
      {"/run_id", nullptr, "expected a text, got nothing"},
      {"/gui", "1", "expected true or false, got 1"},
      {"/env/cores", "2.5", "expected a whole number from 0 to 4294967295, got 2.5"},
      {"/env/cores", "4294967296", "got 4294967296"},
      {"/build", "[]", "expected an object, got an empty list"},
      {"/command/0", "null", "expected a text, got null"},
      {"/scenario", R"("tiny")", R"(expected an object, got "tiny")"},
      {"/scenario/phases", "{}", "expected a list, got an object"},
      {"/scenario/run/percentiles/0", R"("p50")", "expected a number or null, got \"p50\""},
      {"/verdicts/0/verdict", R"("maybe")", "expected pass, fail or inconclusive, got \"maybe\""},
      {"/trials/0/config/dispatch/lanes", "{}", "expected a word, a number, true, false or a list"},
      {"/trials/0/ledger/completed", nullptr, "expected a whole number"},
      {"/trials/0/ledger/completed", "-1", "got -1"},
      {"/trials/0/counts/steals", R"("7")", "got \"7\""},
      {"/trials/0/rates/goodput_per_s", "true", "expected a number or null, got true"},
      {"/trials/0/workers/0/busy_s", "null", "expected a time of at most 9e9 seconds, got null"},
      {"/trials/0/steal_matrix", "[[0, 1]]", "expected as many columns as rows"},
      {"/trials/0/series/workers", "[1]", "expected as many as in the first column"},
      {"/trials/0/series/latency_bins/0", "[[110, 1]]", "with a bin from 0 to 109"},
      {"/trials/0/generator/lag/hdr", R"("no base64!")", "expected an HdrHistogram as text"},
      {"/trials/1/outcomes/0/failed", "null", "got null"},
      {"/trials/1/config/spin_us", "-1", "expected a time from 0 to 1e12 us"},
      {"/trials/1/generator/lag/sum_ns", "null", "expected a number from 0"},
  };
  const Json whole = Json::parse(golden("newer_build.json"));
  for (const Damage& damage : damages) {
    Json json = whole;
    const Json::json_pointer pointer(damage.pointer);
    if (damage.value == nullptr) {
      json.at(pointer.parent_pointer()).erase(pointer.back());
    } else {
      json[pointer] = Json::parse(damage.value);
    }
    const std::string said = complaint(json.dump(1));
    EXPECT_THAT(said, testing::MatchesRegex("r\\.json:[0-9]+:[0-9]+ /.*")) << damage.pointer;
    EXPECT_THAT(said, HasSubstr(std::string(" ") + damage.pointer)) << damage.pointer;
    EXPECT_THAT(said, HasSubstr(damage.said)) << damage.pointer;
    EXPECT_THAT(said, testing::Not(HasSubstr("\n"))) << "one problem is said once";
  }
}

TEST(ResultFacts, SurviveAnyDamageOrAreRefused) {
  const std::string whole = golden("newer_build.json");
  std::mt19937_64 random(tests::seed());
  for (int round = 0; round < 300; ++round) {
    std::string text = whole;
    for (int i = 0; i < 3; ++i) {
      constexpr std::string_view kBytes = "0123456789-.eE{}[],:\"ntf \x80";
      text[random() % text.size()] = kBytes[random() % kBytes.size()];
    }
    try {
      const RunResult result = result_from_json(text, "r.json");
      EXPECT_NO_THROW(result_from_json(result_to_json(result), "again.json")) << text;
      evaluate(result.scenario.expect, result.trials);
    } catch (const ResultFormatError&) {
    }
  }
}

TEST(ResultFacts, AreStrictJson) {
  std::string twice = golden("first_slice.json");
  twice.insert(1, "\"gui\": false,");
  EXPECT_THAT(complaint(twice), HasSubstr("/gui: expected each name once"));
  EXPECT_THAT(complaint(golden("first_slice.json") + "{}"),
              HasSubstr("expected the end of the file"));
  EXPECT_THAT(complaint("[1]"), HasSubstr("r.json:1:1: expected a result with the schema"));
}

TEST(Layout, KeepsWhatTheTextSays) {
  const std::string text = golden("first_slice.json");
  EXPECT_EQ(laid_out(text) + "\n", text) << "as the first build laid it out";
  for (const char* const json :
       {R"({"a":{},"b":[],"c":"x, {y} [\"z\\\"]","d":[[1,2],[3]],"e":[{"f":null}]})", "7", "[]",
        R"(" [ ")", "[{}]", R"({"only":{"one":{"deep":true}}})"}) {
    EXPECT_EQ(Json::parse(laid_out(json)), Json::parse(json)) << json;
  }
  EXPECT_EQ(laid_out(R"({ "a" : [ 1 , {"b" : 2} ] })"), "{\n \"a\": [\n  1,\n  {\"b\":2}\n ]\n}");
}

}  // namespace
}  // namespace results
