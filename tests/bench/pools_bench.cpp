// Google Benchmark over every strategy, each of its variants, and every peer:
//   pools_bench --benchmark_filter='external_submit/stealing/.*'
// Rates are tasks_per_s; latencies p50_us and p99_us. Time is the wall's, taken
// inside the loads.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "pools/peers/peers.h"
#include "tests/bench/candidate.h"
#include "tests/bench/loads.h"

namespace bench {
namespace {

constexpr std::uint64_t kTasks = 100'000;

void rate(benchmark::State& state, std::uint64_t tasks_per_iteration) {
  const auto tasks = static_cast<double>(tasks_per_iteration);
  state.counters["tasks_per_s"] =
      benchmark::Counter(tasks, benchmark::Counter::kIsIterationInvariantRate);
}

std::string named(const std::string& load, const Candidate& candidate, const std::string& rest) {
  return load + "/" + candidate.name + rest;
}

void add_submits(const Candidate& candidate) {
  for (const std::uint32_t workers : {1U, 2U, 4U}) {
    for (const std::uint32_t producers : {1U, 2U, 4U}) {
      const std::string rest =
          "/workers:" + std::to_string(workers) + "/producers:" + std::to_string(producers);
      const auto run = [candidate, workers, producers](benchmark::State& state) {
        const auto pool = build(candidate, workers);
        for (auto _ : state) {
          state.SetIterationTime(external_submit(*pool, producers, kTasks));
        }
        rate(state, kTasks);
      };
      benchmark::RegisterBenchmark(named("external_submit", candidate, rest).c_str(), run)
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
}

void add_bounded(const Candidate& candidate) {
  for (const std::uint64_t capacity : {64U, 1024U}) {
    const auto run = [candidate, capacity](benchmark::State& state) {
      Candidate bounded = candidate;
      bounded.config.queue_capacity = capacity;
      bounded.config.on_full = pools::OnFull::Block;
      const auto pool = build(bounded, 2);
      for (auto _ : state) state.SetIterationTime(external_submit(*pool, 2, kTasks));
      rate(state, kTasks);
    };
    const std::string rest = "/capacity:" + std::to_string(capacity);
    benchmark::RegisterBenchmark(named("bounded_submit", candidate, rest).c_str(), run)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

void add_bulk(const Candidate& candidate) {
  const auto run = [candidate](benchmark::State& state) {
    const auto pool = build(candidate, 2);
    for (auto _ : state) state.SetIterationTime(bulk_submit(*pool, 10 * kTasks));
    rate(state, 10 * kTasks);
  };
  benchmark::RegisterBenchmark(named("bulk_submit", candidate, "").c_str(), run)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

void add_trees(const Candidate& candidate) {
  for (const std::uint32_t workers : {1U, 2U, 4U}) {
    const std::string rest = "/workers:" + std::to_string(workers);
    const auto spawn = [candidate, workers](benchmark::State& state) {
      const auto pool = build(candidate, workers);
      for (auto _ : state) state.SetIterationTime(spawn_tree(*pool, kTasks));
      rate(state, kTasks);
    };
    benchmark::RegisterBenchmark(named("spawn_tree", candidate, rest).c_str(), spawn)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    if (!candidate.peer) {
      const auto nested = [candidate, workers](benchmark::State& state) {
        const auto pool = build(candidate, workers);
        std::uint64_t calls = 0;
        for (auto _ : state) state.SetIterationTime(task_group_fib(*pool, 23, calls));
        rate(state, calls);
      };
      benchmark::RegisterBenchmark(named("task_group_fib", candidate, rest).c_str(), nested)
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
    const auto fib = [candidate, workers](benchmark::State& state) {
      const auto pool = build(candidate, workers);
      std::uint64_t calls = 0;
      for (auto _ : state) state.SetIterationTime(fork_join(*pool, 23, calls));
      rate(state, calls);
    };
    benchmark::RegisterBenchmark(named("fork_join", candidate, rest).c_str(), fib)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

void add_wakes(const Candidate& candidate) {
  for (const std::uint32_t workers : {1U, 2U, 4U}) {
    const auto run = [candidate, workers](benchmark::State& state) {
      const auto pool = build(candidate, workers);
      Percentiles wake;
      for (auto _ : state) {
        wake = wake_latency(*pool, 500, std::chrono::microseconds(300));
        state.SetIterationTime(wake.p50_us * 1e-6);
      }
      state.counters["p50_us"] = wake.p50_us;
      state.counters["p99_us"] = wake.p99_us;
    };
    const std::string rest = "/workers:" + std::to_string(workers);
    benchmark::RegisterBenchmark(named("wake", candidate, rest).c_str(), run)
        ->UseManualTime()
        ->Iterations(3)
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  pools::add_all_peers();
  for (const auto& candidate : bench::candidate_variants()) {
    bench::add_submits(candidate);
    bench::add_bulk(candidate);
    bench::add_trees(candidate);
    bench::add_wakes(candidate);
    if (!candidate.peer) bench::add_bounded(candidate);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
