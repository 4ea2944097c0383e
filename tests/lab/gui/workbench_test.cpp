#include "lab/gui/model/workbench.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "lab/gui/kept_results.h"
#include "results/result_json.h"

namespace lab::gui {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSmall = R"({
  "schema": "poollab.scenario/1", "name": "small", "seed": 3,
  "run": {"warmup_s": 0.05},
  "classes": [{"name": "t", "service": {"dist": "constant", "value_us": 20}}],
  "phases": [{"name": "only", "duration_s": 0.3, "arrival": {"process": "poisson", "rate_per_s": 800}}],
  "pools": [{"id": "one", "dispatch": "pull", "workers": 1},
            {"id": "two", "dispatch": "stealing", "workers": 2}],
  "baseline": "one"
})";

class WorkbenchTest : public ::testing::Test {
 protected:
  WorkbenchTest() : folder_(fs::temp_directory_path() / ("poollab-" + unique())) {
    fs::create_directories(folder_);
  }
  ~WorkbenchTest() override {
    std::error_code error;
    fs::remove_all(folder_, error);
  }

  std::string write(const std::string& name, const std::string& text) const {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  /// Polls as the window does until the run is over.
  static bool poll_to_the_end(Workbench& bench) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (bench.running() && std::chrono::steady_clock::now() < deadline) {
      bench.poll();
      std::this_thread::yield();
    }
    return !bench.running();
  }

  fs::path folder_;

 private:
  static std::string unique() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    return std::string(test->name()) + "-" +
           std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  }
};

TEST_F(WorkbenchTest, OpensAScenarioAndLaysOutItsPhases) {
  Workbench bench;
  EXPECT_EQ(bench.state(), RunState::Empty);
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  EXPECT_EQ(bench.state(), RunState::Ready);
  ASSERT_EQ(bench.tracks().size(), 2u);
  EXPECT_EQ(bench.tracks()[1].title(), "two");
  EXPECT_NEAR(bench.planned_s(), 0.35, 1e-9);
  EXPECT_NEAR(bench.measured_from_s(), 0.05, 1e-9);
  EXPECT_NEAR(static_cast<double>(bench.offered_load().latest_value()), 800, 1);
}

TEST_F(WorkbenchTest, KeepsTheOldScenarioWhenTheNewOneCannotBeRead) {
  Workbench bench;
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  const std::string bad = write("bad.json", "{\"schema\": \"poollab.scenario/1\",\n \"nam\": 1}");
  EXPECT_FALSE(bench.open(bad));
  EXPECT_EQ(bench.scenario().name, "small");
  ASSERT_FALSE(bench.problems().empty());
  EXPECT_EQ(bench.problems().front().file, bad);
  write("bad.json", kSmall);
  EXPECT_TRUE(bench.reload()) << "reads the file that failed, not the one that is open";
  EXPECT_TRUE(bench.problems().empty());
}

TEST_F(WorkbenchTest, AMissingFileIsAProblemNotACrash) {
  Workbench bench;
  EXPECT_FALSE(bench.open((folder_ / "none.json").string()));
  EXPECT_FALSE(bench.problems().empty());
  EXPECT_EQ(bench.state(), RunState::Empty);
}

TEST_F(WorkbenchTest, RunsEveryIncludedPoolAndExportsTheResult) {
  Workbench bench;
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  bench.run();
  ASSERT_TRUE(bench.running());
  ASSERT_TRUE(poll_to_the_end(bench));
  EXPECT_EQ(bench.state(), RunState::Finished);
  for (const TrialTrack& track : bench.tracks()) {
    EXPECT_TRUE(track.finished()) << track.title();
    EXPECT_GT(track.point_count(), 2u) << track.title();
    EXPECT_TRUE(track.ledger().closes()) << track.title();
    EXPECT_GT(track.ledger().completed, 100u) << track.title();
    EXPECT_TRUE(std::isfinite(track.figures(std::nullopt).percentile_ns[0])) << track.title();
  }
  ASSERT_NE(bench.result(), nullptr);
  EXPECT_TRUE(bench.result()->gui) << "a watched run says so";
  const std::string file = (folder_ / "result.json").string();
  EXPECT_EQ(bench.export_result(file), "");
  EXPECT_EQ(results::read_result_file(file).trials.size(), 2u);
  EXPECT_NE(bench.export_result((folder_ / "no" / "such" / "folder.json").string()), "");
}

TEST_F(WorkbenchTest, LeavesOutThePoolsThatAreNotTicked) {
  Workbench bench;
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  bench.include(0, false);
  bench.run();
  ASSERT_TRUE(poll_to_the_end(bench));
  EXPECT_FALSE(bench.tracks()[0].started());
  EXPECT_TRUE(bench.tracks()[1].finished());
  EXPECT_EQ(bench.run_order(), std::vector<std::size_t>{1});
}

/// The scenario's pools, then all of them again from the last to the first.
std::vector<scenarios::TrialSpec> there_and_back(const scenarios::Scenario& scenario) {
  std::vector<scenarios::TrialSpec> trials = scenarios::plan(scenario);
  for (std::size_t i = trials.size(); i-- > 0;) {
    trials.push_back(trials[i]);
    trials.back().block = 1;
    trials.back().seed = 99;
  }
  return trials;
}

TEST_F(WorkbenchTest, HasATrackForEveryTrialThoseOfAPoolTogether) {
  Workbench bench(&there_and_back);
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  ASSERT_EQ(bench.tracks().size(), 4u);
  const char* const titles[] = {"one", "one #2", "two", "two #2"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(bench.tracks()[i].title(), titles[i]);
    EXPECT_EQ(bench.tracks()[i].slot(), i / 2);
  }
  bench.run();
  ASSERT_TRUE(poll_to_the_end(bench));
  ASSERT_EQ(bench.state(), RunState::Finished);
  EXPECT_EQ(bench.run_order(), (std::vector<std::size_t>{0, 2, 3, 1}));
  ASSERT_EQ(bench.result()->trials.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    const results::Trial* outcome = bench.outcome(i);
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->pool, i < 2 ? "one" : "two");
    EXPECT_EQ(outcome->seed, i % 2 == 0 ? 3u : 99u);
    EXPECT_EQ(bench.tracks()[i].ledger().submitted, outcome->ledger.submitted);
    EXPECT_EQ(bench.tracks()[i].point_count(), outcome->timeline.points.size());
  }
  bench.include(0, false);
  bench.run();
  ASSERT_TRUE(poll_to_the_end(bench));
  ASSERT_EQ(bench.tracks().size(), 4u) << "also those of the pool that is left out";
  EXPECT_EQ(bench.run_order(), (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(bench.outcome(0), nullptr);
  EXPECT_FALSE(bench.tracks()[1].started());
  EXPECT_TRUE(bench.tracks()[3].finished());
}

TEST_F(WorkbenchTest, StopKeepsWhatWasMeasured) {
  std::string text = kSmall;
  text.replace(text.find("\"duration_s\": 0.3"), 17, "\"duration_s\": 120");
  Workbench bench;
  ASSERT_TRUE(bench.open(write("long.json", text)));
  bench.run();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  while (bench.tracks()[0].point_count() < 3 && std::chrono::steady_clock::now() < deadline) {
    bench.poll();
    std::this_thread::yield();
  }
  bench.stop();
  EXPECT_EQ(bench.state(), RunState::Stopping);
  ASSERT_TRUE(poll_to_the_end(bench));
  EXPECT_EQ(bench.state(), RunState::Interrupted);
  EXPECT_GE(bench.tracks()[0].point_count(), 3u);
  ASSERT_NE(bench.result(), nullptr);
  EXPECT_TRUE(bench.result()->interrupted);
}

TEST_F(WorkbenchTest, CanRunAgainAndStartsAfresh) {
  Workbench bench;
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  bench.run();
  ASSERT_TRUE(poll_to_the_end(bench));
  const std::size_t points = bench.tracks()[0].point_count();
  bench.run();
  EXPECT_EQ(bench.tracks()[0].point_count(), 0u);
  EXPECT_EQ(bench.result(), nullptr);
  ASSERT_TRUE(poll_to_the_end(bench));
  EXPECT_GT(bench.tracks()[0].point_count(), points / 2);
  ASSERT_EQ(bench.runs().size(), 2u) << "the first one is kept";
  EXPECT_NE(bench.runs()[0]->result.run_id, bench.runs()[1]->result.run_id);
  EXPECT_EQ(bench.unsaved_runs(), 2u);
  bench.save_unsaved([](const results::RunResult& result) { return result.run_id + ".json"; });
  EXPECT_EQ(bench.unsaved_runs(), 0u);
}

TEST_F(WorkbenchTest, KeepsWhatWasMeasuredWhenTheWindowGoesAway) {
  std::string text = kSmall;
  text.replace(text.find("\"duration_s\": 0.3"), 17, "\"duration_s\": 120");
  Workbench bench;
  ASSERT_TRUE(bench.open(write("long.json", text)));
  bench.run();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  while (bench.tracks()[0].point_count() < 3 && std::chrono::steady_clock::now() < deadline) {
    bench.poll();
    std::this_thread::yield();
  }
  bench.finish_now();
  EXPECT_FALSE(bench.running());
  ASSERT_NE(bench.result(), nullptr);
  EXPECT_TRUE(bench.result()->interrupted);
  EXPECT_EQ(bench.unsaved_runs(), 1u);
  EXPECT_NE(bench.tracks()[0].standing({}), Standing::Whole);
}

TEST_F(WorkbenchTest, AFileThatCannotBeReadIsNotTheOneThatIsOpen) {
  Workbench bench;
  ASSERT_TRUE(bench.open(write("small.json", kSmall)));
  EXPECT_FALSE(bench.load_failed());
  EXPECT_FALSE(bench.open(write("bad.json", "{\"schema\": 3}")));
  EXPECT_TRUE(bench.load_failed()) << "Run would run another than the one asked for";
  EXPECT_FALSE(bench.reload()) << "the bad one is tried again";
  bench.dismiss_problems();
  EXPECT_FALSE(bench.load_failed());
  EXPECT_TRUE(bench.reload()) << "now the one that is open";
}

TEST_F(WorkbenchTest, OverridesStayWithTheFile) {
  Workbench bench;
  ASSERT_TRUE(bench.open(write("small.json", kSmall), {{"/seed", "77"}}));
  EXPECT_EQ(bench.scenario().seed, 77u);
  ASSERT_TRUE(bench.reload());
  EXPECT_EQ(bench.scenario().seed, 77u);
  bench.include_only({"two"});
  EXPECT_EQ(bench.included_count(), 1u);
  EXPECT_TRUE(bench.included(1));
}

TEST_F(WorkbenchTest, ResultsNobodyNamedAFileForReplaceNothing) {
  results::RunResult result;
  result.scenario.name = "small";
  result.trials.emplace_back();
  const std::string first = keep_in((folder_ / "new" / "folder").string(), result);
  const std::string second = keep_in((folder_ / "new" / "folder").string(), result);
  EXPECT_TRUE(first.ends_with("small.result.json")) << first;
  EXPECT_TRUE(second.ends_with("small.result-2.json")) << second;
  EXPECT_TRUE(fs::exists(first) && fs::exists(second));
}

}  // namespace
}  // namespace lab::gui
