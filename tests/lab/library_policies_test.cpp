// Scenarios that show a policy: their gates hold with it, and fail when it is taken out. What is
// asked is so far apart that no hiccup of the machine decides it.
#include <algorithm>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/session.h"
#include "results/verdicts.h"
#include "scenarios/scenario_json.h"

namespace lab {
namespace {

using results::Verdict;
using scenarios::Scenario;

struct Shown {
  std::string scenario;
  std::string pool;  ///< the one with the policy
  std::function<void(pools::PoolConfig&)> take_out;
};

void PrintTo(const Shown& shown, std::ostream* out) { *out << shown.scenario << ' ' << shown.pool; }

void no_admission(pools::PoolConfig& pool) { pool.admission.clear(); }
void keep_late(pools::PoolConfig& pool) { pool.drop_expired = false; }
void refuse(pools::PoolConfig& pool) {
  pool.on_full = pools::OnFull::Reject;
  pool.full_timeout = pools::Nanos{0};
}

/// Shortened, with that pool and the baseline alone.
Scenario loaded(const Shown& shown) {
  Scenario scenario = scenarios::read_scenario_file(POOLLAB_SOURCE_DIR "/scenarios/library/" +
                                                    shown.scenario + ".json");
  std::erase_if(scenario.pools, [&](const pools::PoolConfig& pool) {
    return pool.id != shown.pool && pool.id != scenario.baseline;
  });
  std::erase_if(scenario.expect, [&](const scenarios::Expectation& gate) {
    return gate.pool != shown.pool && !gate.compare.starts_with(shown.pool + "/");
  });
  return scenarios::shortened(scenario, scenarios::Seconds{4});
}

std::vector<results::GateVerdict> run(const Scenario& scenario) {
  Session session(scenario, Session::Options{});
  session.start();
  session.wait();
  EXPECT_EQ(session.progress().state, SessionState::Finished) << session.progress().error;
  for (const results::Trial& trial : session.result().trials) {
    EXPECT_TRUE(trial.sound) << trial.pool;
    EXPECT_TRUE(trial.ledger.closes()) << trial.pool;
  }
  return session.result().verdicts;
}

std::string with_verdict(const std::vector<results::GateVerdict>& verdicts, Verdict verdict) {
  std::string text;
  for (const results::GateVerdict& one : verdicts) {
    if (one.verdict == verdict) text += one.pool + ": " + one.text + "\n";
  }
  return text;
}

class PolicyShown : public ::testing::TestWithParam<Shown> {};

TEST_P(PolicyShown, ItsGatesHoldWithItAndFailWithoutIt) {
  Scenario scenario = loaded(GetParam());
  ASSERT_FALSE(scenario.expect.empty());
  std::string failed;
  for (int attempt = 0; attempt < 3; ++attempt) {
    failed = with_verdict(run(scenario), Verdict::Fail);
    if (failed.empty()) break;
  }
  EXPECT_EQ(failed, "");
  for (pools::PoolConfig& pool : scenario.pools) {
    if (pool.id == GetParam().pool) GetParam().take_out(pool);
  }
  EXPECT_NE(with_verdict(run(scenario), Verdict::Fail), "") << "nothing notices that it is gone";
}

INSTANTIATE_TEST_SUITE_P(Library, PolicyShown,
                         ::testing::Values(Shown{"codel", "codel", no_admission},
                                           Shown{"codel", "newest-first", no_admission},
                                           Shown{"codel", "limit", no_admission},
                                           Shown{"codel", "late-dropped", keep_late},
                                           Shown{"flaky-dependency", "breaker", no_admission},
                                           Shown{"rate-limit", "limited", no_admission},
                                           Shown{"fresh-data", "drop-oldest", refuse},
                                           Shown{"backpressure", "caller-runs", refuse}),
                         [](const auto& instance) {
                           std::string name = instance.param.scenario + "_" + instance.param.pool;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace lab
