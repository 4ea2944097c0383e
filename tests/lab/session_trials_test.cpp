// A session runs any list of trials, whatever it was made for.
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/session.h"
#include "pools/knobs.h"
#include "results/capacity.h"
#include "results/result_json.h"
#include "tests/lab/tiny_scenario.h"

namespace lab {
namespace {

using ::testing::HasSubstr;

scenarios::TrialSpec trial_of(const std::string& pool, std::uint32_t block, std::uint64_t seed) {
  scenarios::TrialSpec spec;
  spec.pool = pool;
  spec.block = block;
  spec.seed = seed;
  return spec;
}

TEST(Session, RunsTheTrialsOfAList) {
  // Two blocks of two pools, in two orders, each with its seed; and a copy of one for comparing.
  std::vector<scenarios::TrialSpec> list{trial_of("pull", 0, 5), trial_of("push", 0, 5),
                                         trial_of("push", 1, 6), trial_of("pull", 1, 6),
                                         trial_of("pull", 1, 6)};
  for (std::uint32_t i = 0; i < list.size(); ++i) list[i].position = i % 2;
  list.back().arm = "a/a";
  Session session(scenario(R"(, "expect": [{"metric": "failed", "op": "==", "value": 0},
                               {"metric": "completed", "compare": "pull/push", "op": ">", "value": 0}])"),
                  {list, {}}, {});
  EXPECT_EQ(session.progress().trials, 5U);
  session.start();
  std::set<std::string> seen;
  double least_left = INFINITY;
  while (!session.wait_for(std::chrono::milliseconds{5})) {
    const SessionProgress now = session.progress();
    if (now.state != SessionState::Running || now.title.empty()) continue;
    seen.insert(now.title);
    EXPECT_LE(now.left_s, least_left) << now.title;
    least_left = now.left_s;
  }
  ASSERT_EQ(session.progress().state, SessionState::Finished) << session.progress().error;
  EXPECT_EQ(session.progress().trial, 5U);
  for (const std::string& title : seen) {
    const std::vector<std::string> known{"pull", "push", "push #2", "pull #2", "pull a/a"};
    EXPECT_THAT(known, ::testing::Contains(title));
  }
  const results::RunResult result = session.result();
  ASSERT_EQ(result.trials.size(), 5U);
  EXPECT_EQ(result.scenario.pools.size(), 2U);
  EXPECT_THAT(results::titles(result.trials),
              ::testing::ElementsAre("pull", "push", "push #2", "pull #2", "pull a/a"));
  for (std::size_t i = 0; i < list.size(); ++i) {
    const results::Trial& trial = result.trials[i];
    EXPECT_EQ(trial.pool, list[i].pool);
    EXPECT_EQ(trial.config.id, list[i].pool);
    EXPECT_EQ(trial.block, list[i].block);
    EXPECT_EQ(trial.position, list[i].position);
    EXPECT_EQ(trial.arm, list[i].arm);
    EXPECT_EQ(trial.seed, list[i].seed);
    EXPECT_TRUE(trial.ledger.closes());
    EXPECT_EQ(session.trial(i)->ledger.submitted, trial.ledger.submitted);
    const TrialView view = session.view(i);
    EXPECT_TRUE(view.finished);
    EXPECT_EQ(view.timeline.points.size(), trial.timeline.points.size());
    EXPECT_EQ(view.ledger.submitted, trial.ledger.submitted);
  }
  const auto sent = [&](std::size_t i) { return result.trials[i].generator.sent; };
  EXPECT_EQ(sent(0), sent(1)) << "one seed, one timetable";
  EXPECT_EQ(sent(2), sent(3));
  EXPECT_EQ(sent(3), sent(4));
  EXPECT_NE(sent(0), sent(2)) << "another seed, another timetable";
  EXPECT_EQ(result.verdicts.size(), 3U) << "one a pool, and the ratio";
}

TEST(Session, ATrialServesWhatItsParametersMakeOfTheScenario) {
  std::vector<scenarios::TrialSpec> list{trial_of("p", 0, 1), trial_of("p", 0, 1)};
  list[1].parameters = {{"/pools/p/workers", "3"}, {"/phases/one/arrival/rate_per_s", "500"}};
  Session session(scenario(R"(, "pools": [{"id": "p", "dispatch": "pull", "workers": 1}])"),
                  {list, {}}, {});
  session.start();
  ASSERT_TRUE(finishes(session));
  ASSERT_EQ(session.progress().state, SessionState::Finished) << session.progress().error;
  const results::RunResult result = session.result();
  ASSERT_EQ(result.trials.size(), 2U);
  EXPECT_EQ(result.trials[0].config.max_workers, 1U);
  EXPECT_EQ(result.trials[1].config.max_workers, 3U);
  EXPECT_EQ(results::counted_tasks(result.trials[0], "one").submitted, 200U);
  EXPECT_EQ(results::counted_tasks(result.trials[1], "one").submitted, 50U);
  EXPECT_THAT(results::titles(result.trials),
              ::testing::ElementsAre("p", "p rate_per_s=500 workers=3"));
  const results::RunResult again =
      results::result_from_json(results::result_to_json(result), "r.json");
  EXPECT_EQ(again.trials[1].parameters, list[1].parameters);
}

TEST(Session, RefusesTrialsThatCannotBeBeforeAnythingIsRun) {
  EXPECT_THAT(
      [] {
        const Session session(scenario(), {{trial_of("steeling", 0, 1)}, {}}, {});
      },
      ::testing::ThrowsMessage<pools::ConfigError>(HasSubstr("did you mean 'stealing'?")));
  std::vector<scenarios::TrialSpec> list{trial_of("pull", 0, 1), trial_of("pull", 0, 1)};
  list[1].parameters = {{"/pools/pull/wrokers", "3"}};
  EXPECT_THROW(Session(scenario(), TrialSource{list, {}}, {}), scenarios::ScenarioError);
}

TEST(AnotherTry, IsForWhatOthersSpoiltAndNotForEver) {
  results::Trial trial;
  EXPECT_FALSE(worth_another_try(trial, 1)) << "nothing is wrong with it";
  trial.valid = false;
  for (unsigned tries = 1; tries <= 3; ++tries) EXPECT_TRUE(worth_another_try(trial, tries));
  EXPECT_FALSE(worth_another_try(trial, 4));
  trial.interrupted = true;
  EXPECT_FALSE(worth_another_try(trial, 1));
  trial.interrupted = false;
  trial.sound = false;
  EXPECT_FALSE(worth_another_try(trial, 1)) << "a broken promise is no noise";
}

TEST(SessionTrials, InBlocksEveryPoolServesEachAndIsCompared) {
  const scenarios::Scenario scenario = scenarios::read_scenario_text(
      R"({"name": "blocks", "seed": 3, "run": {"warmup_s": 0, "repetitions": 2},
          "classes": [{"name": "task", "service": {"dist": "constant", "value_us": 20}}],
          "phases": [{"name": "steady", "duration_s": 0.05,
                      "arrival": {"process": "poisson", "rate_per_s": 2000}}],
          "pools": ["pull", "stealing"], "baseline": "stealing"})",
      "blocks.json");
  Session session(scenario, {});
  session.start();
  session.wait();
  ASSERT_EQ(session.progress().state, SessionState::Finished) << session.progress().error;
  const results::RunResult result = session.result();
  EXPECT_EQ(result.scenario.baseline, "stealing");
  std::map<std::string, std::set<std::uint32_t>> blocks;
  std::map<std::uint32_t, std::set<std::uint64_t>> seeds;
  for (const results::Trial& trial : result.trials) {
    EXPECT_TRUE(trial.ledger.closes());
    blocks[trial.pool + trial.arm].insert(trial.block);
    seeds[trial.block].insert(trial.seed);
  }
  EXPECT_EQ(blocks.size(), 3U);
  for (const auto& [arm, in] : blocks) EXPECT_EQ(in, (std::set<std::uint32_t>{0, 1})) << arm;
  EXPECT_EQ(seeds[0], std::set<std::uint64_t>{3});
  EXPECT_EQ(seeds[1].size(), 1U) << "the same load for all in a block";
  EXPECT_NE(seeds[0], seeds[1]);
  for (std::size_t i = 0; i < session.trials().size(); ++i) {
    const auto trial = session.trial(i);
    ASSERT_TRUE(trial.has_value());
    EXPECT_EQ(trial->pool, session.trials()[i].pool);
    EXPECT_EQ(trial->block, session.trials()[i].block);
  }
}

TEST(Session, GoesOnWithWhatItsSourceHasMore) {
  int asked = 0;
  TrialSource source{
      {trial_of("pull", 0, 1), trial_of("push", 0, 1)}, [&asked](const results::RunResult& so_far) {
        EXPECT_EQ(so_far.trials.size(), static_cast<std::size_t>(++asked) + 1);
        const auto next = static_cast<std::uint32_t>(asked);
        return asked < 3 ? std::vector<scenarios::TrialSpec>{trial_of("push", next, next)}
                         : std::vector<scenarios::TrialSpec>{};
      }};
  Session session(scenario(), std::move(source), {});
  EXPECT_EQ(session.progress().trials, 2U);
  session.start();
  ASSERT_TRUE(finishes(session));
  ASSERT_EQ(session.progress().state, SessionState::Finished) << session.progress().error;
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(session.progress().trials, 4U);
  EXPECT_EQ(session.trials().size(), 4U);
  EXPECT_THAT(results::titles(session.result().trials),
              ::testing::ElementsAre("pull", "push", "push #2", "push #3"));
}

TEST(Session, ASourceThatAsksForWhatCannotBeEndsTheSession) {
  Session session(scenario(),
                  {{trial_of("pull", 0, 1)},
                   [](const results::RunResult&) {
                     std::vector<scenarios::TrialSpec> more{trial_of("pull", 1, 1)};
                     more[0].parameters["workers"] = "0";
                     return more;
                   }},
                  {});
  session.start();
  ASSERT_TRUE(finishes(session));
  EXPECT_EQ(session.progress().state, SessionState::Failed);
  EXPECT_THAT(session.progress().error, HasSubstr("workers"));
  EXPECT_EQ(session.result().trials.size(), 1U) << "what was measured is kept";
}

scenarios::Scenario whole(const std::string& fields) {
  return scenarios::read_scenario_text("{" + fields + "}", "whole.json");
}

TEST(Session, SearchesForTheCapacityOfEveryPool) {
  // Two workers that sleep a millisecond a task serve no more than 2,000 a second.
  Session session(whole(R"("run": {"warmup_s": 0, "drain_timeout_s": 2},
      "classes": [{"work": "sleep", "service": {"dist": "constant", "value_us": 1000}}],
      "phases": [{"name": "one", "duration_s": 0.3, "arrival": {"process": "constant", "rate_per_s": 200}}],
      "pools": [{"id": "pull", "dispatch": "pull", "workers": 2},
                {"id": "one", "dispatch": "pull", "workers": 1}],
      "capacity": {"stat": "p50", "below_us": 20000, "precision_pct": 40, "most_per_s": 4000},
      "expect": [{"metric": "capacity_per_s", "op": "<", "value": 2600},
                 {"metric": "capacity_per_s", "pool": "pull", "op": ">", "value": 1e6}])"),
                  {.retries = true});
  session.start();
  ASSERT_TRUE(finishes(session));
  ASSERT_EQ(session.progress().state, SessionState::Finished) << session.progress().error;
  const results::RunResult result = session.result();
  const std::vector<results::Capacity> found = results::capacities(result);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].pool, "pull");
  EXPECT_GE(result.trials.size(), 6U);
  for (const results::Trial& trial : result.trials) {
    EXPECT_FALSE(std::isnan(results::rate_of(trial)));
  }
  ASSERT_EQ(result.verdicts.size(), 3U);
  EXPECT_NE(result.verdicts[2].verdict, results::Verdict::Pass);
  const results::RunResult again =
      results::result_from_json(results::result_to_json(result), "r.json");
  ASSERT_TRUE(again.scenario.capacity);
  EXPECT_EQ(results::capacities(again)[0].searches.size(), found[0].searches.size());
}

TEST(Session, AWarmUpThatIsSteadyEndsEarly) {
  Session session(whole(R"("run": {"warmup_s": 0.1, "sample_interval_s": 0.01,
        "steady_state": {"limit_pct": 100, "window_s": 0.1, "max_wait_s": 30}},
      "phases": [{"name": "one", "duration_s": 0.1,
                  "arrival": {"process": "constant", "rate_per_s": 2000}}],
      "pools": ["pull"])"),
                  {});
  session.start();
  ASSERT_TRUE(finishes(session));
  const results::RunResult result = session.result();
  ASSERT_EQ(result.trials.size(), 1U);
  const results::Trial& trial = result.trials[0];
  EXPECT_TRUE(trial.steady.attained);
  EXPECT_GT(trial.steady.cut_s, 0);
  EXPECT_LT(trial.elapsed_s, 30) << "without it 30 s of warm-up";
  EXPECT_EQ(trial.generator.unsent, 0U);
  ASSERT_GE(trial.phases.size(), 2U);
  EXPECT_FALSE(trial.phases[0].measured);
  EXPECT_NEAR(trial.phases[0].end_s, 30.1 - trial.steady.cut_s, 1e-6);
  EXPECT_GE(trial.phases[1].begin_s, trial.phases[0].end_s - 1e-9);
  EXPECT_NEAR(trial.measured_from_s, trial.phases[1].begin_s, 1e-9);
  EXPECT_EQ(results::counted_tasks(trial, "one").submitted, 200U) << "all that was due is sent";
  const results::RunResult again =
      results::result_from_json(results::result_to_json(result), "r.json");
  EXPECT_TRUE(again.trials[0].steady.attained);
}

TEST(Session, AsksBeforeEachTryAndCountsTheFramesDrawnInIt) {
  std::vector<std::string> asked;
  Session* running = nullptr;
  const auto before = [&](const std::stop_token& stop) {
    EXPECT_FALSE(stop.stop_requested());
    asked.push_back(running->progress().title);
    EXPECT_EQ(running->progress().trial_s, 0) << "it has not begun";
    running->note_frame();  // between trials: of none
  };
  Session session(scenario(), {{trial_of("pull", 0, 1), trial_of("push", 0, 1)}, {}},
                  {.gui = true, .before_trial = before});
  running = &session;
  session.start();
  while (!session.view(1).started && !session.wait_for(std::chrono::milliseconds{1})) {
  }
  session.note_frame();
  session.note_frame();
  ASSERT_TRUE(finishes(session));
  EXPECT_THAT(asked, ::testing::ElementsAre("pull", "push"));
  const results::RunResult result = session.result();
  EXPECT_EQ(result.trials.at(0).frames_drawn, 0U);
  EXPECT_LE(result.trials.at(1).frames_drawn, 2U);
  EXPECT_EQ(results::result_from_json(results::result_to_json(result), "r.json")
                .trials.at(1)
                .frames_drawn,
            result.trials.at(1).frames_drawn);
}

}  // namespace
}  // namespace lab
