#include "lab/slowest_tasks.h"

#include <chrono>

#include <gtest/gtest.h>

#include "lab/noise_watch.h"
#include "scenarios/scenario_json.h"

namespace lab {
namespace {

using pools::Instant;
using pools::Nanos;
using pools::SlowTask;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds{100}};
constexpr Nanos kShift = milliseconds{20};  // the warm-up's backlog took so long

/// A warm-up and a phase of a second each, with 1,000 evenly spaced tasks of 300 us.
scenarios::Scenario scenario(const std::string& service = R"("value_us": 300)") {
  return scenarios::read_scenario_text(
      R"({"name": "made-up", "run": {"warmup_s": 1},
          "classes": [{"name": "rpc", "service": {"dist": "constant", )" +
          service + R"(}}],
          "phases": [{"name": "load", "duration_s": 1,
                      "arrival": {"process": "constant", "rate_per_s": 1000}}]})",
      "made-up.json");
}

/// A task that was due at that arrival, started `wait` after it was sent and took 300 us.
SlowTask task(const scenarios::Timetable& timetable, std::size_t arrival, Nanos lag, Nanos wait) {
  SlowTask one;
  one.due = kStart + timetable.arrivals().at(arrival).due + kShift;
  one.accepted = one.due + lag;
  one.start = one.accepted + wait;
  one.finish = one.start + microseconds{300};
  one.worker = 1;
  return one;
}

results::Trial trial(const scenarios::Timetable& timetable, std::vector<SlowTask> tasks) {
  results::Trial t;
  t.config.metrics = "full";
  for (const char* const phase : {"warm-up", "load"}) {
    results::SeriesResult& series = t.series.emplace_back();
    series.phase = phase;
    series.task_class = "rpc";
    series.measured = t.series.size() > 1;
  }
  t.series[0].figures.slowest = {task(timetable, 3, seconds{1}, seconds{3})};
  t.series[1].figures.slowest = std::move(tasks);
  t.generator.shift = kShift;
  t.generator.lag_of.assign(timetable.arrivals().size(), 1500.0F);
  return t;
}

TEST(SlowestTasks, AreOfTheMeasuredPhasesWithWhatTheTimetableKnows) {
  const scenarios::Scenario load = scenario();
  const scenarios::Timetable timetable(load);
  SlowTask late = task(timetable, 1010, milliseconds{8}, microseconds{10});
  late.worker = SlowTask::kNoWorker;
  results::Trial t =
      trial(timetable, {late, task(timetable, 1500, microseconds{2}, milliseconds{4}),
                        task(timetable, 1700, microseconds{2}, milliseconds{30})});
  t.generator.lag_of[1010] = 7.9e6F;
  const auto slowest = slowest_tasks(t, load, timetable, kStart);
  ASSERT_EQ(slowest.size(), 3U) << "none of the warm-up";
  EXPECT_NEAR(slowest[0].finished_us, 30'302, 0.01) << "the slowest first";
  EXPECT_NEAR(slowest[0].due_s, 1.7205, 1e-9);
  EXPECT_NEAR(slowest[0].sent_us, 1.5, 1e-3) << "as the generator noted it";
  EXPECT_NEAR(slowest[0].accepted_us, 2, 1e-3);
  EXPECT_NEAR(slowest[0].started_us, 30'002, 0.01);
  EXPECT_DOUBLE_EQ(slowest[0].planned_us, 300);
  EXPECT_EQ(slowest[0].phase, "load");
  EXPECT_EQ(slowest[0].task_class, "rpc");
  EXPECT_EQ(slowest[0].worker, 1);
  EXPECT_EQ(slowest[0].cause, results::Cause::None) << "nothing is known of its worker";
  EXPECT_EQ(slowest[1].cause, results::Cause::GeneratorLate);
  EXPECT_EQ(slowest[1].worker, -1);
  EXPECT_EQ(slowest[1].text, "sent 7.9 ms late");
}

TEST(SlowestTasks, KnowWhatTheirWorkerRanBefore) {
  const scenarios::Scenario load = scenario();
  const scenarios::Timetable timetable(load);
  SlowTask behind = task(timetable, 1500, microseconds{2}, milliseconds{4});
  behind.before_finish = behind.start - Nanos{40};
  behind.before_start = behind.before_finish - milliseconds{9};
  SlowTask woken = task(timetable, 1600, microseconds{2}, milliseconds{3});
  woken.before_finish = woken.due - milliseconds{1};
  woken.before_start = woken.due - milliseconds{2};
  SlowTask inside = task(timetable, 1700, microseconds{2}, milliseconds{2});
  inside.before_start = inside.start + microseconds{10};  // what ran inside it while it waited
  inside.before_finish = inside.start + microseconds{20};
  const results::Trial t = trial(timetable, {behind, woken, inside});
  const auto slowest = slowest_tasks(t, load, timetable, kStart);
  EXPECT_EQ(slowest.at(0).cause, results::Cause::LongTask);
  EXPECT_EQ(slowest.at(1).cause, results::Cause::WokenLate);
  EXPECT_EQ(slowest.at(2).cause, results::Cause::None);
}

TEST(SlowestTasks, AreFoundInTheTimetableThoughTheirLagWasRounded) {
  const scenarios::Scenario load = scenario(R"("value_us": 250)");
  const scenarios::Timetable timetable(load);
  SlowTask late = task(timetable, 1200, seconds{7}, microseconds{10});
  late.due += Nanos{300};  // of seven seconds a float keeps as much
  results::Trial t = trial(timetable, {late});
  const auto slowest = slowest_tasks(t, load, timetable, kStart);
  EXPECT_DOUBLE_EQ(slowest.at(0).planned_us, 250);
}

TEST(SlowestTasks, WhatAnotherTaskSubmittedWasNotSentByTheGenerator) {
  const scenarios::Scenario load = scenarios::read_scenario_text(
      R"({"name": "made-up", "run": {"warmup_s": 1},
          "classes": [{"name": "rpc", "work": {"kind": "spawn", "depth": 1, "fanout": 3},
                       "service": {"dist": "constant", "value_us": 400}}],
          "phases": [{"name": "load", "duration_s": 1,
                      "arrival": {"process": "constant", "rate_per_s": 1000}}]})",
      "made-up.json");
  const scenarios::Timetable timetable(load);
  SlowTask child = task(timetable, 1200, milliseconds{7}, microseconds{10});
  child.spawned = true;
  const results::Trial t = trial(timetable, {child});
  const auto slowest = slowest_tasks(t, load, timetable, kStart);
  EXPECT_TRUE(std::isnan(slowest.at(0).sent_us));
  EXPECT_DOUBLE_EQ(slowest[0].planned_us, 100) << "its part of the request";
  EXPECT_EQ(slowest[0].cause, results::Cause::Spawned);
}

TEST(SlowestTasks, AreKeptWhereEveryTaskIsTimed) {
  const scenarios::Scenario load = scenario();
  const scenarios::Timetable timetable(load);
  results::Trial t = trial(timetable, {task(timetable, 1500, microseconds{2}, milliseconds{4})});
  t.config.metrics = "sampled";
  EXPECT_TRUE(slowest_tasks(t, load, timetable, kStart).empty());
}

TEST(NoiseWatch, PutsTheGeneratorsHiccupsOnTheTrialsTimeAxis) {
  NoiseWatch watch;
  watch.sampled(0.05);
  watch.sampled(0.1);
  watch.served();
  watch.ended();
  scenarios::GeneratorReport generator;
  generator.hiccups.saw(kStart + milliseconds{70}, microseconds{400});
  generator.hiccups.saw(kStart + milliseconds{30}, microseconds{900});
  const results::Noise noise = watch.noise(generator, kStart);
  ASSERT_EQ(noise.intervals.size(), 2U);
  EXPECT_DOUBLE_EQ(noise.intervals[1].t_s, 0.1);
  ASSERT_EQ(noise.hiccups.size(), 2U);
  EXPECT_DOUBLE_EQ(noise.hiccups[0].t_s, 0.03) << "by time";
  EXPECT_DOUBLE_EQ(noise.worst_hiccup_us, 900);
  EXPECT_GT(noise.speed_before, 0);
  EXPECT_GT(noise.speed_after, 0);
}

}  // namespace
}  // namespace lab
