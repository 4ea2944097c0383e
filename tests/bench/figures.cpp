#include "tests/bench/figures.h"

#include <algorithm>
#include <array>
#include <functional>

#include "pools/clock.h"
#include "tests/bench/eigen_tensor.h"
#include "tests/bench/loads.h"
#include "tests/bench/native.h"

namespace bench {
namespace {

constexpr unsigned kEveryRun = ~0U;

/// Millions per second: the median over half a second of repetitions, after one
/// to warm up.
double millions_per_s(double things, const std::function<double()>& seconds) {
  seconds();
  std::vector<double> rates;
  for (double total = 0; total < 0.5 || rates.size() < 3;) {
    const double took = seconds();
    total += took;
    rates.push_back(things / took * 1e-6);
  }
  std::sort(rates.begin(), rates.end());
  return rates[rates.size() / 2];
}

template <std::uint32_t Workers, std::uint32_t Producers>
std::vector<Figure> submit(const Candidate& candidate) {
  constexpr std::uint64_t kTasks = 100'000;
  const auto pool = build(candidate, Workers);
  const double rate = millions_per_s(static_cast<double>(kTasks),
                                     [&] { return external_submit(*pool, Producers, kTasks); });
  const std::string name =
      "submit " + std::to_string(Workers) + "w " + std::to_string(Producers) + "p";
  return {{name, "M/s", true, rate}};
}

std::vector<Figure> priority(const Candidate& candidate) {
  constexpr std::uint64_t kTasks = 100'000;
  const auto pool = build(candidate, 2);
  if (!pool->capabilities().priorities) return {};
  const double rate =
      millions_per_s(static_cast<double>(kTasks), [&] { return priority_submit(*pool, kTasks); });
  return {{"priority 2w 1p", "M/s", true, rate}};
}

template <typename Run>
double seconds_for(const Run& run) {
  const pools::Instant start = pools::Clock::now();
  run();
  return std::chrono::duration<double>(pools::Clock::now() - start).count();
}

std::vector<Figure> bulk(const Candidate& candidate) {
  constexpr std::uint64_t kItems = 1'000'000;
  double rate = 0;
  if (const auto native = make_native(candidate.config.dispatch.name, 2)) {
    rate = millions_per_s(static_cast<double>(kItems),
                          [&] { return seconds_for([&] { native->loops(kItems); }); });
  } else {
    const auto pool = build(candidate, 2);
    rate = millions_per_s(static_cast<double>(kItems), [&] { return bulk_submit(*pool, kItems); });
  }
  return {{"bulk 1000, 2w", "M/s", true, rate}};
}

/// Only where a call can wait for the other: ours by TaskGroup, a peer by its own means.
std::vector<Figure> fib(const Candidate& candidate) {
  constexpr int kN = 27;
  std::uint64_t calls = fib_calls(kN);
  const auto figure = [&](const std::function<double()>& seconds) -> std::vector<Figure> {
    return {{"fib(27) a call, 2w", "ns", false,
             1e3 / millions_per_s(static_cast<double>(calls), seconds)}};
  };
  if (const auto native = make_native(candidate.config.dispatch.name, 2)) {
    return figure([&] { return seconds_for([&] { native->fib(kN); }); });
  }
  if (candidate.peer) return {};
  const auto pool = build(candidate, 2);
  return figure([&] { return task_group_fib(*pool, kN, calls); });
}

/// What recording every latency adds to a task, all on one thread: a spawn tree on one worker.
std::vector<Figure> metrics(const Candidate& candidate) {
  constexpr std::uint64_t kTasks = 200'000;
  double ns[2] = {};
  for (const bool full : {false, true}) {
    Candidate one = candidate;
    one.config.metrics = full ? pools::MetricsLevel::Full : pools::MetricsLevel::Off;
    const auto pool = build(one, 1);
    ns[full ? 1 : 0] = 1e3 / millions_per_s(static_cast<double>(kTasks),
                                            [&] { return spawn_tree(*pool, kTasks); });
  }
  return {{"full metrics add", "ns", false, ns[1] - ns[0]}};
}

std::vector<Figure> tree(const Candidate& candidate) {
  const auto pool = build(candidate, 2);
  const auto rate = [&](std::uint64_t tasks) {
    return millions_per_s(static_cast<double>(tasks), [&] { return spawn_tree(*pool, tasks); });
  };
  return {{"spawn tree 2w", "M/s", true, rate(200'000)},
          {"spawn tree 1M 2w", "M/s", true, rate(1'000'000)}};
}

std::vector<Figure> join(const Candidate& candidate) {
  const auto pool = build(candidate, 2);
  std::uint64_t calls = 0;
  constexpr int kN = 22;
  fork_join(*pool, kN, calls);
  const double rate =
      millions_per_s(static_cast<double>(calls), [&] { return fork_join(*pool, kN, calls); });
  return {{"fork-join 2w", "M/s", true, rate}};
}

std::vector<Figure> loop(const Candidate& candidate) {
  constexpr std::uint32_t kLoops = 2'000;
  const auto pool = build(candidate, 2);
  const auto measure = [&](std::chrono::microseconds piece) {
    std::array<double, 5> us{};
    for (double& one : us) one = parallel_loop(*pool, kLoops, piece) * 1e6 / kLoops;
    std::sort(us.begin(), us.end());
    return us[us.size() / 2];
  };
  measure(std::chrono::microseconds(10));
  const double cpu = cpu_seconds();
  const pools::Instant start = pools::Clock::now();
  const double us = measure(std::chrono::microseconds(20));
  const double seconds = std::chrono::duration<double>(pools::Clock::now() - start).count();
  return {{"loop 2 x 20us, 2w", "us", false, us},
          {"loop CPU", "cores", false, (cpu_seconds() - cpu) / seconds}};
}

std::vector<Figure> tensor(const Candidate& candidate) {
  if (!has_eigen_tensor()) return {};
  const TensorCost cost = eigen_tensor(candidate, 2, 10'000);
  return {{"Eigen tensor, 2w", "us", false, cost.us},
          {"Eigen tensor CPU", "cores", false, cost.cores}};
}

std::vector<Figure> wake(const Candidate& candidate) {
  const auto pool = build(candidate, 2);
  const Percentiles latency = wake_latency(*pool, 1'500, std::chrono::microseconds(300));
  return {{"wake p50", "us", false, latency.p50_us}, {"wake p99", "us", false, latency.p99_us}};
}

std::vector<Figure> open(const Candidate& candidate) {
  const auto pool = build(candidate, 2);
  const OpenLoop load = open_loop(*pool, 20'000, std::chrono::microseconds(20), 1.5);
  return {{"20k/s x 20us p50", "us", false, load.response.p50_us},
          {"20k/s x 20us p99", "us", false, load.response.p99_us},
          {"20k/s x 20us CPU", "cores", false, load.cores}};
}

std::vector<Figure> memory(const Candidate& candidate) {
  const auto pool = build(candidate, 2);
  const QueueMemory memory = queue_memory(*pool, 1'000'000);
  if (memory.waiting < 0.9) return {};  // it ran them in the submitter
  return {{"bytes per queued", "B", false, memory.queued}, {"bytes kept", "B", false, memory.kept}};
}

std::vector<Figure> idle(const Candidate& candidate) {
  const auto pool = build(candidate, 4);
  return {{"idle CPU in 3 s", "ms", false, idle_cpu_ms(*pool, 3)}};
}

}  // namespace

const std::vector<Load>& loads() {
  static const std::vector<Load> kLoads{{"submit:2:1", kEveryRun, submit<2, 1>},
                                        {"submit:2:4", kEveryRun, submit<2, 4>},
                                        {"submit:1:1", kEveryRun, submit<1, 1>},
                                        {"submit:4:1", kEveryRun, submit<4, 1>},
                                        {"bulk", kEveryRun, bulk},
                                        {"priority", kEveryRun, priority},
                                        {"tree", kEveryRun, tree},
                                        {"fork-join", kEveryRun, join},
                                        {"fib", kEveryRun, fib},
                                        {"metrics", kEveryRun, metrics},
                                        {"loop", kEveryRun, loop},
                                        {"eigen_tensor", kEveryRun, tensor},
                                        {"wake", kEveryRun, wake},
                                        {"open-loop", kEveryRun, open},
                                        {"memory", 2, memory},
                                        {"idle", 1, idle}};
  return kLoads;
}

const Load* find_load(const std::string& name) {
  const auto found = std::find_if(loads().begin(), loads().end(),
                                  [&](const Load& load) { return load.name == name; });
  return found == loads().end() ? nullptr : &*found;
}

}  // namespace bench
