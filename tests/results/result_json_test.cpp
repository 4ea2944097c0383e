#include "results/result_json.h"

#include <cmath>
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results/atomic_file.h"
#include "results/verdicts.h"
#include "scenarios/scenario_json.h"
#include "tests/results/folder.h"
#include "tests/results/made_up.h"

namespace results {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Json = nlohmann::json;

constexpr const char* kScenario = R"({
  "schema": "poollab.scenario/1", "name": "made-up", "seed": 7,
  "phases": [{"name": "calm", "duration_s": 1, "arrival": {"process": "poisson", "rate_per_s": 100}},
             {"name": "burst", "duration_s": 1, "arrival": {"process": "poisson", "rate_per_s": 900}}],
  "pools": [{"id": "pull", "dispatch": {"name": "pull"}}],
  "expect": [{"metric": "response_us", "stat": "p99", "op": "<", "value": 5000}]})";

RunResult made_up_result() {
  RunResult result;
  result.run_id = "20260101T000000Z-00000001";
  result.started_at = "2026-01-01T00:00:00Z";
  result.scenario = scenarios::read_scenario_text(kScenario, "made-up.json");
  result.command = {"poollab", "run", "made-up.json", "--quick"};
  result.quick = true;
  result.scenario_hash = "fnv1a64:0123456789abcdef";
  result.environment.cpu = "Made-up 3000";
  result.environment.clock_source = "tsc";
  result.environment.cores = result.environment.usable_cores = 2;
  result.build.commit = "unknown";
  result.trials.push_back(made_up::trial("pull"));
  result.trials.push_back(made_up::trial("push", 250));
  made_up::disturb(result.trials[0]);
  result.trials[1].series[1].figures.late_response = made_up::latencies(900, 40);
  result.trials[1].series[1].figures.late_since_send = made_up::latencies(300, 40);
  result.trials[1].block = 2;
  result.trials[1].position = 1;
  result.trials[1].arm = "a/a";
  result.trials[1].parameters = {{"/pools/push/choose", "round_robin"},
                                 {"/pools/push/label", "\"3\""},
                                 {"/pools/push/share", "1e-3"},
                                 {"/pools/push/workers", R"({"min":1,"max":3})"}};
  result.trials[1].generator.urgency = "real_time";
  result.trials[1].flags = {"a \"quoted\" note"};
  result.trials[1].config.dispatch.settings.set("choose", std::string("round_robin"));
  result.trials[1].config.dispatch.settings.set("limit", std::int64_t{9});
  result.trials[1].config.dispatch.settings.set("share", 0.25);
  result.trials[1].config.dispatch.settings.set("strict", true);
  result.trials[1].config.dispatch.settings.set("weights", pools::Numbers{1, 2.5});
  result.verdicts = evaluate(result.scenario.expect, result.trials);
  return result;
}

void expect_same(const pools::LatencyHistogram& a, const pools::LatencyHistogram& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.sub_bits(), b.sub_bits());
  EXPECT_EQ(a.max(), b.max());
  EXPECT_EQ(a.min(), b.min());
  EXPECT_NEAR(a.sum_ns(), b.sum_ns(), 1);
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999}) EXPECT_EQ(a.quantile(q), b.quantile(q));
}

TEST(ResultJson, ReadsFilesFromBeforeTrialsWereAList) {
  Json json = Json::parse(result_to_json(made_up_result()));
  for (Json& trial : json["trials"]) {
    for (const char* key : {"block", "position", "arm", "parameters"}) trial.erase(key);
  }
  const RunResult result = result_from_json(json.dump(), "r.json");
  EXPECT_EQ(result.trials.at(1).pool, "push");
  EXPECT_EQ(result.trials[1].block, 0U);
  EXPECT_TRUE(result.trials[1].parameters.empty());
}

TEST(ResultJson, ReadsBackWhatItWrote) {
  const RunResult before = made_up_result();
  const RunResult after = result_from_json(result_to_json(before), "r.json");
  EXPECT_EQ(after.run_id, before.run_id);
  EXPECT_EQ(after.command, before.command);
  EXPECT_TRUE(after.quick);
  EXPECT_EQ(after.scenario_hash, before.scenario_hash);
  EXPECT_EQ(after.scenario.phases.size(), 2U);
  EXPECT_EQ(after.environment.cpu, before.environment.cpu);
  ASSERT_EQ(after.trials.size(), before.trials.size());
  for (std::size_t i = 0; i < before.trials.size(); ++i) {
    const Trial& a = before.trials[i];
    const Trial& b = after.trials[i];
    EXPECT_EQ(b.pool, a.pool);
    EXPECT_EQ(b.block, a.block);
    EXPECT_EQ(b.position, a.position);
    EXPECT_EQ(b.arm, a.arm);
    EXPECT_EQ(b.parameters, a.parameters);
    EXPECT_EQ(b.seed, a.seed);
    EXPECT_EQ(b.flags, a.flags);
    EXPECT_EQ(b.valid, a.valid);
    EXPECT_EQ(b.ledger.completed, a.ledger.completed);
    EXPECT_EQ(b.steal_matrix, a.steal_matrix);
    EXPECT_EQ(b.slots, a.slots);
    EXPECT_EQ(b.figures, a.figures);
    EXPECT_DOUBLE_EQ(b.rates.throughput_per_s, a.rates.throughput_per_s);
    EXPECT_EQ(b.workers.at(0).busy, a.workers.at(0).busy);
    EXPECT_EQ(b.config.dispatch.settings.given(), a.config.dispatch.settings.given());
    expect_same(b.generator.lag, a.generator.lag);
    ASSERT_EQ(b.series.size(), a.series.size());
    for (std::size_t s = 0; s < a.series.size(); ++s) {
      EXPECT_EQ(b.series[s].phase, a.series[s].phase);
      EXPECT_EQ(b.series[s].measured, a.series[s].measured);
      EXPECT_EQ(b.series[s].figures.completed, a.series[s].figures.completed);
      expect_same(b.series[s].figures.response, a.series[s].figures.response);
      expect_same(b.series[s].figures.queue_wait, a.series[s].figures.queue_wait);
      expect_same(b.series[s].figures.service, a.series[s].figures.service);
      expect_same(b.series[s].figures.late_response, a.series[s].figures.late_response);
      expect_same(b.series[s].figures.since_send(), a.series[s].figures.since_send());
    }
    ASSERT_EQ(b.phases.size(), a.phases.size());
    EXPECT_EQ(b.phases.at(1).name, a.phases.at(1).name);
    EXPECT_DOUBLE_EQ(b.phases.at(1).begin_s, a.phases.at(1).begin_s);
    EXPECT_DOUBLE_EQ(b.phases.at(1).throughput_per_s, a.phases.at(1).throughput_per_s);
    EXPECT_EQ(b.generator.urgency, a.generator.urgency);
    ASSERT_EQ(b.timeline.points.size(), a.timeline.points.size());
    EXPECT_TRUE(std::isnan(b.timeline.points[0].p50_us)) << "null means not measured";
    EXPECT_EQ(b.timeline.points[2].latency_bins, a.timeline.points[2].latency_bins);
    EXPECT_DOUBLE_EQ(b.timeline.points[1].throughput_per_s, 2001);
    ASSERT_EQ(b.timeline.scaling.size(), a.timeline.scaling.size());
    EXPECT_EQ(b.timeline.scaling[0].reason, a.timeline.scaling[0].reason);
  }
  ASSERT_EQ(after.verdicts.size(), before.verdicts.size());
  EXPECT_EQ(after.verdicts[0].text, before.verdicts[0].text);
  // Verdicts can be found again from the file alone.
  const auto again = evaluate(after.scenario.expect, after.trials);
  ASSERT_EQ(again.size(), before.verdicts.size());
  EXPECT_EQ(again[0].text, before.verdicts[0].text);
}

TEST(ResultJson, WritesNullWhereThereAreTooFewSamples) {
  const Json json = Json::parse(result_to_json(made_up_result()));
  const Json& histogram = json.at("trials").at(0).at("histograms").at(3);
  EXPECT_EQ(histogram.at("phase"), "calm");
  EXPECT_TRUE(histogram.at("percentiles").at("p99").is_number());
  EXPECT_TRUE(histogram.at("percentiles").at("p99.9").is_null());
  EXPECT_EQ(histogram.at("n"), 2001);
}

TEST(ResultJson, BeginsATrialWithTheFiguresOfTheWhole) {
  const RunResult result = made_up_result();
  const Json json = Json::parse(result_to_json(result)).at("trials").at(0);
  const Json& whole = json.at("latency").at("response_us");
  const pools::SeriesReport sum = merged(result.trials[0]);
  EXPECT_EQ(whole.at("n"), sum.response.count());
  EXPECT_NEAR(whole.at("percentiles").at("p99").get<double>(),
              static_cast<double>(sum.response.quantile(0.99).count()) / 1e3, 0.01);
  EXPECT_FALSE(whole.contains("hdr")) << "it is the sum of the others";
  for (const char* const metric : {"since_send_us", "queue_wait_us", "service_us"}) {
    EXPECT_TRUE(json.at("latency").at(metric).at("percentiles").at("p50").is_number()) << metric;
  }
  const Json& phase = json.at("phases").at(1);
  EXPECT_EQ(phase.at("phase"), "calm");
  EXPECT_DOUBLE_EQ(phase.at("begin_s"), 0.5);
  EXPECT_DOUBLE_EQ(phase.at("end_s"), 1.5);
  EXPECT_DOUBLE_EQ(phase.at("throughput_per_s"), 1001);
}

TEST(ResultJson, SpellsAPercentileOneWay) {
  const std::string text = result_to_json(made_up_result());
  EXPECT_THAT(text, HasSubstr("\"p99.9_us\": ["));
  EXPECT_EQ(text.find("p999"), std::string::npos);
}

/// Times that differ as much as they do: exponentially distributed.
pools::LatencyHistogram spread(double mean_us, int tasks, std::uint64_t seed) {
  pools::LatencyHistogram histogram;
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> times(1 / (mean_us * 1000));
  for (int i = 0; i < tasks; ++i) {
    histogram.record(pools::Nanos{static_cast<pools::Nanos::rep>(times(random))});
  }
  return histogram;
}

TEST(ResultJson, IsSmallAlsoForMuchThatWasMeasured) {
  // Seven pools, half a second of warm-up and 1.5 s of 10,000 tasks a second.
  RunResult result = made_up_result();
  const Trial pattern = result.trials[0];
  result.trials.clear();
  for (std::uint64_t pool = 0; pool < 7; ++pool) {
    Trial trial = pattern;
    trial.series.erase(trial.series.begin() + 2, trial.series.end());
    for (SeriesResult& one : trial.series) {
      const int tasks = one.measured ? 15'000 : 5'000;
      one.figures.response = spread(400, tasks, pool);
      one.figures.queue_wait = spread(300, tasks, pool + 10);
      one.figures.service = spread(100, tasks, pool + 20);
    }
    trial.generator.lag = spread(20, 15'000, pool + 30);
    result.trials.push_back(std::move(trial));
  }
  EXPECT_LT(result_to_json(result).size(), 300'000U) << "it was 2.9 MB";
}

TEST(ResultJson, KeepsHoursAndMoreThan32BitsOfThem) {
  RunResult result = made_up_result();
  pools::LatencyHistogram& before = result.trials[0].series[1].figures.response;
  before.record(std::chrono::hours(30), std::uint64_t{1} << 33);
  const RunResult read = result_from_json(result_to_json(result), "r.json");
  const pools::LatencyHistogram& after = read.trials[0].series[1].figures.response;
  EXPECT_EQ(after.count(), before.count());
  EXPECT_EQ(after.quantile(0.5), before.quantile(0.5));
  EXPECT_EQ(after.max(), std::chrono::hours(30));
  EXPECT_NEAR(after.mean_ns() / before.mean_ns(), 1, 1e-6);
}

TEST(ResultJson, KeepsWhatWasCancelledAndSaysWhichFiguresAreLowerBounds) {
  RunResult result = made_up_result();
  made_up::cancel(result.trials[0], 1, 1000, 1e6);
  result.trials[0].series[1].figures.rejected = 7;
  result.trials[0].timeline.scaling_dropped = 12;
  const std::string text = result_to_json(result);
  const Json trial = Json::parse(text).at("trials").at(0);
  const Json& response = trial.at("histograms").at(3);
  EXPECT_EQ(response.at("metric"), "response_us");
  EXPECT_EQ(response.at("n"), 2001) << "those that finished";
  EXPECT_EQ(response.at("unserved"), 1000);
  EXPECT_NEAR(response.at("percentiles").at("p99").get<double>(), 1e6, 1e3);
  EXPECT_EQ(response.at("at_least"), Json({"mean_us", "max_us", "p90", "p99"}));
  EXPECT_FALSE(trial.at("histograms").at(0).contains("at_least")) << "the warm-up is complete";
  EXPECT_EQ(trial.at("counts").at("cancelled"), 1000);
  EXPECT_EQ(trial.at("counts").at("submitted"), 4002 + 1000 + 7);
  EXPECT_EQ(trial.at("outcomes").at(1).at("submitted"), 2001 + 1000 + 7);
  EXPECT_EQ(trial.at("events_dropped"), 12);
  const RunResult read = result_from_json(text, "r.json");
  const SeriesResult& series = read.trials[0].series[1];
  EXPECT_EQ(series.figures.rejected, 7U);
  EXPECT_EQ(series.figures.cancelled, 1000U);
  EXPECT_EQ(series.figures.unserved_response.count(), 1000U);
  EXPECT_EQ(series.figures.unserved_wait.count(), 1000U);
  EXPECT_EQ(read.trials[0].events.wakes, result.trials[0].events.wakes);
  EXPECT_EQ(read.trials[0].timeline.scaling_dropped, 12U);
  EXPECT_DOUBLE_EQ(read.trials[0].measured_from_s, 0.5);
}

TEST(ResultJson, SaysWhetherTheLedgerCloses) {
  RunResult result = made_up_result();
  result.trials[1].ledger.completed -= 2;
  const Json json = Json::parse(result_to_json(result));
  EXPECT_EQ(json.at("trials").at(0).at("closes"), true);
  EXPECT_EQ(json.at("trials").at(1).at("closes"), false);
}

TEST(ResultJson, IsNoLongerThanItNeedsToBe) {
  const std::string text = result_to_json(made_up_result());
  EXPECT_THAT(text, HasSubstr("\n    \"t_s\": [0.5,1.0,1.5],\n")) << "a column is one line";
  EXPECT_EQ(text.back(), '\n');
}

TEST(ResultJson, RefusesWhatIsNoResult) {
  EXPECT_THROW(result_from_json("", "r.json"), ResultFormatError);
  EXPECT_THROW(result_from_json("[1]", "r.json"), ResultFormatError);
  EXPECT_THAT([] { result_from_json(R"({"schema": "poollab.result/9"})", "r.json"); },
              ThrowsMessage<ResultFormatError>(
                  HasSubstr("r.json:1:12 /schema: expected a result with the schema "
                            "\"poollab.result/1\", got \"poollab.result/9\"")));
  EXPECT_THAT([] { result_from_json(R"({"schema": "poollab.result/1"})", "r.json"); },
              ThrowsMessage<ResultFormatError>(HasSubstr("run_id")));
  Json json = Json::parse(result_to_json(made_up_result()));
  json["trials"][0]["series"]["latency_bins"][0] = {{999, 1}};
  EXPECT_THROW(result_from_json(json.dump(), "r.json"), ResultFormatError);
  json = Json::parse(result_to_json(made_up_result()));
  for (const char* const hdr : {"HISTFA", "HISTFAAAADl4nJNp", "no base64!", "AAAA"}) {
    json["trials"][0]["histograms"][0]["hdr"] = hdr;
    EXPECT_THROW(result_from_json(json.dump(), "r.json"), ResultFormatError) << hdr;
  }
}

TEST(ResultJson, ReadsAFile) {
  const tests::Folder folder;
  write_result_file(folder.path("r.json"), made_up_result());
  EXPECT_EQ(read_result_file(folder.path("r.json")).trials.size(), 2U);
  EXPECT_THROW(read_result_file(folder.path("none.json")), FileError);
}

TEST(ResultJson, KeepsTheOldFileWhereNothingWasMeasured) {
  const tests::Folder folder;
  const std::string path = folder.path("r.json");
  write_result_file(path, made_up_result());
  RunResult nothing = made_up_result();
  nothing.trials.clear();
  EXPECT_THAT([&] { write_result_file(path, nothing); },
              ThrowsMessage<FileError>(HasSubstr("nothing was measured")));
  EXPECT_EQ(read_result_file(path).trials.size(), 2U);
}

TEST(ResultJson, MeetsItsSchema) {
  const tests::Folder folder;
  RunResult result = made_up_result();
  result.trials[0].series.push_back(SeriesResult());  // empty histograms
  result.trials[0].steal_matrix.clear();
  made_up::cancel(result.trials[1], 1, 1000, 1e6);
  write_result_file(folder.path("r.json"), result);
  const std::string command = std::string("/usr/bin/python3 " POOLLAB_SOURCE_DIR
                                          "/tests/results/validate_json " POOLLAB_SOURCE_DIR
                                          "/results/schema/result-1.schema.json ") +
                              folder.path("r.json");
  EXPECT_EQ(std::system(command.c_str()), 0);
  folder.write("bad.json", R"({"schema": "poollab.result/1", "surplus": 1})");
  const std::string bad =
      command.substr(0, command.rfind(' ')) + " " + folder.path("bad.json") + " 2>/dev/null";
  EXPECT_NE(std::system(bad.c_str()), 0) << "the check itself must bite";
}

}  // namespace
}  // namespace results
