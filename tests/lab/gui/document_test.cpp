#include "lab/gui/model/document.h"

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

class DocumentTest : public ::testing::Test {
 protected:
  DocumentTest() : folder_(fs::temp_directory_path() / ("poollab-" + unique())) {
    fs::create_directories(folder_);
  }
  ~DocumentTest() override {
    std::error_code error;
    fs::remove_all(folder_, error);
  }

  std::string write(const std::string& name, const std::string& text) const {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  /// Polls as the window does until the run is over.
  static bool poll_to_the_end(Document& document) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (document.running() && std::chrono::steady_clock::now() < deadline) {
      document.poll();
      std::this_thread::yield();
    }
    return !document.running();
  }

  fs::path folder_;

 private:
  static std::string unique() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    return std::string(test->name()) + "-" +
           std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  }
};

TEST_F(DocumentTest, OpensAScenarioAndLaysOutItsPhases) {
  Document document;
  EXPECT_EQ(document.state(), RunState::Empty);
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  EXPECT_EQ(document.state(), RunState::Ready);
  ASSERT_EQ(document.tracks().size(), 2u);
  EXPECT_EQ(document.tracks()[1].title(), "two");
  EXPECT_NEAR(document.planned_s(), 0.35, 1e-9);
  EXPECT_NEAR(document.measured_from_s(), 0.05, 1e-9);
  EXPECT_NEAR(static_cast<double>(document.offered_load().latest_value()), 800, 1);
}

TEST_F(DocumentTest, KeepsTheOldScenarioWhenTheNewOneCannotBeRead) {
  Document document;
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  const std::string bad = write("bad.json", "{\"schema\": \"poollab.scenario/1\",\n \"nam\": 1}");
  EXPECT_FALSE(document.open(bad));
  EXPECT_EQ(document.scenario().name, "small");
  ASSERT_FALSE(document.problems().empty());
  EXPECT_EQ(document.problems().front().file, bad);
  write("bad.json", kSmall);
  EXPECT_TRUE(document.reload()) << "reads the file that failed, not the one that is open";
  EXPECT_TRUE(document.problems().empty());
}

TEST_F(DocumentTest, AMissingFileIsAProblemNotACrash) {
  Document document;
  EXPECT_FALSE(document.open((folder_ / "none.json").string()));
  EXPECT_FALSE(document.problems().empty());
  EXPECT_EQ(document.state(), RunState::Empty);
}

TEST_F(DocumentTest, RunsEveryIncludedPoolAndExportsTheResult) {
  Document document;
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  document.run();
  ASSERT_TRUE(document.running());
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_EQ(document.state(), RunState::Finished);
  for (const TrialTrack& track : document.tracks()) {
    EXPECT_TRUE(track.finished()) << track.title();
    EXPECT_GT(track.point_count(), 2u) << track.title();
    EXPECT_TRUE(track.ledger().closes()) << track.title();
    EXPECT_GT(track.ledger().completed, 100u) << track.title();
    EXPECT_TRUE(std::isfinite(track.figures(std::nullopt).percentile_ns[0])) << track.title();
  }
  ASSERT_NE(document.result(), nullptr);
  EXPECT_TRUE(document.result()->gui) << "a watched run says so";
  const std::string file = (folder_ / "result.json").string();
  EXPECT_EQ(document.export_result(file), "");
  EXPECT_EQ(results::read_result_file(file).trials.size(), 2u);
  EXPECT_NE(document.export_result((folder_ / "no" / "such" / "folder.json").string()), "");
}

TEST_F(DocumentTest, LeavesOutThePoolsThatAreNotTicked) {
  Document document;
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  document.include(0, false);
  document.run();
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_FALSE(document.tracks()[0].started());
  EXPECT_TRUE(document.tracks()[1].finished());
  ASSERT_EQ(document.run_order().size(), 1u);
  EXPECT_EQ(document.run_order()[0].track, 1u);
}

/// The scenario's pools, then all of them again from the last to the first.
TrialSource there_and_back(const scenarios::Scenario& scenario) {
  std::vector<scenarios::TrialSpec> trials = scenarios::plan(scenario);
  for (std::size_t i = trials.size(); i-- > 0;) {
    trials.push_back(trials[i]);
    trials.back().block = 1;
    trials.back().seed = 99;
  }
  return {trials, {}};
}

TEST_F(DocumentTest, HasATrackForEveryPoolWithItsPresentTrial) {
  Document document(&there_and_back);
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  ASSERT_EQ(document.tracks().size(), 2u);
  EXPECT_EQ(document.tracks()[0].title(), "one");
  EXPECT_EQ(document.blocks(), 2u);
  document.run();
  ASSERT_TRUE(poll_to_the_end(document));
  ASSERT_EQ(document.state(), RunState::Finished);
  std::vector<std::size_t> order;
  for (const RunEntry& entry : document.run_order()) order.push_back(entry.track);
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 1, 0}));
  ASSERT_EQ(document.result()->trials.size(), 4u);
  for (std::size_t i = 0; i < 2; ++i) {
    const TrialTrack& track = document.tracks()[i];
    const results::Trial* outcome = document.outcome(i);
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->pool, track.title());
    EXPECT_EQ(outcome->seed, 99u) << "the last block's";
    EXPECT_EQ(track.block(), 1u);
    EXPECT_EQ(track.blocks().size(), 2u);
    EXPECT_EQ(track.ledger().submitted, outcome->ledger.submitted);
    EXPECT_EQ(track.point_count(), outcome->timeline.points.size());
  }
  document.include(0, false);
  document.run();
  ASSERT_TRUE(poll_to_the_end(document));
  ASSERT_EQ(document.tracks().size(), 2u) << "also that of the pool that is left out";
  EXPECT_EQ(document.run_order().size(), 2u);
  EXPECT_EQ(document.outcome(0), nullptr);
  EXPECT_FALSE(document.tracks()[0].started());
  EXPECT_EQ(document.tracks()[1].blocks().size(), 2u);
}

TEST_F(DocumentTest, InBlocksTheBaselinesSecondCopyHasNoTrack) {
  std::string text = kSmall;
  text.replace(text.find("\"warmup_s\": 0.05"), 16, "\"warmup_s\": 0.05, \"repetitions\": 2");
  text.replace(text.find("\"duration_s\": 0.3"), 17, "\"duration_s\": 0.1");
  Document document;
  ASSERT_TRUE(document.open(write("blocks.json", text)));
  EXPECT_EQ(document.tracks().size(), 2u);
  document.run();
  ASSERT_EQ(document.run_order().size(), 6u);
  std::size_t controls = 0;
  for (const RunEntry& entry : document.run_order()) {
    if (!entry.control()) continue;
    ++controls;
    EXPECT_EQ(entry.name(), "one again");
  }
  EXPECT_EQ(controls, 2u);
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_EQ(document.state(), RunState::Finished);
  EXPECT_GE(document.result()->trials.size(), 6u) << "more where one was spoilt and run again";
  for (const TrialTrack& track : document.tracks()) EXPECT_EQ(track.blocks().size(), 2u);
  ASSERT_NE(document.outcome(0), nullptr);
  EXPECT_EQ(document.outcome(0)->arm, "");
}

TEST_F(DocumentTest, ASearchSharesATrackPerPoolAndGoesOnWithWhatItFinds) {
  Document document;
  ASSERT_TRUE(document.open(write("search.json", R"({"name": "search", "run": {"warmup_s": 0},
      "phases": [{"duration_s": 0.1, "arrival": {"process": "constant", "rate_per_s": 500}}],
      "pools": [{"id": "a", "dispatch": "pull", "workers": 1}, {"id": "b", "dispatch": "push", "workers": 1}],
      "capacity": {"stat": "p50", "below_us": 1000000, "most_per_s": 2000}})")));
  EXPECT_EQ(document.tracks().size(), 2u);
  document.run();
  EXPECT_EQ(document.run_order().size(), 2u);
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_GE(document.run_order().size(), 6u) << "500, 1,000, 2,000 a second";
  EXPECT_EQ(document.tracks().size(), 2u);
  EXPECT_EQ(document.blocks(), 1u);
  ASSERT_NE(document.result(), nullptr);
  ASSERT_NE(document.outcome(1), nullptr);
  EXPECT_EQ(document.outcome(1)->pool, "b");
}

TEST_F(DocumentTest, ASessionIsStartedAndHeldUpAsTheWindowWants) {
  int started = 0, before = 0;
  Document document(&trial_source, {.start =
                                        [&](Session& session) {
                                          ++started;
                                          session.start();
                                        },
                                    .before_trial = [&](const std::stop_token&) { ++before; }});
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  document.run();
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_EQ(started, 1);
  EXPECT_EQ(before, 2);
}

TEST_F(DocumentTest, StopKeepsWhatWasMeasured) {
  std::string text = kSmall;
  text.replace(text.find("\"duration_s\": 0.3"), 17, "\"duration_s\": 120");
  Document document;
  ASSERT_TRUE(document.open(write("long.json", text)));
  document.run();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  while (document.tracks()[0].point_count() < 3 && std::chrono::steady_clock::now() < deadline) {
    document.poll();
    std::this_thread::yield();
  }
  document.stop();
  EXPECT_EQ(document.state(), RunState::Stopping);
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_EQ(document.state(), RunState::Interrupted);
  EXPECT_GE(document.tracks()[0].point_count(), 3u);
  ASSERT_NE(document.result(), nullptr);
  EXPECT_TRUE(document.result()->interrupted);
}

TEST_F(DocumentTest, CanRunAgainAndStartsAfresh) {
  Document document;
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  document.run();
  ASSERT_TRUE(poll_to_the_end(document));
  const std::size_t points = document.tracks()[0].point_count();
  document.run();
  EXPECT_EQ(document.tracks()[0].point_count(), 0u);
  EXPECT_EQ(document.result(), nullptr);
  ASSERT_TRUE(poll_to_the_end(document));
  EXPECT_GT(document.tracks()[0].point_count(), points / 2);
  ASSERT_EQ(document.runs().size(), 2u) << "the first one is kept";
  EXPECT_NE(document.runs()[0]->result.run_id, document.runs()[1]->result.run_id);
  EXPECT_EQ(document.unsaved_runs(), 2u);
  document.save_unsaved([](const results::RunResult& result) { return result.run_id + ".json"; });
  EXPECT_EQ(document.unsaved_runs(), 0u);
}

TEST_F(DocumentTest, KeepsWhatWasMeasuredWhenTheWindowGoesAway) {
  std::string text = kSmall;
  text.replace(text.find("\"duration_s\": 0.3"), 17, "\"duration_s\": 120");
  Document document;
  ASSERT_TRUE(document.open(write("long.json", text)));
  document.run();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  while (document.tracks()[0].point_count() < 3 && std::chrono::steady_clock::now() < deadline) {
    document.poll();
    std::this_thread::yield();
  }
  document.finish_now();
  EXPECT_FALSE(document.running());
  ASSERT_NE(document.result(), nullptr);
  EXPECT_TRUE(document.result()->interrupted);
  EXPECT_EQ(document.unsaved_runs(), 1u);
  EXPECT_NE(document.tracks()[0].standing({}), Standing::Whole);
}

TEST_F(DocumentTest, AFileThatCannotBeReadIsNotTheOneThatIsOpen) {
  Document document;
  ASSERT_TRUE(document.open(write("small.json", kSmall)));
  EXPECT_FALSE(document.load_failed());
  EXPECT_FALSE(document.open(write("bad.json", "{\"schema\": 3}")));
  EXPECT_TRUE(document.load_failed()) << "Run would run another than the one asked for";
  EXPECT_FALSE(document.reload()) << "the bad one is tried again";
  document.dismiss_problems();
  EXPECT_FALSE(document.load_failed());
  EXPECT_TRUE(document.reload()) << "now the one that is open";
}

TEST_F(DocumentTest, OverridesStayWithTheFile) {
  Document document;
  ASSERT_TRUE(document.open(write("small.json", kSmall), {{"/seed", "77"}}));
  EXPECT_EQ(document.scenario().seed, 77u);
  ASSERT_TRUE(document.reload());
  EXPECT_EQ(document.scenario().seed, 77u);
  document.include_only({"two"});
  EXPECT_EQ(document.included_count(), 1u);
  EXPECT_TRUE(document.included(1));
}

TEST_F(DocumentTest, ResultsNobodyNamedAFileForReplaceNothing) {
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
