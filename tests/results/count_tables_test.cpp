// What is counted has one row each, and each row reaches everywhere: file, schema, gates, sums.
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pools/catalog.h"
#include "pools/make_pool.h"
#include "pools/metrics/ledger_keys.h"
#include "results/result_json.h"
#include "results/verdicts.h"
#include "scenarios/gates.h"
#include "tests/results/made_up.h"

namespace results {
namespace {

using Json = nlohmann::json;
using pools::LedgerKey;
using pools::LedgerRole;
using scenarios::EventKey;

/// Every count of it differs from every other.
Trial distinct_trial() {
  Trial trial = made_up::trial("pull");
  std::uint64_t next = 1000;
  for (const LedgerKey& key : pools::kLedgerKeys) trial.ledger.*key.count = ++next;
  for (SeriesResult& series : trial.series) {
    for (const LedgerKey& key : pools::kLedgerKeys) {
      if (key.by_series != nullptr) series.figures.*key.by_series = ++next;
    }
    for (const pools::AttemptKey& key : pools::kAttemptKeys) series.figures.*key.count = ++next;
  }
  for (const EventKey& key : scenarios::kEventKeys) trial.events.*key.count = ++next;
  return trial;
}

RunResult result_of(Trial trial) {
  RunResult result;
  result.trials.push_back(std::move(trial));
  return result;
}

TEST(CountTables, AreWrittenAndReadBackRowByRow) {
  const RunResult before = result_of(distinct_trial());
  const std::string text = result_to_json(before);
  const Json json = Json::parse(text).at("trials").at(0);
  const RunResult after = result_from_json(text, "r.json");
  const Trial& a = before.trials[0];
  const Trial& b = after.trials.at(0);
  for (const LedgerKey& key : pools::kLedgerKeys) {
    EXPECT_EQ(json.at("ledger").at(key.name), a.ledger.*key.count);
    EXPECT_EQ(b.ledger.*key.count, a.ledger.*key.count) << key.name;
    EXPECT_EQ(json.at("outcomes").at(0).contains(key.name), counted_by_series(key)) << key.name;
    if (key.by_series == nullptr) continue;
    for (std::size_t s = 0; s < a.series.size(); ++s) {
      EXPECT_EQ(json.at("outcomes").at(s).at(key.name), a.series[s].figures.*key.by_series);
      EXPECT_EQ(b.series.at(s).figures.*key.by_series, a.series[s].figures.*key.by_series);
    }
  }
  for (const pools::AttemptKey& key : pools::kAttemptKeys) {
    EXPECT_EQ(json.at("counts").at(key.name), merged(a).*key.count) << key.name;
    for (std::size_t s = 0; s < a.series.size(); ++s) {
      EXPECT_EQ(json.at("outcomes").at(s).at(key.name), a.series[s].figures.*key.count);
      EXPECT_EQ(b.series.at(s).figures.*key.count, a.series[s].figures.*key.count);
    }
  }
  for (const EventKey& key : scenarios::kEventKeys) {
    EXPECT_EQ(json.at("counts").at(key.name), a.events.*key.count);
    EXPECT_EQ(b.events.*key.count, a.events.*key.count) << key.name;
  }
}

/// The names that a schema's object knows and asks for.
void expect_described(const Json& object, std::string_view name) {
  EXPECT_TRUE(object.at("properties").contains(name)) << name;
  const auto required = object.at("required").get<std::set<std::string>>();
  EXPECT_TRUE(required.contains(std::string(name))) << name;
}

TEST(CountTables, AreInTheSchema) {
  std::ifstream in(POOLLAB_SOURCE_DIR "/results/schema/result-1.schema.json");
  const Json trial = Json::parse(
      std::string(std::istreambuf_iterator<char>(in), {}))["definitions"]["trial"]["properties"];
  for (const LedgerKey& key : pools::kLedgerKeys) {
    expect_described(trial.at("ledger"), key.name);
    if (!counted_by_series(key)) continue;
    expect_described(trial.at("outcomes").at("items"), key.name);
    expect_described(trial.at("counts"), key.name);
  }
  for (const pools::AttemptKey& key : pools::kAttemptKeys) {
    expect_described(trial.at("outcomes").at("items"), key.name);
    expect_described(trial.at("counts"), key.name);
  }
  for (const EventKey& key : scenarios::kEventKeys) expect_described(trial.at("counts"), key.name);
}

TEST(CountTables, AddUpAsTheLedgerDoes) {
  pools::Ledger sum;
  for (const LedgerKey& key : pools::kLedgerKeys) {
    pools::Ledger one;
    one.*key.count = 5;
    const bool total = key.role == LedgerRole::Total;
    EXPECT_EQ(one.accounted(), total ? 0U : 5U) << key.name << " is left out of accounted()";
    EXPECT_EQ(one.settled(), key.role == LedgerRole::Settled ? 5U : 0U) << key.name;
    sum += one;
    EXPECT_EQ(sum.*key.count, 5U);
  }
  const std::size_t members = sizeof(pools::Ledger) / sizeof(std::uint64_t);
  EXPECT_EQ(std::size(pools::kLedgerKeys), members) << "a member without a row";
  EXPECT_EQ(std::size(scenarios::kEventKeys),
            sizeof(scenarios::EventCounts) / sizeof(std::uint64_t));
}

TEST(CountTables, CanBeAskedForByGates) {
  const Trial trial = distinct_trial();
  for (const LedgerKey& key : pools::kLedgerKeys) {
    const std::string name(key.name);
    const scenarios::GateMetric* metric = scenarios::find_gate_metric(name);
    ASSERT_EQ(metric != nullptr, counted_by_series(key)) << name;
    EXPECT_EQ(scenarios::why_constant(name).empty(), counted_by_series(key)) << name;
    if (metric == nullptr) continue;
    EXPECT_EQ(metric->help, key.help);
    const double seen = observe(trial, made_up::gate(name, "count", "<", 1)).value;
    EXPECT_EQ(seen, static_cast<double>(counted_tasks(trial).*key.count)) << name;
  }
  for (const pools::AttemptKey& key : pools::kAttemptKeys) {
    ASSERT_NE(scenarios::find_gate_metric(key.name), nullptr) << key.name;
    EXPECT_EQ(observe(trial, made_up::gate(std::string(key.name), "count", "<", 1)).value,
              static_cast<double>(merged(trial).*key.count));
  }
  for (const EventKey& key : scenarios::kEventKeys) {
    const std::string name(key.name);
    ASSERT_NE(scenarios::find_gate_metric(name), nullptr) << name;
    EXPECT_EQ(observe(trial, made_up::gate(name, "count", "<", 1)).value,
              static_cast<double>(trial.events.*key.count));
  }
}

/// Gates can ask for every figure that only one strategy has, but for those of a single level.
TEST(CountTables, HaveTheStrategiesOwnFigures) {
  std::set<std::string_view> asked_for;
  for (const pools::DispatchRow& row : pools::dispatch_catalog()) {
    pools::PoolConfig config;
    config.id = config.dispatch.name = row.name;
    config.min_workers = 1;
    for (const pools::StrategyFigure& figure : pools::make_pool(config)->snapshot().figures) {
      const scenarios::GateMetric* metric = scenarios::find_gate_metric(figure.name);
      ASSERT_EQ(metric == nullptr, figure.name.find("_level_") != std::string_view::npos)
          << figure.name << " of " << row.name << " has no row in gates.cpp";
      if (metric == nullptr) continue;
      EXPECT_EQ(metric->stats.front() == "count", figure.is_count()) << figure.name;
      asked_for.insert(metric->name);
    }
  }
  // What the pool does for its tasks besides.
  pools::PoolConfig careful;
  careful.retry.name = "backoff";
  careful.stuck_after = std::chrono::seconds(1);
  careful.classes = {{"limited", {}, std::chrono::seconds(1)}};
  std::set<std::string_view> of_care;
  for (const pools::StrategyFigure& figure : pools::make_pool(careful)->snapshot().figures) {
    if (figure.name != "claims") of_care.insert(figure.name);
  }
  EXPECT_EQ(of_care, (std::set<std::string_view>{"retries_denied", "overrun_ms", "lost_workers"}));
  for (const std::string_view name : of_care) {
    EXPECT_NE(scenarios::find_gate_metric(name), nullptr) << name;
  }
  for (const scenarios::GateMetric& metric : scenarios::gate_metrics()) {
    const bool own = metric.needs == scenarios::GateNeed::Ageing ||
                     metric.needs == scenarios::GateNeed::Batches ||
                     metric.needs == scenarios::GateNeed::Claims;
    EXPECT_EQ(asked_for.contains(metric.name), own) << metric.name;
  }
}

}  // namespace
}  // namespace results
