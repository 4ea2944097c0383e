#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results/result_json.h"
#include "tests/results/made_up.h"

namespace results {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

RunResult disturbed() {
  RunResult result;
  result.trials.push_back(made_up::trial("pull"));
  made_up::disturb(result.trials[0]);
  return result;
}

TEST(NoiseJson, IsReadBackAsItWasWritten) {
  const RunResult before = disturbed();
  const Trial& a = before.trials[0];
  const RunResult after = result_from_json(result_to_json(before), "r.json");
  const Trial& b = after.trials.at(0);
  EXPECT_EQ(b.arrivals.gaps, a.arrivals.gaps);
  EXPECT_DOUBLE_EQ(b.arrivals.gaps_p, a.arrivals.gaps_p);
  EXPECT_TRUE(std::isnan(b.arrivals.uneven));
  EXPECT_DOUBLE_EQ(b.arrivals.sent_rank_correlation, a.arrivals.sent_rank_correlation);
  EXPECT_DOUBLE_EQ(b.noise.worst_hiccup_us, 812.5);
  EXPECT_TRUE(std::isnan(b.noise.huge_pages));
  EXPECT_NEAR(b.noise.speed_change(), 0.01, 1e-9);
  ASSERT_EQ(b.noise.hiccups.size(), 2U);
  EXPECT_DOUBLE_EQ(b.noise.hiccups[1].t_s, 1.25);
  ASSERT_EQ(b.noise.intervals.size(), a.noise.intervals.size());
  for (std::size_t i = 0; i < a.noise.intervals.size(); ++i) {
    EXPECT_DOUBLE_EQ(b.noise.intervals[i].t_s, a.noise.intervals[i].t_s);
    EXPECT_DOUBLE_EQ(b.noise.intervals[i].others_s, a.noise.intervals[i].others_s);
    EXPECT_EQ(b.noise.intervals[i].worker_run_delay_s, a.noise.intervals[i].worker_run_delay_s);
  }
  ASSERT_EQ(b.slowest.size(), a.slowest.size());
  for (std::size_t i = 0; i < a.slowest.size(); ++i) {
    EXPECT_EQ(b.slowest[i].phase, a.slowest[i].phase);
    EXPECT_EQ(b.slowest[i].task_class, a.slowest[i].task_class);
    EXPECT_EQ(b.slowest[i].worker, a.slowest[i].worker);
    EXPECT_DOUBLE_EQ(b.slowest[i].due_s, a.slowest[i].due_s) << "to the nanosecond";
    EXPECT_DOUBLE_EQ(b.slowest[i].started_us, a.slowest[i].started_us);
    EXPECT_DOUBLE_EQ(b.slowest[i].finished_us, a.slowest[i].finished_us);
    EXPECT_EQ(b.slowest[i].cause, a.slowest[i].cause);
    EXPECT_EQ(b.slowest[i].text, a.slowest[i].text);
  }
  EXPECT_TRUE(std::isnan(b.slowest[2].sent_us));
}

TEST(NoiseJson, SaysTheCauseInAWord) {
  const Json trial = Json::parse(result_to_json(disturbed())).at("trials").at(0);
  EXPECT_EQ(trial.at("slowest").at(0).at("cause"), "queued");
  EXPECT_EQ(trial.at("slowest").at(1).at("cause"), "others");
  EXPECT_DOUBLE_EQ(trial.at("noise").at("speed_change").get<double>(), 0.01);
}

TEST(NoiseJson, FilesOfBeforeHaveNone) {
  Json json = Json::parse(result_to_json(disturbed()));
  for (const char* key : {"arrivals", "noise", "slowest"}) json["trials"][0].erase(key);
  const RunResult result = result_from_json(json.dump(), "r.json");
  EXPECT_TRUE(result.trials.at(0).slowest.empty());
  EXPECT_TRUE(result.trials[0].noise.intervals.empty());
  EXPECT_TRUE(std::isnan(result.trials[0].noise.speed_change()));
}

TEST(NoiseJson, ACauseOfANewerBuildIsKeptInWords) {
  Json json = Json::parse(result_to_json(disturbed()));
  json["trials"][0]["slowest"][0]["cause"] = "solar_flare";
  const RunResult result = result_from_json(json.dump(), "r.json");
  EXPECT_EQ(result.trials.at(0).slowest.at(0).cause, Cause::None);
  EXPECT_THAT(result.trials[0].slowest[0].text, HasSubstr("waited 5 ms"));
}

TEST(NoiseJson, RefusesDamage) {
  Json json = Json::parse(result_to_json(disturbed()));
  json["trials"][0]["noise"]["intervals"]["worker_run_delay_s"] = {1, 2, 3};
  EXPECT_THROW(result_from_json(json.dump(), "r.json"), ResultFormatError);
  json = Json::parse(result_to_json(disturbed()));
  json["trials"][0]["slowest"][0].erase("due_s");
  EXPECT_THROW(result_from_json(json.dump(), "r.json"), ResultFormatError);
  json = Json::parse(result_to_json(disturbed()));
  json["trials"][0]["noise"]["backlog"] = "many";
  EXPECT_THROW(result_from_json(json.dump(), "r.json"), ResultFormatError);
}

/// The percentiles that most tools would show stand beside the true ones.
TEST(NoiseJson, EachSeriesHasItsPercentilesFromTheSend) {
  RunResult result = disturbed();
  pools::SeriesReport& figures = result.trials[0].series[1].figures;
  figures.late_response = made_up::latencies(100, 2000);  // all of them
  figures.late_since_send = made_up::latencies(50, 2000);
  const Json json = Json::parse(result_to_json(result)).at("trials").at(0).at("histograms");
  int checked = 0;
  for (const Json& one : json) {
    EXPECT_EQ(one.contains("since_send"), one.at("metric") == "response_us");
    if (one.at("metric") != "response_us" || one.at("phase") != "calm") continue;
    ++checked;
    EXPECT_NEAR(one.at("percentiles").at("p50").get<double>(), 100, 1);
    EXPECT_NEAR(one.at("since_send").at("percentiles").at("p50").get<double>(), 50, 1);
    EXPECT_TRUE(one.at("since_send").at("percentiles").at("p99.9").is_null()) << "too few";
  }
  EXPECT_EQ(checked, 1);
}

}  // namespace
}  // namespace results
