#include "lab/gui/model/trial_track.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "lab/gui/ledger_lines.h"

namespace lab::gui {
namespace {

constexpr TrialTrack::Plan kPlan{.duration_s = 4, .measured_from_s = 1, .sample_interval_s = 0.05};

/// An interval of 50 ms ending at `t` in which 10 tasks took about 1 ms each.
results::TimelinePoint point(double t, double throughput = 200) {
  results::TimelinePoint p;
  p.t_s = t;
  p.throughput_per_s = throughput;
  p.steals_per_s = 20;
  p.workers = 2;
  p.queue_depth = t;
  p.p50_us = p.p90_us = p.p99_us = p.p999_us = 1000;
  p.max_us = 1100;
  p.latency_bins[30] = 10;  // 1 ms
  return p;
}

TrialView started_view() {
  TrialView view;
  view.started = true;
  return view;
}

TEST(TrialTrack, IgnoresAPoolThatHasNotStarted) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view;
  view.workers.resize(4);
  EXPECT_FALSE(track.absorb(view, 12345.0));
  EXPECT_FALSE(track.started());
  EXPECT_TRUE(track.lanes().empty());
}

TEST(TrialTrack, AppendsWhatIsNewAndOnlyThen) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.timeline.points = {point(0.05), point(0.10)};
  EXPECT_TRUE(track.absorb(view, 0.1));
  EXPECT_EQ(track.point_count(), 2u);
  EXPECT_DOUBLE_EQ(track.end_s(), 0.10);
  view.timeline.points.clear();
  EXPECT_FALSE(track.absorb(view, 0.12));
  view.timeline.points = {point(0.15)};
  EXPECT_TRUE(track.absorb(view, 0.15));
  EXPECT_EQ(track.throughput().size(), 3u);
  EXPECT_FLOAT_EQ(track.latency(2).latest_value(), 1e6f);
}

TEST(TrialTrack, LeavesTheWarmUpOutOfItsFigures) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.response.record(std::chrono::milliseconds(500), 10);
  view.timeline.points = {point(0.05, 9999)};
  track.absorb(view, 0.05);
  view.response.record(std::chrono::milliseconds(1), 10'000);
  view.timeline.points = {point(2.0), point(2.05)};
  track.absorb(view, 2.05);
  const Figures figures = track.figures(std::nullopt);
  EXPECT_NEAR(figures.throughput_per_s, 200, 1e-6);
  EXPECT_NEAR(figures.percentile_ns[3], 1e6, 0.05e6);
  EXPECT_NEAR(figures.workers, 2, 1e-9);
}

TEST(TrialTrack, AnswersForAPartOfTheRun) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  for (int i = 1; i <= 60; ++i)
    view.timeline.points.push_back(point(i * 0.05, i <= 40 ? 100 : 300));
  track.absorb(view, 3.0);
  const Figures early = track.figures(plot::TimeRange{1.0, 2.0});
  const Figures late = track.figures(plot::TimeRange{2.0, 3.0});
  EXPECT_NEAR(early.throughput_per_s, 100, 1e-6);
  EXPECT_NEAR(late.throughput_per_s, 300, 1e-6);
  EXPECT_NEAR(late.steals, 20, 1.1);
  EXPECT_NEAR(late.percentile_ns[0], 1.12e6, 0.15e6) << "from bins of a tenth of a decade";
  EXPECT_TRUE(std::isnan(track.figures(plot::TimeRange{8.0, 9.0}).throughput_per_s));
}

TEST(TrialTrack, HeatMapHoldsEveryTaskOnce) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  double t = 0;
  for (int i = 0; i < 70; ++i) {
    t += 0.043 + 0.011 * (i % 3);  // sampling that wanders against the columns
    view.timeline.points.push_back(point(t));
  }
  track.absorb(view, t);
  double total = 0;
  for (int column = 0; column < track.heat().columns(); ++column) {
    total += track.heat().column_total(column);
  }
  EXPECT_NEAR(total, 700, 0.5);
  EXPECT_EQ(track.heat().row_of(1.05e6), 30);
}

TEST(TrialTrack, LanesFollowTheWorkersShareOfTimeInTasks) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.workers.resize(3);
  view.workers[0].state = pools::WorkerState::Busy;
  track.absorb(view, 0.1);
  view.workers[0].busy = std::chrono::milliseconds(100);
  track.absorb(view, 0.2);
  view.workers[1].state = pools::WorkerState::Parked;
  track.absorb(view, 0.3);
  ASSERT_EQ(track.lanes().size(), 2u) << "a slot that never had a worker gets no lane";
  EXPECT_EQ(track.lanes()[0].value_at(0.15), kWorkerShades - 1) << "busy all the time";
  EXPECT_EQ(track.lanes()[0].value_at(0.25), 1) << "not working";
  EXPECT_FALSE(track.lanes()[1].value_at(0.15) > 0) << "not there yet";
}

TEST(TrialTrack, SaysWhyAPoolScaled) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.timeline.scaling = {{1.5, 2, 4, "threshold", "120 tasks queued > 50 per worker x 2"}};
  track.absorb(view, 1.6);
  ASSERT_EQ(track.scaling().size(), 1u);
  EXPECT_NE(track.scaling_note(0).find("4 workers, threshold: 120 tasks"), std::string::npos);
}

TEST(TrialTrack, CountsWhatHappensWhileThePoolDrains) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  for (int i = 1; i <= 100; ++i) view.timeline.points.push_back(point(i * 0.05));  // to 5 s of 4
  track.absorb(view, 5.0);
  const results::Trial nothing;
  track.finish(nothing);
  EXPECT_NEAR(track.figures(std::nullopt).steals, 20 * 4, 2);
}

TEST(TrialTrack, TheExactFiguresReplaceTheLiveOnes) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.timeline.points = {point(2.0)};
  track.absorb(view, 2.0);
  results::Trial trial;
  trial.pool = "pull";
  trial.rates.throughput_per_s = 777;
  trial.ledger.submitted = trial.ledger.completed = 5;
  results::SeriesResult series;
  series.figures.completed = 1000;
  series.figures.response.record(std::chrono::microseconds(250), 1000);
  trial.series = {series};
  track.finish(trial);
  const Figures figures = track.figures(std::nullopt);
  EXPECT_DOUBLE_EQ(figures.throughput_per_s, 777);
  EXPECT_NEAR(figures.percentile_ns[2], 250e3, 250);
  EXPECT_EQ(track.ledger().completed, 5u);
  EXPECT_FALSE(track.curve().nines.empty());
}

/// Fewer than ten samples beyond it make a percentile chance, in every table.
TEST(TrialTrack, APercentileOfTooFewTasksIsNotShown) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.response.record(std::chrono::microseconds(100), 10);
  view.timeline.points = {point(0.05)};
  track.absorb(view, 0.05);
  view.response.record(std::chrono::milliseconds(1), 150);
  view.timeline.points = {point(2.0), point(2.05)};
  track.absorb(view, 2.05);
  Figures figures = track.figures(std::nullopt);
  EXPECT_NEAR(figures.percentile_ns[1], 1e6, 0.05e6);
  EXPECT_TRUE(std::isnan(figures.percentile_ns[2])) << "p99 of 150";
  results::Trial trial;
  results::SeriesResult& series = trial.series.emplace_back();
  series.figures.response.record(std::chrono::microseconds(250), 150);
  track.finish(trial);
  figures = track.figures(std::nullopt);
  EXPECT_NEAR(figures.percentile_ns[1], 250e3, 250);
  EXPECT_TRUE(std::isnan(figures.percentile_ns[2]));
  EXPECT_LT(track.curve().nines.back(), 1.2) << "to p93";
}

TEST(TrialTrack, ASelectionDrivesTheCurveAndTheCounts) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  for (int i = 1; i <= 60; ++i) {
    results::TimelinePoint p = point(i * 0.05);
    p.submitted_per_s = 400;
    p.rejected_per_s = 200;
    if (i > 40) {
      p.latency_bins[30] = 0;
      p.latency_bins[50] = 10;  // 100 ms
    }
    view.timeline.points.push_back(p);
  }
  track.absorb(view, 3.0);
  const plot::TimeRange late{2.0, 3.0};
  ASSERT_FALSE(track.curve(late).response_ns.empty());
  EXPECT_NEAR(track.curve(late).response_ns.back(), 1.2e8, 0.3e8);
  EXPECT_NEAR(track.curve(plot::TimeRange{1.0, 2.0}).response_ns.back(), 1.2e6, 0.3e6);
  EXPECT_NEAR(track.counts(late).submitted, 400, 21);
  EXPECT_NEAR(track.counts(late).refused, 200, 11);
  EXPECT_NEAR(track.figures(late).refused_share, 0.5, 1e-9);
  EXPECT_NEAR(track.counts(late).waiting_at_end, 3.0, 1e-9);
}

TEST(TrialTrack, OnlyWholeAndValidFiguresMayBeCompared) {
  TrialTrack track("pull", 0, kPlan);
  EXPECT_EQ(track.standing({}), Standing::None);
  TrialView view = started_view();
  for (int i = 1; i <= 40; ++i) view.timeline.points.push_back(point(i * 0.05));  // to 2 s of 4
  track.absorb(view, 2.0);
  EXPECT_EQ(track.standing({}), Standing::SoFar);
  EXPECT_EQ(track.standing(plot::TimeRange{1, 1.5}), Standing::Whole) << "all have served that";
  EXPECT_EQ(track.standing(plot::TimeRange{1, 3}), Standing::SoFar);
  results::Trial trial;
  trial.interrupted = true;
  track.finish(trial);
  EXPECT_EQ(track.standing({}), Standing::CutShort);
  trial.interrupted = false;
  track.finish(trial);
  EXPECT_EQ(track.standing({}), Standing::Whole);
  trial.valid = false;
  trial.flags = {"the generator was late"};
  track.finish(trial);
  EXPECT_EQ(track.standing({}), Standing::Invalid);
  EXPECT_EQ(track.standing(plot::TimeRange{1, 1.5}), Standing::Invalid);
  EXPECT_EQ(track.flags(), trial.flags);
}

TEST(TrialTrack, TheEndOfTheRunIsNotADiveOfTheThroughput) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.timeline.points = {point(0.05), point(0.10), point(0.15), point(0.20, 120)};
  track.absorb(view, 0.2);
  results::Trial trial;
  trial.elapsed_s = 0.18;  // of the last 50 ms it served for 30
  track.finish(trial);
  EXPECT_NEAR(track.throughput().latest_time(), 0.18, 1e-9);
  EXPECT_NEAR(track.throughput().latest_value(), 200, 1);
  trial.elapsed_s = 0.151;
  track.finish(trial);
  EXPECT_NEAR(track.throughput().latest_time(), 0.15, 1e-9) << "a sliver says nothing";
}

TEST(TrialTrack, ACancelledTaskCountsWithItsAgeAndIsSaidToBeALowerBound) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.timeline.points = {point(2.0)};
  track.absorb(view, 2.0);
  results::Trial trial;
  results::SeriesResult& series = trial.series.emplace_back();
  series.figures.response.record(std::chrono::microseconds(250), 1000);
  series.figures.unserved_response.record(std::chrono::seconds(3), 50);
  track.finish(trial);
  const Figures figures = track.figures(std::nullopt);
  EXPECT_NEAR(figures.percentile_ns[0], 250e3, 250);
  EXPECT_FALSE(figures.percentile_at_least[0]);
  EXPECT_NEAR(figures.percentile_ns[2], 3e9, 3e6);
  EXPECT_TRUE(figures.percentile_at_least[2]);
  EXPECT_TRUE(figures.max_at_least);
}

TEST(TrialTrack, OfSeveralBlocksFiguresAreMediansAndSeriesThePresentOnes) {
  TrialTrack track("pull", 0, kPlan);
  const double rates[] = {100, 900, 300};
  for (std::uint32_t block = 0; block < 3; ++block) {
    track.begin(block, 1);
    EXPECT_EQ(track.point_count(), 0u);
    EXPECT_FALSE(track.settled());
    TrialView view = started_view();
    view.timeline.points = {point(2.0 + block)};
    track.absorb(view, 2.0 + block);
    results::Trial trial;
    trial.valid = block != 1;
    trial.rates.throughput_per_s = rates[block];
    track.finish(trial);
  }
  EXPECT_EQ(track.block(), 2u);
  EXPECT_EQ(track.blocks().size(), 3u);
  EXPECT_EQ(track.counted_blocks(), 2u);
  EXPECT_DOUBLE_EQ(track.figures({}).throughput_per_s, 200);
  EXPECT_DOUBLE_EQ(track.end_s(), 4.0);
  EXPECT_EQ(track.standing({}), Standing::Whole);
}

TEST(TrialTrack, AnotherTryReplacesTheSpoiltOne) {
  TrialTrack track("pull", 0, kPlan);
  track.begin(0, 1);
  results::Trial trial;
  trial.valid = false;
  trial.rates.throughput_per_s = 1;
  track.finish(trial);
  EXPECT_EQ(track.standing({}), Standing::Invalid);
  track.begin(0, 2);
  EXPECT_EQ(track.tries(), 2u);
  trial.valid = true;
  trial.rates.throughput_per_s = 2;
  track.finish(trial);
  EXPECT_EQ(track.blocks().size(), 1u);
  EXPECT_DOUBLE_EQ(track.figures({}).throughput_per_s, 2);
  EXPECT_EQ(track.standing({}), Standing::Whole);
}

TEST(TrialTrack, KnowsWhySubmitsWereRefusedAndWhatPoliciesDid) {
  TrialTrack track("pull", 0, kPlan);
  TrialView view = started_view();
  view.refusals.rate_limited = 9'120;
  view.refusals.circuit_open = 3;
  view.timeline.policies = {{1.5, "circuit_breaker", "open", "db", "5 of the last 10 failed"}};
  track.absorb(view, 2.0);
  EXPECT_EQ(refusals_text(track.refusals()), "rate limited 9,120, circuit open 3");
  ASSERT_EQ(track.policies().size(), 1U);
  EXPECT_EQ(track.policy_note(0), "circuit_breaker open for db: 5 of the last 10 failed");
  view.timeline.policies.push_back({1.8, "circuit_breaker", "closed", "db", "1 probes succeeded"});
  track.absorb(view, 2.1);
  EXPECT_EQ(track.policies().size(), 2U) << "each once";
  results::Trial trial;
  trial.series.resize(2);
  trial.series[0].figures.refusals.queue_full = 4;
  trial.series[1].figures.refusals.queue_full = 5;
  track.finish(trial);
  EXPECT_EQ(refusals_text(track.refusals()), "queue full 9") << "the exact ones replace the live";
}

}  // namespace
}  // namespace lab::gui
