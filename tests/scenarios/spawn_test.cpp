// Requests that are trees of tasks: how many there are, what they say of themselves, who answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "pools/catalog.h"
#include "pools/make_pool.h"
#include "scenarios/catalog.h"
#include "scenarios/load_generator.h"
#include "scenarios/scenario_json.h"
#include "scenarios/work/tree_task.h"
#include "tests/scenarios/fake_pool.h"

namespace scenarios {
namespace {

using std::chrono::seconds;
using tests::FakePool;

pools::Choice spawn(std::int64_t depth, std::int64_t fanout) {
  pools::Choice work{"spawn", {}};
  work.settings.set("depth", depth);
  work.settings.set("fanout", fanout);
  return work;
}

TEST(Spawn, CountsTheTasksOfATree) {
  EXPECT_EQ(tree_of({"cpu", {}}).tasks(), 1U);
  EXPECT_EQ(tree_of({"spawn", {}}).tasks(), 31U) << "by default, as the field reference says";
  EXPECT_EQ(tree_of(spawn(3, 3)).tasks(), 40U);
  EXPECT_EQ(tree_of(spawn(64, 1)).tasks(), 65U) << "a chain";
  EXPECT_EQ(work_of(spawn(3, 3)).tree().tasks(), 40U);
  EXPECT_EQ(&work_of(spawn(3, 3)), &work_of(spawn(3, 3)));
  EXPECT_THROW(tree_of(spawn(64, 64)), pools::ConfigError) << "and does not overflow";
  EXPECT_THROW(work_of(spawn(14, 2)), pools::ConfigError);
}

TEST(Spawn, SharesTheServiceTimeAndIsDueAsItsRequestWas) {
  FakePool pool;
  pool.fate = [](std::size_t) { return FakePool::Fate::Hold; };
  const pools::SubmitOptions options{.due = pools::Instant{} + seconds{7},
                                     .series = 3,
                                     .level = 2,
                                     .deadline = pools::Instant{} + seconds{9}};
  const auto request = std::make_shared<TreeRequest>(pool, work_of(spawn(2, 2)),
                                                     std::chrono::nanoseconds{700}, options);
  EXPECT_EQ(request->service, std::chrono::nanoseconds{100});
  ASSERT_EQ(pool.submit(TreeTask(request), request->options), pools::SubmitStatus::Accepted);
  while (pool.run_one()) {
  }
  const auto submits = pool.submits();
  ASSERT_EQ(submits.size(), 7U);
  for (const FakePool::Submit& submit : submits) {
    EXPECT_EQ(submit.options.due, options.due);
    EXPECT_EQ(submit.options.series, 3);
    EXPECT_EQ(submit.options.level, 2);
    EXPECT_EQ(submit.options.deadline, options.deadline);
    EXPECT_EQ(submit.options.expected, std::chrono::nanoseconds{100});
  }
}

TEST(Spawn, AnswersItsClientWhenTheLastTaskIsGone) {
  const auto clients = std::make_shared<ClosedClients>(1);
  FakePool pool;
  pool.fate = [](std::size_t) { return FakePool::Fate::Hold; };
  auto request = std::make_shared<TreeRequest>(pool, work_of(spawn(1, 3)), pools::Nanos{0},
                                               pools::SubmitOptions{});
  request->clients = clients;
  const pools::SubmitOptions options = request->options;
  ASSERT_EQ(pool.submit(TreeTask(std::move(request)), options), pools::SubmitStatus::Accepted);
  std::vector<Answer> answers;
  for (int task = 0; task < 4; ++task) {
    clients->collect(answers, pools::Nanos{0});
    EXPECT_TRUE(answers.empty()) << task;
    // The last one is given back unrun: that ends the request as well.
    task == 3 ? pool.discard_one() : pool.run_one();
  }
  clients->collect(answers, pools::Nanos{0});
  EXPECT_EQ(answers.size(), 1U);
}

class SpawnIn : public testing::TestWithParam<std::string> {};

TEST_P(SpawnIn, EveryPoolHasEveryTaskInItsLedger) {
  const Scenario scenario = read_scenario_text(
      R"({"run": {"warmup_s": 0},
          "classes": [{"work": {"kind": "spawn", "depth": 3, "fanout": 3}, "service": {"dist": "constant", "value_us": 1}}],
          "phases": [{"duration_s": 0.05, "arrival": {"process": "constant", "rate_per_s": 4000}},
                     {"duration_s": 0.05, "arrival": {"process": "closed", "clients": 3, "think_us": 100}}],
          "pools": [{"dispatch": ")" +
          GetParam() + R"(", "workers": 2}]})",
      "test.json");
  const Timetable timetable(scenario);
  pools::PoolConfig config = scenario.pools.front();
  config.series = timetable.series_count();
  const auto pool = pools::make_pool(config);
  LoadGenerator generator(scenario, timetable);
  const GeneratorReport report = generator.run(*pool, pools::Clock::now(), {});
  ASSERT_TRUE(pool->wait_idle(seconds{60}));
  const pools::Ledger ledger = pool->snapshot().ledger;
  EXPECT_GE(report.sent, 200U);
  EXPECT_EQ(ledger.submitted, report.sent * 40);
  EXPECT_EQ(ledger.completed, ledger.submitted);
  EXPECT_TRUE(ledger.closes());
  EXPECT_EQ(pool->shutdown(pools::ShutdownMode::Drain, seconds{60}).complete, true);
}

std::vector<std::string> pool_names() {
  std::vector<std::string> names;
  for (const auto& row : pools::dispatch_catalog()) names.emplace_back(row.name);
  for (const auto& row : pools::peer_catalog()) names.emplace_back(row.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Catalogs, SpawnIn, testing::ValuesIn(pool_names()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace scenarios
