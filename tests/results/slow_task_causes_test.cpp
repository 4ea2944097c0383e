#include "results/slow_task_causes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace results {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A trial of ten quiet intervals of 50 ms with two workers, and a task that was due in the fourth:
/// sent and accepted at once, started at once, done after 100 us as planned.
struct Trial {
  PoolTimeline timeline;
  Noise noise;
  SlowestTask task;
  TaskFacts facts;
  bool foremost = true;

  Trial() {
    for (int i = 1; i <= 10; ++i) {
      TimelinePoint& point = timeline.points.emplace_back();
      NoiseInterval& interval = noise.intervals.emplace_back();
      point.t_s = interval.t_s = 0.05 * i;
      interval.worker_run_delay_s = {0, 0};
    }
    task.worker = 1;
    task.due_s = 0.16;
    task.sent_us = 1;
    task.accepted_us = 2;
    task.started_us = 5;
    task.planned_us = 100;
    task.finished_us = 105;
    facts.before_started_us = -500;
    facts.before_finished_us = -400;
  }
  NoiseInterval& then() { return noise.intervals[3]; }
  void wait(double us) {
    task.started_us = task.accepted_us + us;
    task.finished_us = task.started_us + task.planned_us;
  }
  /// Its worker ran so many tasks of that length before it, one after the other.
  void busy(double us) {
    facts.before_finished_us = task.started_us - 0.1;
    facts.before_started_us = facts.before_finished_us - us;
  }
  void run_for(double us) { task.finished_us = task.started_us + us; }

  Cause cause() {
    explain(task, facts, {timeline, noise, foremost});
    return task.cause;
  }
};

TEST(SlowTaskCauses, ATaskThatIsLongNeedsNoOtherCause) {
  Trial trial;
  trial.task.planned_us = 8000;
  trial.run_for(8100);
  trial.then().others_s = 0.09;  // and yet it took what it takes
  trial.then().worker_run_delay_s = {0.01, 0.01};
  EXPECT_EQ(trial.cause(), Cause::OwnWork);
  EXPECT_EQ(trial.task.text, "it takes 8 ms itself");
}

TEST(SlowTaskCauses, SentLate) {
  Trial trial;
  trial.task.sent_us = 3000;
  trial.task.accepted_us = 3001;
  trial.wait(10);
  EXPECT_EQ(trial.cause(), Cause::GeneratorLate);
  EXPECT_EQ(trial.task.text, "sent 3 ms late");
  trial.noise.hiccups = {{0.1625, 2800}};
  EXPECT_EQ(trial.cause(), Cause::GeneratorLate);
  EXPECT_THAT(trial.task.text, HasSubstr("the generator stood still for 2.8 ms"));
}

TEST(SlowTaskCauses, OfARequestOfSeveralTasksLaterOnesAreNotSentLate) {
  Trial trial;
  trial.task.sent_us = NAN;
  trial.task.accepted_us = 3000;
  trial.wait(10);
  trial.facts.spawned = true;
  EXPECT_EQ(trial.cause(), Cause::Spawned);
}

TEST(SlowTaskCauses, KeptOutByAFullQueue) {
  Trial trial;
  trial.task.accepted_us = 4000;
  trial.wait(10);
  EXPECT_EQ(trial.cause(), Cause::QueueFull);
  EXPECT_EQ(trial.task.text, "its submit took 4 ms");
}

TEST(SlowTaskCauses, QueuedBehindOthers) {
  Trial trial;
  trial.wait(5000);
  trial.busy(100);
  trial.timeline.points[3].queue_depth = 48;
  EXPECT_EQ(trial.cause(), Cause::Queued);
  EXPECT_EQ(trial.task.text, "waited 5 ms; worker 1 was busy with others, up to 48 tasks waited");
}

TEST(SlowTaskCauses, BehindOneLongTask) {
  Trial trial;
  trial.wait(5000);
  trial.busy(30'000);
  EXPECT_EQ(trial.cause(), Cause::LongTask);
  EXPECT_EQ(trial.task.text, "waited 5 ms; worker 1 ran a task of 30 ms before it");
  trial.busy(2000);
  EXPECT_EQ(trial.cause(), Cause::Queued) << "less than half of the wait";
}

TEST(SlowTaskCauses, WaitingForWorkersThatWereBeingAdded) {
  Trial trial;
  trial.wait(20'000);
  trial.busy(100);
  trial.timeline.scaling = {{0.17, 1, 2, "threshold", "60 queued > 50 per worker"}};
  EXPECT_EQ(trial.cause(), Cause::Scaling);
  EXPECT_EQ(trial.task.text,
            "waited 20 ms; workers went from 1 to 2 meanwhile: 60 queued > 50 per worker");
  trial.timeline.scaling = {{0.17, 2, 1, "threshold", "idle"}, {0.3, 1, 2, "threshold", "later"}};
  EXPECT_EQ(trial.cause(), Cause::Queued);
}

TEST(SlowTaskCauses, AnIdleWorkerThatCameLate) {
  Trial trial;
  trial.wait(900);
  EXPECT_EQ(trial.cause(), Cause::WokenLate);
  EXPECT_EQ(trial.task.text, "waited 900 us; worker 1 had had nothing to do for 402 us");
}

TEST(SlowTaskCauses, NothingIsClaimedOfAWorkerOfWhichNothingIsKnown) {
  Trial trial;
  trial.wait(900);
  trial.facts = {};
  EXPECT_EQ(trial.cause(), Cause::None);
  EXPECT_EQ(trial.task.text, "waited 900 us; no cause seen");
}

TEST(SlowTaskCauses, WhenAWorkerWaitedForACoreItIsSaidWhoHadIt) {
  Trial trial;
  trial.run_for(6000);  // instead of 100 us
  EXPECT_EQ(trial.cause(), Cause::None);
  EXPECT_EQ(trial.task.text, "ran 6 ms instead of 100 us; no cause seen");
  trial.then().worker_run_delay_s = {0.03, 0.002};
  trial.then().run_delay_s = 0.04;
  EXPECT_EQ(trial.cause(), Cause::None) << "another worker's wait is not its own";
  trial.then().worker_run_delay_s[1] = 0.005;
  EXPECT_EQ(trial.cause(), Cause::NotOnCpu);
  EXPECT_EQ(trial.task.text,
            "ran 6 ms instead of 100 us; in these 50 ms worker 1 waited 5 ms for a core");
  trial.then().others_s = 0.02;
  EXPECT_EQ(trial.cause(), Cause::Others);
  EXPECT_THAT(trial.task.text,
              HasSubstr("worker 1 waited 5 ms for a core; other processes used 20 ms"));
}

TEST(SlowTaskCauses, OfThreadsThatCannotBeToldApartAllCount) {
  Trial trial;
  trial.run_for(6000);
  for (NoiseInterval& one : trial.noise.intervals) one.worker_run_delay_s.clear();
  trial.then().run_delay_s = 0.004;
  EXPECT_EQ(trial.cause(), Cause::NotOnCpu);
  EXPECT_THAT(trial.task.text, HasSubstr("all threads together waited 4 ms for a core"));
}

TEST(SlowTaskCauses, OtherProcessesAloneAreNoCause) {
  Trial trial;
  trial.run_for(6000);
  trial.then().others_s = 0.05;  // on the other core
  EXPECT_EQ(trial.cause(), Cause::None);
}

TEST(SlowTaskCauses, ABusyWorkerIsCauseEnoughUnlessTheMachineDidMuch) {
  Trial trial;
  trial.wait(1000);
  trial.busy(100);
  trial.then().worker_run_delay_s[1] = 0.002;  // as happens in any interval
  EXPECT_EQ(trial.cause(), Cause::Queued);
  trial.then().worker_run_delay_s[1] = 0.012;
  EXPECT_EQ(trial.cause(), Cause::NotOnCpu);
}

TEST(SlowTaskCauses, StolenThrottledFaultsAndStops) {
  Trial stolen;
  stolen.run_for(6000);
  stolen.then().stolen_s = 0.01;
  EXPECT_EQ(stolen.cause(), Cause::Stolen);
  EXPECT_THAT(stolen.task.text, HasSubstr("in these 50 ms the hypervisor took 10 ms"));
  Trial throttled;
  throttled.run_for(60'000);
  throttled.then().throttled_s = 0.04;
  throttled.then().stolen_s = 0.04;  // both: the quota is what one can change
  EXPECT_EQ(throttled.cause(), Cause::Throttled);
  EXPECT_THAT(throttled.task.text, HasSubstr("in these 100 ms the CPU quota held threads back"));
  Trial faults;
  faults.run_for(2000);
  faults.then().minor_faults = 1500;
  EXPECT_EQ(faults.cause(), Cause::PageFaults);
  EXPECT_THAT(faults.task.text, HasSubstr("there were 1500 page faults, 0 of them from disk"));
  Trial stop;
  stop.run_for(6000);
  stop.noise.hiccups = {{0.165, 5000}};
  EXPECT_EQ(stop.cause(), Cause::Hiccup);
  EXPECT_THAT(stop.task.text, HasSubstr("the generator stood still for 5 ms as well"));
  stop.foremost = false;  // then it waits its turn like any thread
  EXPECT_EQ(stop.cause(), Cause::None);
  stop.foremost = true;
  stop.noise.hiccups = {{0.3, 5000}, {0.1599, 5000}, {0.163, 800}};
  EXPECT_EQ(stop.cause(), Cause::None) << "at another time, or shorter than what it explains";
}

TEST(SlowTaskCauses, WhatHappenedInOtherIntervalsDoesNotCount) {
  Trial trial;
  trial.run_for(6000);
  trial.noise.intervals[2].worker_run_delay_s[1] = 0.04;
  trial.noise.intervals[4].stolen_s = 0.04;
  EXPECT_EQ(trial.cause(), Cause::None);
}

TEST(SlowTaskCauses, HaveNamesOfTheirOwnAndAreCounted) {
  std::set<std::string_view> names;
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < kCauses; ++i) {
    names.insert(cause_name(static_cast<Cause>(i)));
    words.insert(cause_words(static_cast<Cause>(i)));
  }
  EXPECT_EQ(names.size(), kCauses);
  EXPECT_EQ(words.size(), kCauses);
  EXPECT_EQ(cause_name(Cause::None), "none");
  EXPECT_EQ(cause_name(Cause::Hiccup), "hiccup");
  std::vector<SlowestTask> tasks(5);
  tasks[1].cause = tasks[2].cause = tasks[4].cause = Cause::Queued;
  tasks[3].cause = Cause::Stolen;
  const std::vector<CauseCount> counts = cause_counts(tasks);
  ASSERT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts[0].cause, Cause::Queued);
  EXPECT_EQ(counts[0].tasks, 3U);
  EXPECT_EQ(causes_text(tasks),
            "of the 5 slowest 3 were behind many others, 1 slow for no cause that was seen, 1 "
            "waiting for a core that the hypervisor took");
  EXPECT_TRUE(cause_counts({}).empty());
}

}  // namespace
}  // namespace results
