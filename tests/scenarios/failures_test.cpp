// Tasks that fail on purpose: as many as asked, when asked, the same ones for a seed.
#include "scenarios/work/failures.h"

#include <gtest/gtest.h>

#include <vector>

#include "scenarios/load_generator.h"
#include "scenarios/scenario_json.h"
#include "tests/scenarios/fake_pool.h"

namespace scenarios {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

pools::Instant at(int ms) { return pools::Instant{seconds(1'000) + milliseconds(ms)}; }

TEST(Failures, StrikeTheShareThatWasAskedFor) {
  for (const double share : {0.0, 0.1, 0.5, 1.0}) {
    const Failures failures(share, {}, 7);
    int struck = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) struck += failures.strikes(i << 8U, at(0)) ? 1 : 0;
    EXPECT_NEAR(struck, share * 20'000, 300) << share;
  }
}

TEST(Failures, AreTheSameForASeedAndDifferForATaskThatIsTriedAgain) {
  const Failures one(0.5, {}, 7), same(0.5, {}, 7), other(0.5, {}, 8);
  int differs = 0, retried = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    EXPECT_EQ(one.strikes(i << 8U, at(0)), same.strikes(i << 8U, at(5)));
    differs += one.strikes(i << 8U, at(0)) != other.strikes(i << 8U, at(0)) ? 1 : 0;
    retried += one.strikes(i << 8U, at(0)) != one.strikes((i << 8U) + 1, at(0)) ? 1 : 0;
  }
  EXPECT_GT(differs, 300);
  EXPECT_GT(retried, 300);
}

TEST(Failures, KeepToTheirTimesFromTheFirstMeasuredInstant) {
  Failures failures(
      1, {{milliseconds(100), milliseconds(200)}, {milliseconds(300), milliseconds(400)}}, 1);
  EXPECT_FALSE(failures.strikes(0, at(150))) << "nothing is measured yet";
  failures.begin(at(1'000));
  for (const auto& [ms, struck] : std::vector<std::pair<int, bool>>{{1'000, false},
                                                                    {1'099, false},
                                                                    {1'100, true},
                                                                    {1'199, true},
                                                                    {1'200, false},
                                                                    {1'350, true},
                                                                    {1'400, false}}) {
    EXPECT_EQ(failures.strikes(9, at(ms)), struck) << ms;
  }
}

TEST(Failures, AreThrownByTheTasksOfTheirClassAlone) {
  const Scenario scenario = read_scenario_text(R"({
    "run": {"warmup_s": 0.05},
    "classes": [{"name": "good", "service": {"dist": "constant", "value_us": 0}},
                {"name": "bad", "work": {"kind": "sleep", "fail_share": 1},
                 "service": {"dist": "constant", "value_us": 0}}],
    "phases": [{"duration_s": 0.1, "arrival": {"process": "poisson", "rate_per_s": 2000}}]})",
                                               "test.json");
  const Timetable timetable(scenario);
  tests::FakePool pool;
  pool.fate = [](std::size_t) { return tests::FakePool::Fate::Hold; };
  LoadGenerator generator(scenario, timetable);
  generator.run(pool, pools::Clock::now() - seconds(10), {});
  const auto submits = pool.submits();
  ASSERT_FALSE(submits.empty());
  for (const auto& submit : submits) {
    const bool bad = submit.options.series % 2 == 1;
    bool threw = false;
    try {
      pool.run_one();
    } catch (const WorkFailed&) {
      threw = true;
    }
    EXPECT_EQ(threw, bad);
  }
}

}  // namespace
}  // namespace scenarios
