#include "lab/trial_views.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace lab {
namespace {

Sample sample(double t_s) {
  Sample one;
  one.point.t_s = t_s;
  one.point.throughput_per_s = 1000 * t_s;
  one.snapshot.ledger.submitted = one.snapshot.ledger.completed = 5;
  return one;
}

TEST(TrialViews, AnotherTryStartsOver) {
  TrialViews views;
  views.add_trial("pull");
  EXPECT_EQ(views.view(0, 0, 0).tries, 0U);
  views.start(0);
  views.keep(0, sample(0.1));
  results::Trial spoilt;
  spoilt.ledger.submitted = 9;
  views.finish(0, spoilt);
  TrialView seen = views.view(0, 0, 0);
  EXPECT_TRUE(seen.finished);
  EXPECT_EQ(seen.ledger.submitted, 9U);
  EXPECT_EQ(seen.timeline.points.size(), 1U);
  views.start(0);
  seen = views.view(0, 0, 0);
  EXPECT_EQ(seen.tries, 2U);
  EXPECT_TRUE(seen.started);
  EXPECT_FALSE(seen.finished);
  EXPECT_TRUE(seen.timeline.points.empty());
  EXPECT_EQ(seen.timeline.pool, "pull");
}

TEST(TrialViews, GivesWhatIsNewOnly) {
  TrialViews views;
  views.add_trial("pull");
  views.start(0);
  for (int i = 1; i <= 3; ++i) views.keep(0, sample(0.1 * i));
  EXPECT_EQ(views.view(0, 2, 0).timeline.points.size(), 1U);
  EXPECT_TRUE(views.view(0, 100, 0).timeline.points.empty());
  EXPECT_DOUBLE_EQ(views.glimpse(0).throughput_per_s, 300);
}

TEST(TrialViews, LosesNoSampleToAnObserverThatHoldsTheLock) {
  TrialViews views;
  views.add_trial("pull");
  std::atomic<bool> over{false};
  std::thread observer([&] {
    while (!over.load(std::memory_order_relaxed)) (void)views.view(0, 0, 0);
  });
  views.start(0);
  constexpr int kSamples = 400;
  for (int i = 1; i <= kSamples; ++i) views.keep(0, sample(i));
  results::Trial done;
  views.finish(0, done);
  over.store(true, std::memory_order_relaxed);
  observer.join();
  const TrialView seen = views.view(0, 0, 0);
  ASSERT_EQ(seen.timeline.points.size(), std::size_t{kSamples});
  for (int i = 1; i <= kSamples; ++i) {
    EXPECT_DOUBLE_EQ(seen.timeline.points[static_cast<std::size_t>(i - 1)].t_s, i);
  }
}

}  // namespace
}  // namespace lab
