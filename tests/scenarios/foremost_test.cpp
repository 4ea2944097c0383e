#include "scenarios/foremost.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "scenarios/load_generator.h"
#include "scenarios/scenario_json.h"
#include "tests/scenarios/fake_pool.h"

namespace scenarios {
namespace {

/// The calling thread's policy without its flags.
int policy() { return ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }

TEST(Foremost, IsRealTimeWhereThatIsGrantedAndOrdinaryAfterwards) {
  ASSERT_EQ(policy(), SCHED_OTHER);
  {
    const Foremost foremost(Urgency::RealTime);
    EXPECT_EQ(policy() == SCHED_FIFO, foremost.granted() == Urgency::RealTime);
    int inherited = -1;
    std::thread([&inherited] { inherited = policy(); }).join();
    EXPECT_EQ(inherited, SCHED_OTHER) << "what is started meanwhile is an ordinary thread";
  }
  EXPECT_EQ(policy(), SCHED_OTHER);
}

TEST(Foremost, TakesNoMoreThanWanted) {
  {
    const Foremost modest(Urgency::ShortSlice);
    EXPECT_NE(modest.granted(), Urgency::RealTime);
    EXPECT_EQ(policy(), SCHED_OTHER);
  }
  const Foremost plain(Urgency::Normal);
  EXPECT_EQ(plain.granted(), Urgency::Normal);
}

GeneratorReport offered_to(tests::FakePool& pool) {
  const Scenario scenario = read_scenario_text(
      R"({"run": {"warmup_s": 0}, "classes": [{"service": {"dist": "constant", "value_us": 0}}],
          "phases": [{"duration_s": 0.01}]})",
      "test.json");
  const Timetable timetable(scenario);
  return LoadGenerator(scenario, timetable).run(pool, pools::Clock::now(), {});
}

TEST(Foremost, IsTheGeneratorUnlessItHasToWork) {
  Urgency granted = Urgency::Normal;
  {
    const Foremost foremost(Urgency::RealTime);
    granted = foremost.granted();
  }
  tests::FakePool pool;
  EXPECT_EQ(offered_to(pool).urgency, urgency_name(granted));
  pool.as_configured.queue_capacity = 4;
  pool.as_configured.on_full = pools::OnFull::CallerRuns;
  EXPECT_EQ(offered_to(pool).urgency, urgency_name(Urgency::Normal));
  EXPECT_EQ(policy(), SCHED_OTHER);
}

}  // namespace
}  // namespace scenarios
