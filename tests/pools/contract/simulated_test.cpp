// Every strategy on 1, 3 and 200 workers in virtual time: what does not depend on threads is shown
// without them, exactly, and the same twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/pools/contract/simulated_machine.h"
#include "tests/pools/contract/subjects.h"
#include "tests/pools/seed.h"

namespace contract {
namespace {

using pools::Nanos;
using Arrival = SimulatedMachine::Arrival;
using Started = SimulatedMachine::Started;
using namespace std::chrono_literals;

/// Poisson arrivals of exponential tasks that keep `workers` busy for `load` of the time.
std::vector<Arrival> poisson(int count, std::uint32_t workers, double load, int spawns = 0) {
  std::mt19937_64 random(tests::seed());
  constexpr double kService = 100'000;
  std::exponential_distribution<double> service(1 / kService);
  std::exponential_distribution<double> gap(workers * load / (kService * (1 + spawns)));
  std::vector<Arrival> arrivals;
  Nanos at = 2s;
  for (int i = 0; i < count; ++i) {
    at += Nanos{static_cast<Nanos::rep>(gap(random))};
    arrivals.push_back({at, Nanos{1 + static_cast<Nanos::rep>(service(random))},
                        static_cast<std::uint8_t>(random() % 3), spawns});
  }
  return arrivals;
}

class Simulated : public testing::TestWithParam<Subject> {
 protected:
  static SimulatedMachine machine(std::uint32_t workers, std::uint64_t seed = 7) {
    const pools::Choice& choice = GetParam().config.dispatch;
    return {choice.name, choice.settings, workers, seed};
  }
};

TEST_P(Simulated, SettlesEveryTaskOnceAndTheSameTwice) {
  for (const std::uint32_t workers : {1U, 3U, 200U}) {
    for (const int spawns : {0, 4}) {
      const std::vector<Arrival> arrivals = poisson(600, workers, 0.9, spawns);
      SimulatedMachine first = machine(workers);
      SimulatedMachine second = machine(workers);
      const std::vector<Started>& trace = first.run(arrivals);
      EXPECT_EQ(trace, second.run(arrivals)) << workers << " workers";
      ASSERT_EQ(trace.size(), arrivals.size() * static_cast<std::size_t>(1 + spawns));
      std::vector<bool> started(trace.size(), false);
      for (const Started& one : trace) {
        EXPECT_FALSE(started.at(one.task)) << "task " << one.task << " twice";
        started[one.task] = true;
        EXPECT_GE(one.at, first.arrival(one.task).at);
      }
      EXPECT_FALSE(first.idled_beside_work()) << workers << " workers";
    }
  }
}

TEST_P(Simulated, HandsTheTasksOfOneProducerOutInOrderIfItSaysSo) {
  if (!pools::find_dispatch(GetParam().config.dispatch.name)->capabilities.fifo) return;
  for (const std::uint32_t workers : {1U, 3U, 200U}) {
    SimulatedMachine one = machine(workers);
    std::uint32_t next = 0;
    // Within a batch a worker runs one after the other, while others begin later batches.
    std::vector<Started> trace = one.run(poisson(600, workers, 1.2));
    if (GetParam().config.dispatch.name == "batch" && workers > 1) continue;
    for (const Started& started : trace) EXPECT_EQ(started.task, next++);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, Simulated, testing::ValuesIn(strategy_variants()), subject_name);

TEST(SimulatedPriority, NobodyIsOvertakenBeyondTheAgeingBound) {
  pools::Settings settings;
  settings.set("ageing_ms", 1.0);
  for (const std::uint32_t workers : {1U, 3U}) {
    SimulatedMachine machine("priority", settings, workers, 1);
    const std::vector<Started>& trace = machine.run(poisson(2'000, workers, 1.5));
    int overtakings = 0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
      const Arrival& mine = machine.arrival(trace[i].task);
      for (std::size_t before = 0; before < i; ++before) {
        const Arrival& other = machine.arrival(trace[before].task);
        ASSERT_LE(other.at, mine.at + mine.level * 1ms);
        if (other.at > mine.at) ++overtakings;
      }
    }
    EXPECT_GT(overtakings, 1'000) << "the load is one in which levels matter";
  }
}

TEST(SimulatedBatch, ATaskWaitsForCompanyNoLongerThanTheFlush) {
  pools::Settings settings;
  settings.set("size", std::int64_t{16});
  settings.set("early_flush", false);
  settings.set("flush_us", 500.0);
  SimulatedMachine machine("batch", settings, 200, 1);
  // So few that workers are always free, so far apart that most batches are not full.
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 500; ++i) arrivals.push_back({2s + i * 90us, 1us, 0, 0});
  Nanos longest{0};
  for (const Started& one : machine.run(arrivals)) {
    longest = std::max(longest, one.at - machine.arrival(one.task).at);
  }
  EXPECT_GE(longest, 500us) << "the first of each batch waits all that time";
  EXPECT_LE(longest, 500us + 16us) << "and the others before it in the batch run first";
}

TEST(SimulatedStealing, TasksOfOneWorkerReachTheOthers) {
  SimulatedMachine machine("stealing", {}, 3, 1);
  const std::vector<Started>& trace = machine.run({{2s, 100us, 0, 300}});
  std::vector<int> by_worker(3, 0);
  for (const Started& one : trace) ++by_worker[one.worker];
  for (const int ran : by_worker) EXPECT_GT(ran, 80);
  std::uint64_t stolen = 0;
  for (const pools::WorkerCounters& counters : machine.counters()) {
    stolen += counters.steal_items.read();
  }
  EXPECT_GE(stolen, 160U) << "what the other two ran";
  EXPECT_EQ(trace.back().at - trace[1].at, 100us * 100) << "300 tasks of 100 us on three workers";
}

TEST(SimulatedPush, WithoutStealingATaskRunsWhereItWasPlaced) {
  pools::Settings settings;
  settings.set("choose", std::string("round_robin"));
  SimulatedMachine machine("push", settings, 3, 1);
  // A long task, then short ones: those behind it wait, whoever is idle.
  std::vector<Arrival> arrivals{{2s, 50ms, 0, 0}};
  for (int i = 1; i < 30; ++i) arrivals.push_back({2s + i * 1ms, 10us, 0, 0});
  const std::vector<Started>& trace = machine.run(arrivals);
  int behind = 0;
  for (const Started& one : trace) {
    EXPECT_EQ(one.worker, one.task % 3) << "in turn";
    if (one.task != 0 && one.worker == trace[0].worker) {
      ++behind;
      EXPECT_GE(one.at, 2s + 50ms);
    }
  }
  EXPECT_EQ(behind, 9);
}

}  // namespace
}  // namespace contract
