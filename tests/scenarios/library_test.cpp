// Every scenario that ships: readable, of a bearable length, and together showing everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/scenario_json.h"
#include "scenarios/timetable.h"
#include "scenarios/trial_plan.h"

namespace scenarios {
namespace {

namespace fs = std::filesystem;

/// Not if it names a peer that this build lacks, as one for ThreadSanitizer does. Only there is a
/// scenario left out of these tests.
bool can_be_built(const fs::path& path) {
  std::ifstream in(path);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return std::ranges::none_of(pools::missing_peers(), [&text](const pools::MissingPeer& peer) {
    return text.find('"' + std::string(peer.name) + '"') != std::string::npos;
  });
}

std::vector<std::string> library() {
  std::vector<std::string> names;
  for (const auto& entry :
       fs::directory_iterator(fs::path(POOLLAB_SOURCE_DIR) / "scenarios/library")) {
    if (can_be_built(entry.path())) names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

Scenario load(const std::string& name) {
  const fs::path path = fs::path(POOLLAB_SOURCE_DIR) / "scenarios/library" / (name + ".json");
  return read_scenario_file(path.string());
}

class LibraryScenario : public testing::TestWithParam<std::string> {};

TEST_P(LibraryScenario, IsCompleteAndOfABearableLength) {
  const Scenario scenario = load(GetParam());
  EXPECT_EQ(scenario.name, GetParam());
  EXPECT_GE(scenario.description.size(), 80U) << "say what it shows";
  EXPECT_FALSE(scenario.expect.empty());
  EXPECT_GE(scenario.pools.size(), 2U);
  EXPECT_FALSE(scenario.baseline.empty());
  const double seconds =
      trial_length(scenario).count() * static_cast<double>(trials_a_block(scenario));
  EXPECT_GE(seconds, 8);
  EXPECT_LE(seconds, 45);
}

TEST_P(LibraryScenario, IsWrittenAndReadBackUnchanged) {
  const Scenario scenario = load(GetParam());
  const std::string text = scenario_to_json(scenario);
  EXPECT_EQ(scenario_to_json(read_scenario_text(text, GetParam() + ".json")), text);
  const Scenario quick = shortened(scenario, Seconds{10});
  EXPECT_EQ(scenario_to_json(read_scenario_text(quick.text, "quick.json")), quick.text);
  EXPECT_NO_THROW(Timetable{quick});
}

INSTANTIATE_TEST_SUITE_P(Library, LibraryScenario, testing::ValuesIn(library()),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Library, ShowsEveryStrategyArrivalServiceAndWork) {
  std::set<std::string> used;
  for (const std::string& name : library()) {
    const Scenario scenario = load(name);
    for (const auto& config : scenario.pools) {
      used.insert(config.dispatch.name);
      used.insert(config.sizing.name);
    }
    for (const auto& phase : scenario.phases) used.insert(phase.arrival.name);
    for (const auto& task_class : scenario.classes) {
      used.insert(task_class.service.name);
      used.insert(task_class.work.name);
    }
  }
  const auto expect_all = [&used](const auto& rows) {
    for (const auto& row : rows) EXPECT_TRUE(used.contains(std::string(row.name))) << row.name;
  };
  expect_all(arrival_catalog());
  expect_all(service_catalog());
  expect_all(work_catalog());
  for (const char* const name : {"pull", "push", "stealing", "priority", "batch", "threshold"}) {
    EXPECT_TRUE(used.contains(name)) << name;
  }
}

/// What an ideal single server would answer on average, in us: Lindley's recursion over the very
/// timetable.
double ideal_mean_us(const Scenario& scenario) {
  const Timetable timetable(scenario);
  double free_at = 0;
  double sum = 0;
  double count = 0;
  for (const Arrival& arrival : timetable.arrivals()) {
    if (arrival.phase == 0) continue;
    const auto due = static_cast<double>(arrival.due.count());
    free_at = std::max(due, free_at) + static_cast<double>(arrival.service.count());
    sum += free_at - due;
    count += 1;
  }
  return sum / count / 1000;
}

TEST(Library, Mm1HasASampleThatAgreesWithTheory) {
  // Theory says 400 us; a seed whose sample is far from that would blame the pools for its own
  // luck.
  EXPECT_NEAR(ideal_mean_us(load("mm1")), 400, 6);
  EXPECT_NEAR(ideal_mean_us(shortened(load("mm1"), Seconds{4})), 400, 15) << "with --quick as well";
}

}  // namespace
}  // namespace scenarios
