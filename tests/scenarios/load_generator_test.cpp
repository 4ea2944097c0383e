#include "scenarios/load_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <thread>
#include <vector>

#include "scenarios/scenario_json.h"
#include "tests/scenarios/fake_pool.h"

namespace scenarios {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::FakePool;
using Fate = FakePool::Fate;

Scenario scenario(const std::string& fields) {
  return read_scenario_text("{" + fields + "}", "test.json");
}

/// Tasks without work; the phases may lie in the past, so that nothing is waited for.
const std::string kOpen = R"(
  "run": {"warmup_s": 0.05},
  "classes": [{"name": "a", "service": {"dist": "constant", "value_us": 0}},
              {"name": "b", "priority": "low", "service": {"dist": "constant", "value_us": 0}}],
  "phases": [{"name": "one", "duration_s": 0.2, "arrival": {"process": "poisson", "rate_per_s": 5000}},
             {"name": "two", "duration_s": 0.1, "arrival": {"process": "constant", "rate_per_s": 1000}}])";

std::string closed(const std::string& arrival, double duration_s) {
  return R"("run": {"warmup_s": 0}, "classes": [{"service": {"dist": "constant", "value_us": 0}}],
    "phases": [{"duration_s": )" +
         std::to_string(duration_s) + R"(, "arrival": {"process": "closed", )" + arrival + "}}]";
}

/// Waits for what another thread is about to do; false after a deadline no machine misses.
template <typename Condition>
bool eventually(Condition condition) {
  const Instant deadline = Clock::now() + seconds{20};
  while (!condition()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(LoadGenerator, SendsEveryArrivalInOrderWithItsDueTimeSeriesAndLevel) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  LoadGenerator generator(open, timetable);
  const Instant start = Clock::now();
  const GeneratorReport report = generator.run(pool, start, {});
  const auto submits = pool.submits();
  ASSERT_EQ(submits.size(), timetable.arrivals().size());
  for (std::size_t i = 0; i < submits.size(); ++i) {
    const Arrival& arrival = timetable.arrivals()[i];
    const Nanos shift = arrival.phase == 0 ? Nanos{0} : report.shift;
    EXPECT_EQ(submits[i].options.due, start + arrival.due + shift);
    EXPECT_GE(submits[i].at, submits[i].options.due) << "never early";
    EXPECT_EQ(submits[i].options.series, timetable.series(arrival.phase, arrival.task_class));
    EXPECT_EQ(submits[i].options.level, arrival.task_class == 1 ? 2 : 0);
  }
  EXPECT_EQ(report.sent, submits.size());
  EXPECT_EQ(generator.sent(), submits.size());
  EXPECT_EQ(report.refused, 0U);
  EXPECT_EQ(report.unsent, 0U);
  EXPECT_FALSE(report.stopped);
}

TEST(LoadGenerator, SendsLateArrivalsLateAndRecordsTheLag) {
  const Scenario open = scenario(R"("run": {"drain_after_warmup": false, "warmup_s": 0.05},
    "phases": [{"duration_s": 0.2, "arrival": {"process": "constant", "rate_per_s": 1000}}],
    "classes": [{"service": {"dist": "constant", "value_us": 0}}])");
  const Timetable timetable(open);
  FakePool pool;
  LoadGenerator generator(open, timetable);
  const GeneratorReport report = generator.run(pool, Clock::now() - seconds{10}, {});
  EXPECT_EQ(report.sent, 250U);
  EXPECT_EQ(report.lag.count(), 200U) << "the warm-up's lag does not count";
  EXPECT_GE(report.lag.min(), milliseconds{9700});
  EXPECT_EQ(report.shift, Nanos{0});
}

TEST(LoadGenerator, MovesTheMeasuredPhasesBehindTheDrainedWarmUp) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  pool.idle = [](std::size_t asked) { return asked >= 3; };
  LoadGenerator generator(open, timetable);
  const GeneratorReport report = generator.run(pool, Clock::now() - seconds{5}, {});
  EXPECT_GE(report.shift, milliseconds{4900});
  EXPECT_EQ(generator.shift(), report.shift);
  EXPECT_LT(report.lag.min(), seconds{4}) << "the drain's time is nobody's lag";
}

TEST(LoadGenerator, GivesUpDrainingAfterItsTime) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  pool.idle = [](std::size_t) { return false; };
  LoadGenerator generator(open, timetable);
  EXPECT_FALSE(generator.run(pool, Clock::now() - seconds{60}, {}).stopped);
}

TEST(LoadGenerator, CountsRefusalsAndGoesOn) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  pool.fate = [](std::size_t i) { return i % 2 == 0 ? Fate::Refuse : Fate::RunNow; };
  LoadGenerator generator(open, timetable);
  const GeneratorReport report = generator.run(pool, Clock::now() - seconds{5}, {});
  EXPECT_EQ(report.sent, timetable.arrivals().size());
  EXPECT_EQ(report.refused, (report.sent + 1) / 2);
  EXPECT_EQ(generator.refused(), report.refused);
}

TEST(LoadGenerator, SaysWhenTheWarmUpIsOverAndWhetherAnyOfItIsLeft) {
  struct Case {
    double warmup_s;
    bool drain;
    bool idle;
    bool clear_start;
  };
  for (const Case& one : {Case{0.05, true, true, true}, Case{0.05, true, false, false},
                          Case{0.05, false, true, false}, Case{0, true, false, true}}) {
    Scenario open = scenario(kOpen);
    open.run.warmup = Seconds{one.warmup_s};
    open.run.drain_after_warmup = one.drain;
    const Timetable timetable(open);
    FakePool pool;
    pool.idle = [&](std::size_t) { return one.idle; };
    LoadGenerator generator(open, timetable);
    std::vector<std::size_t> sent_before;
    const GeneratorReport report = generator.run(pool, Clock::now() - seconds{60}, {}, [&] {
      sent_before.push_back(pool.submits().size());
    });
    EXPECT_EQ(report.clear_start, one.clear_start);
    const auto warm_up = std::count_if(timetable.arrivals().begin(), timetable.arrivals().end(),
                                       [](const Arrival& arrival) { return arrival.phase == 0; });
    if (one.warmup_s == 0) {
      EXPECT_TRUE(sent_before.empty()) << "there is no warm-up to be over";
    } else {
      EXPECT_EQ(sent_before, std::vector{static_cast<std::size_t>(warm_up)});
    }
  }
}

TEST(LoadGenerator, StopsWhereItIsTold) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  std::stop_source source;
  pool.fate = [&source](std::size_t i) {
    if (i == 100) source.request_stop();
    return Fate::RunNow;
  };
  LoadGenerator generator(open, timetable);
  const GeneratorReport report = generator.run(pool, Clock::now() - seconds{5}, source.get_token());
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.sent, 101U);
  EXPECT_EQ(report.unsent, timetable.arrivals().size() - 101);
}

TEST(LoadGenerator, StopsWhileItWaits) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  LoadGenerator generator(open, timetable);
  GeneratorReport report;
  {
    std::jthread runner([&](std::stop_token stop) {
      report = generator.run(pool, Clock::now() + hours{1}, std::move(stop));
    });
    runner.request_stop();
  }
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.sent, 0U);
  EXPECT_EQ(report.unsent, timetable.arrivals().size());
}

TEST(LoadGenerator, StopsWhileItDrains) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  std::stop_source source;
  pool.idle = [&source](std::size_t asked) {
    if (asked == 2) source.request_stop();
    return false;
  };
  LoadGenerator generator(open, timetable);
  EXPECT_TRUE(generator.run(pool, Clock::now(), source.get_token()).stopped);
}

TEST(LoadGenerator, EndsWhenThePoolShutsDown) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  pool.fate = [](std::size_t i) { return i < 10 ? Fate::RunNow : Fate::ShuttingDown; };
  LoadGenerator generator(open, timetable);
  const GeneratorReport report = generator.run(pool, Clock::now() - seconds{5}, {});
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.sent, 11U);
  EXPECT_EQ(report.refused, 1U);
}

TEST(LoadGenerator, RunsTheClassesOwnWork) {
  Scenario wrong = scenario(kOpen);
  const Timetable timetable(wrong);
  wrong.classes[0].work.name = "gpu";
  EXPECT_THROW(LoadGenerator(wrong, timetable), pools::ConfigError);
}

class ClosedPhase : public testing::Test {
 protected:
  /// Starts an hour-long phase of `clients`, whose tasks are held until the test settles them.
  void begin(const std::string& arrival) {
    scenario_ = scenario(closed(arrival, 3600));
    timetable_.emplace(scenario_);
    generator_.emplace(scenario_, *timetable_);
    runner_ = std::jthread([this](std::stop_token stop) {
      report_ = generator_->run(pool_, Clock::now(), std::move(stop));
    });
  }
  GeneratorReport& end() {
    runner_.request_stop();
    runner_.join();
    return report_;
  }

  FakePool pool_;
  Scenario scenario_;
  std::optional<Timetable> timetable_;
  std::optional<LoadGenerator> generator_;
  GeneratorReport report_;
  std::jthread runner_;
};

TEST_F(ClosedPhase, HasOneTaskOfEachClientUnderWay) {
  pool_.fate = [](std::size_t) { return Fate::Hold; };
  begin(R"("clients": 4, "think_us": 0)");
  ASSERT_TRUE(eventually([&] { return pool_.held() == 4; }));
  for (std::size_t answers = 1; answers <= 20; ++answers) {
    ASSERT_TRUE(pool_.run_one());
    // The fake pool notes a submit first and holds its task then.
    ASSERT_TRUE(
        eventually([&] { return pool_.submits().size() == 4 + answers && pool_.held() == 4; }));
  }
  EXPECT_EQ(end().sent, 24U);
}

TEST_F(ClosedPhase, GoesOnAfterACancelledTask) {
  pool_.fate = [](std::size_t) { return Fate::Hold; };
  begin(R"("clients": 1, "think_us": 0)");
  ASSERT_TRUE(eventually([&] { return pool_.held() == 1; }));
  pool_.discard_one();
  ASSERT_TRUE(eventually([&] { return pool_.held() == 1; }));
  EXPECT_EQ(end().sent, 2U);
}

TEST_F(ClosedPhase, TasksMayOutliveTheGenerator) {
  pool_.fate = [](std::size_t) { return Fate::Hold; };
  begin(R"("clients": 3, "think_us": 0)");
  ASSERT_TRUE(eventually([&] { return pool_.held() == 3; }));
  end();
  generator_.reset();
  timetable_.reset();
  EXPECT_TRUE(pool_.run_one());
  EXPECT_TRUE(pool_.discard_one());
}

TEST_F(ClosedPhase, DueTimesFollowAnswers) {
  begin(R"("clients": 1, "think_us": 100, "gaps": "constant")");
  ASSERT_TRUE(eventually([&] { return pool_.submits().size() >= 50; }));
  end();
  const auto submits = pool_.submits();
  for (std::size_t i = 1; i < submits.size(); ++i) {
    EXPECT_GE(submits[i].options.due - submits[i - 1].at, std::chrono::microseconds{100});
    EXPECT_GE(submits[i].at, submits[i].options.due);
  }
}

TEST(LoadGenerator, EndsAClosedPhaseOnTime) {
  const Scenario thinking = scenario(closed(R"("clients": 5, "think_us": 500)", 0.05));
  const Timetable timetable(thinking);
  FakePool pool;
  LoadGenerator generator(thinking, timetable);
  const Instant start = Clock::now();
  const GeneratorReport report = generator.run(pool, start, {});
  EXPECT_GE(Clock::now(), start + milliseconds{50});
  EXPECT_GT(report.sent, 0U);
  for (const auto& submit : pool.submits()) EXPECT_LT(submit.options.due, start + milliseconds{50});
}

TEST(LoadGenerator, RefusedClientsPauseInsteadOfHammering) {
  const Scenario refused = scenario(closed(R"("clients": 2, "think_us": 0)", 0.1));
  const Timetable timetable(refused);
  FakePool pool;
  pool.fate = [](std::size_t) { return Fate::Refuse; };
  LoadGenerator generator(refused, timetable);
  const GeneratorReport report = generator.run(pool, Clock::now(), {});
  EXPECT_EQ(report.refused, report.sent);
  EXPECT_GE(report.sent, 2U);
  EXPECT_LE(report.sent, 202U) << "two clients, at most one question a millisecond each";
}

TEST(LoadGenerator, NotesHowLateEachArrivalWasSent) {
  const Scenario open = scenario(kOpen);
  const Timetable timetable(open);
  FakePool pool;
  LoadGenerator generator(open, timetable);
  const Instant start = Clock::now();
  const GeneratorReport report = generator.run(pool, start, {});
  ASSERT_EQ(report.lag_of.size(), timetable.arrivals().size());
  const auto submits = pool.submits();
  for (std::size_t i = 0; i < submits.size(); ++i) {
    EXPECT_GE(report.lag_of[i], 0);
    EXPECT_LE(static_cast<double>(report.lag_of[i]),
              1.001 * static_cast<double>((submits[i].at - submits[i].options.due).count()))
        << "it was sent before the pool had it";
  }
  LoadGenerator stopped(open, timetable);
  std::stop_source stop;
  stop.request_stop();
  const GeneratorReport nothing = stopped.run(pool, Clock::now(), stop.get_token());
  EXPECT_TRUE(std::ranges::all_of(nothing.lag_of, [](float lag) { return std::isnan(lag); }));
}

TEST(Hiccups, KeepsTheLongest) {
  Hiccups hiccups;
  hiccups.saw(Instant{Nanos{1}}, Hiccups::kShortest - Nanos{1});
  EXPECT_TRUE(hiccups.kept().empty());
  for (int i = 0; i < 1000; ++i) {
    hiccups.saw(Instant{milliseconds{i}}, milliseconds{1 + (i * 7) % 1000});
  }
  ASSERT_EQ(hiccups.kept().size(), Hiccups::kKept);
  for (const Hiccup& one : hiccups.kept()) EXPECT_GT(one.length, milliseconds{1000 - 64});
}

}  // namespace
}  // namespace scenarios
