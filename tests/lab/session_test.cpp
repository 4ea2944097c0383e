#include "lab/session.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/trial_runner.h"
#include "pools/catalog.h"
#include "results/result_json.h"
#include "tests/lab/tiny_scenario.h"

namespace lab {
namespace {

using ::testing::HasSubstr;

TEST(Session, ServesEveryPoolAndAccountsForEveryTask) {
  Session session(scenario(), {});
  EXPECT_EQ(session.progress().state, SessionState::Ready);
  session.start();
  ASSERT_TRUE(finishes(session));
  const SessionProgress end = session.progress();
  ASSERT_EQ(end.state, SessionState::Finished) << end.error;
  EXPECT_EQ(end.trial, end.trials);
  EXPECT_DOUBLE_EQ(end.share, 1);
  const results::RunResult result = session.result();
  EXPECT_FALSE(result.interrupted);
  ASSERT_EQ(result.trials.size(), session.trials().size());
  ASSERT_EQ(result.trials.size(), 5U) << "the five strategies are the default";
  std::uint64_t submitted = 0;
  for (const results::Trial& trial : result.trials) {
    EXPECT_TRUE(trial.sound) << trial.pool;
    EXPECT_TRUE(trial.drained);
    EXPECT_TRUE(trial.ledger.closes());
    EXPECT_EQ(trial.ledger.completed, trial.ledger.submitted);
    EXPECT_EQ(trial.ledger.submitted, trial.generator.sent);
    EXPECT_EQ(trial.ledger.queued + trial.ledger.running, 0U);
    EXPECT_EQ(trial.series.size(), 6U) << "warm-up, one, two; a and b in each";
    std::uint64_t recorded = 0;
    for (const results::SeriesResult& series : trial.series) recorded += series.figures.completed;
    EXPECT_EQ(recorded, trial.ledger.completed);
    EXPECT_EQ(results::merged(trial).response.count(), results::merged(trial).completed);
    EXPECT_FALSE(trial.timeline.points.empty());
    EXPECT_GT(trial.rates.throughput_per_s, 0);
    EXPECT_GT(trial.rates.offered_per_s, 1000);
    ASSERT_EQ(trial.slowest.size(), pools::SlowTask::kKept);
    for (const results::SlowestTask& slow : trial.slowest) {
      EXPECT_NE(slow.phase, "warm-up");
      EXPECT_LE(0, slow.sent_us);
      EXPECT_LE(slow.sent_us, slow.accepted_us * (1 + 1e-6)) << "but for rounding";
      EXPECT_LE(slow.accepted_us, slow.started_us);
      EXPECT_LE(slow.started_us, slow.finished_us);
      EXPECT_DOUBLE_EQ(slow.planned_us, 20);
      EXPECT_FALSE(slow.text.empty());
    }
    EXPECT_GT(trial.arrivals.gaps, 150U);
    EXPECT_LE(trial.arrivals.sent_gaps, trial.arrivals.gaps) << "less what came after its phase";
    EXPECT_LT(trial.arrivals.uneven, 1e-3);
    EXPECT_EQ(trial.noise.intervals.size(), trial.timeline.points.size());
    EXPECT_GT(trial.noise.speed_change(), -1) << "the speed was tried before and after";
    // The same timetable for every pool.
    if (submitted == 0) submitted = trial.ledger.submitted;
    EXPECT_EQ(trial.ledger.submitted, submitted);
  }
}

TEST(Session, ShowsTheSameAsItsResult) {
  Session session(scenarios::with_pools(scenario(), {"push"}), {.gui = true});
  session.start();
  ASSERT_TRUE(finishes(session));
  ASSERT_EQ(session.trials().size(), 1U);
  const TrialView whole = session.view(0);
  const results::RunResult result = session.result();
  EXPECT_TRUE(whole.finished);
  EXPECT_TRUE(result.gui);
  EXPECT_EQ(whole.timeline.points.size(), result.trials.at(0).timeline.points.size());
  EXPECT_EQ(whole.ledger.completed, result.trials.at(0).ledger.completed);
  EXPECT_EQ(whole.response.count(), result.trials.at(0).ledger.completed);
  const TrialView rest = session.view(0, whole.timeline.points.size() - 1);
  ASSERT_EQ(rest.timeline.points.size(), 1U);
  EXPECT_DOUBLE_EQ(rest.timeline.points[0].t_s, whole.timeline.points.back().t_s);
  EXPECT_TRUE(session.view(0, 1'000'000).timeline.points.empty());
}

/// Of this process's threads, as `top -H` shows them.
std::set<std::string> thread_names() {
  std::set<std::string> names;
  std::error_code gone;  // a thread may end while it is looked at
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", gone)) {
    std::ifstream file(task.path() / "comm");
    std::string name;
    if (std::getline(file, name)) names.insert(name);
  }
  return names;
}

TEST(Session, NamesItsThreads) {
  Session session(scenario("", "600"), {});
  session.start();
  while (session.view(0).timeline.points.empty() &&
         !session.wait_for(std::chrono::milliseconds{5})) {
  }
  EXPECT_THAT(thread_names(), ::testing::IsSupersetOf({"pl-session", "pl-gen", "pl-sample"}));
}

TEST(Session, WritesAResultThatReadsBack) {
  Session session(scenarios::with_pools(
                      scenario(R"(, "expect": [{"metric": "failed", "op": "==", "value": 0}])"),
                      {"pull", "stealing"}),
                  {});
  session.start();
  ASSERT_TRUE(finishes(session));
  const results::RunResult result = session.result();
  ASSERT_EQ(result.verdicts.size(), 2U);
  EXPECT_EQ(result.verdicts[0].verdict, results::Verdict::Pass);
  const results::RunResult again =
      results::result_from_json(results::result_to_json(result), "r.json");
  ASSERT_EQ(again.trials.size(), 2U);
  EXPECT_EQ(again.trials[1].ledger.completed, result.trials[1].ledger.completed);
  EXPECT_EQ(again.scenario.pools.size(), 2U) << "the pools that were run";
  EXPECT_EQ(again.scenario_hash, result.scenario_hash);
}

TEST(Session, StopsWhileServing) {
  Session session(scenario("", "600"), {});
  session.start();
  while (session.view(0).timeline.points.empty() &&
         !session.wait_for(std::chrono::milliseconds{5})) {
  }
  session.stop();
  ASSERT_TRUE(finishes(session));
  EXPECT_EQ(session.progress().state, SessionState::Interrupted);
  const results::RunResult result = session.result();
  EXPECT_TRUE(result.interrupted);
  ASSERT_EQ(result.trials.size(), 1U) << "what was measured is kept";
  EXPECT_TRUE(result.trials[0].interrupted);
  EXPECT_TRUE(result.trials[0].sound);
  EXPECT_TRUE(result.trials[0].ledger.closes());
}

TEST(Session, StopsASubmitterThatWaitsForRoom) {
  // One worker, half a second per task, room for one: the generator is held up for ever.
  Session session(
      scenario(R"(, "pools": [{"id": "p", "dispatch": "pull", "workers": 1, "queue_capacity": 1}])",
               "60", "500000"),
      {});
  session.start();
  while (session.view(0).ledger.running == 0 && !session.wait_for(std::chrono::milliseconds{5})) {
  }
  session.stop();
  ASSERT_TRUE(finishes(session));
  EXPECT_EQ(session.progress().state, SessionState::Interrupted) << session.progress().error;
  EXPECT_TRUE(session.result().trials.at(0).ledger.closes());
}

TEST(Session, StopsInTheMidstOfALongTaskAndKeepsWhatWasMeasured) {
  // The worker sleeps for a minute; the drain timeout of 20 s is not for who wants to stop.
  scenarios::Scenario slow =
      scenario(R"(, "pools": [{"id": "p", "dispatch": "pull", "workers": 1}])", "600", "60000000");
  for (scenarios::TaskClass& one : slow.classes) one.work = {"sleep", {}};
  slow.run.drain_after_warmup = false;
  Session session(slow, {});
  session.start();
  while (session.view(0).ledger.running == 0 && !session.wait_for(std::chrono::milliseconds{5})) {
  }
  session.stop();
  ASSERT_TRUE(finishes(session));
  EXPECT_EQ(session.progress().state, SessionState::Interrupted) << session.progress().error;
  EXPECT_EQ(session.progress().failure, Failure::Hang) << "its thread is left behind";
  const results::RunResult result = session.result();
  EXPECT_TRUE(result.interrupted);
  const results::Trial& trial = result.trials.at(0);
  EXPECT_TRUE(trial.interrupted);
  EXPECT_TRUE(trial.sound);
  EXPECT_EQ(trial.ledger.running, 1U);
  EXPECT_TRUE(trial.ledger.closes());
  EXPECT_FALSE(trial.series.empty());
  EXPECT_THAT(trial.flags.front(), HasSubstr("still running"));
}

TEST(Session, MayBeStoppedBeforeItStartsAndDestroyedAtAnyTime) {
  {
    Session session(scenario(), {});
    session.stop();
    session.start();
    ASSERT_TRUE(finishes(session));
    EXPECT_EQ(session.progress().state, SessionState::Interrupted);
    EXPECT_TRUE(session.result().trials.empty());
  }
  { const Session never_started(scenario(), {}); }
  {
    Session running(scenario("", "600"), {});
    running.start();
  }
}

TEST(Session, CancelsWhatDoesNotDrainInTimeAndSaysSo) {
  scenarios::Scenario slow =
      scenario(R"(, "pools": [{"id": "p", "dispatch": "pull", "workers": 1}])", "0.1", "20000");
  slow.run.drain_timeout = scenarios::Seconds{0.1};
  slow.run.drain_after_warmup = false;
  Session session(slow, {});
  session.start();
  ASSERT_TRUE(finishes(session));
  const results::RunResult result = session.result();
  ASSERT_EQ(result.trials.size(), 1U);
  const results::Trial& trial = result.trials[0];
  EXPECT_FALSE(trial.drained);
  EXPECT_TRUE(trial.sound) << "overload is a finding about the load";
  EXPECT_GT(trial.ledger.cancelled, 0U);
  EXPECT_TRUE(trial.ledger.closes());
  EXPECT_THAT(trial.flags.front(), HasSubstr("did not drain in time"));
  // Every task is in the latencies: with its response, or with the age at which it was given up.
  std::uint64_t cancelled = 0;
  std::uint64_t answers = 0;
  std::uint64_t unserved = 0;
  for (const results::SeriesResult& series : trial.series) {
    cancelled += series.figures.cancelled;
    answers += series.figures.response.count();
    unserved += series.figures.unserved_response.count();
  }
  EXPECT_EQ(cancelled, trial.ledger.cancelled);
  EXPECT_EQ(unserved, trial.ledger.cancelled);
  EXPECT_EQ(answers, trial.ledger.completed);
}

TEST(Session, CountsExactlyAtEveryMetricsLevel) {
  scenarios::Scenario three = scenario(
      R"(, "pools": [{"id": "full", "dispatch": "pull", "workers": 1},
                     {"id": "sampled", "dispatch": "pull", "workers": 1, "metrics": "sampled"},
                     {"id": "off", "dispatch": "pull", "workers": 1, "metrics": "off"}],
         "expect": [{"metric": "failed", "op": "==", "value": 0},
                    {"metric": "throughput_per_s", "op": ">", "value": 1}])");
  Session session(three, {});
  session.start();
  ASSERT_TRUE(finishes(session));
  const results::RunResult result = session.result();
  ASSERT_EQ(result.trials.size(), 3U);
  for (const results::Trial& trial : result.trials) {
    const results::TaskCounts whole = results::counted_tasks(trial);
    EXPECT_EQ(whole.completed + results::counted_tasks(trial, "warm-up").completed,
              trial.ledger.completed);
    EXPECT_EQ(whole.completed, results::counted_tasks(result.trials[0]).completed);
    EXPECT_GT(whole.completed, 300U) << "of 400 on average";
    EXPECT_NEAR(trial.rates.throughput_per_s * trial.measured_s,
                static_cast<double>(whole.completed), 1e-3);
    EXPECT_TRUE(trial.sound);
  }
  EXPECT_TRUE(results::merged(result.trials[2]).response.empty());
  for (const results::GateVerdict& verdict : result.verdicts) {
    EXPECT_EQ(verdict.verdict, results::Verdict::Pass) << verdict.pool << " " << verdict.text;
  }
}

TEST(Session, AGateCountsTheMeasuredPhasesWithAWarmUpAsWithoutOne) {
  for (const double warmup : {0.0, 0.05}) {
    for (const bool drained_first : {true, false}) {
      scenarios::Scenario counted = scenario(
          R"(, "pools": [{"id": "p", "dispatch": "pull", "workers": 1}],
             "expect": [{"metric": "completed", "phase": "one", "op": "==", "value": 200},
                        {"metric": "completed", "op": ">", "value": 1}])");
      counted.run.warmup = scenarios::Seconds{warmup};
      counted.run.drain_after_warmup = drained_first;
      counted.phases.pop_back();
      counted.expect[1].op = "==";
      counted.expect[1].value = 200;
      Session session(counted, {});
      session.start();
      ASSERT_TRUE(finishes(session));
      for (const results::GateVerdict& verdict : session.result().verdicts) {
        EXPECT_EQ(verdict.verdict, results::Verdict::Pass) << verdict.text;
      }
    }
  }
}

TEST(Session, FailsWhenAPoolCannotBeBuilt) {
  scenarios::Scenario bad = scenario();
  bad.pools.resize(1);
  bad.pools[0].dispatch.name = "no such strategy";
  Session session(bad, {});
  session.start();
  ASSERT_TRUE(finishes(session));
  EXPECT_EQ(session.progress().state, SessionState::Failed);
  EXPECT_EQ(session.progress().failure, Failure::Config);
}

TEST(Session, FailsWhenNoThreadCanBeStarted) {
  scenarios::Scenario starved = scenario();
  starved.pools.resize(1);
  starved.pools[0].thread_factory = [](const std::function<void()>&) -> std::thread {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  };
  Session session(starved, {});
  session.start();
  ASSERT_TRUE(finishes(session));
  EXPECT_EQ(session.progress().state, SessionState::Failed);
  EXPECT_EQ(session.progress().failure, Failure::Resources);
}

TEST(Described, SaysWhereTheTasksAreStuck) {
  pools::PoolSnapshot snapshot;
  snapshot.workers = snapshot.target = 1;
  snapshot.queue_depth = 12;
  snapshot.ledger.running = 1;
  snapshot.by_worker.resize(3);
  snapshot.by_worker[1].state = pools::WorkerState::Busy;
  const std::string text = described("pull", snapshot);
  EXPECT_THAT(text, HasSubstr("12 queued, 1 running"));
  EXPECT_THAT(text, HasSubstr("worker 1: busy"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("worker 0"))) << "absent workers are left out";
}

}  // namespace
}  // namespace lab
