// The result of a run: everything measured, as plain values. Written by result_json.h, shown by
// reports, judged by verdicts.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pools/metrics/snapshot.h"
#include "pools/pool.h"
#include "results/timeline.h"
#include "scenarios/load_generator.h"
#include "scenarios/scenario.h"

namespace results {

/// Latencies and outcomes of one class in one phase of one trial.
struct SeriesResult {
  std::string phase;
  std::string task_class;
  bool measured = true;  ///< false: warm-up
  pools::SeriesReport figures;
};

/// One pool serving the scenario once.
struct Trial {
  std::string pool;
  pools::PoolConfig config;  ///< resolved: every knob as used
  std::uint64_t seed = 0;
  bool valid = true;               ///< false: the figures should not be trusted
  std::vector<std::string> flags;  ///< why not, or what else to know ("generator lag p99 ...")
  double measured_s = 0;           ///< length of the measured phases
  double elapsed_s = 0;            ///< from first arrival to drained
  double cpu_s = 0;                ///< process CPU time over the trial, generator included
  pools::Ledger ledger;            ///< at the end
  std::uint64_t queue_capacity = 0;
  bool drained = true;
  scenarios::GeneratorReport generator;
  std::vector<SeriesResult> series;
  PoolTimeline timeline;
  std::vector<pools::WorkerSnapshot> workers;
  std::vector<std::pair<std::string, double>> figures;  ///< the strategy's own
  std::vector<std::uint64_t> steal_matrix;              ///< [thief][victim], row-major
  std::uint32_t slots = 0;
  std::uint64_t wakes = 0;
};

enum class Verdict : std::uint8_t { Pass, Fail, Inconclusive };

/// A gate and what came of it, one per pool it applies to.
struct GateVerdict {
  scenarios::Expectation gate;
  std::string pool;
  double observed = 0;
  Verdict verdict = Verdict::Pass;
  std::string text;  ///< "response_us p50 < 100 us: 61.2 us"
};

/// Machine facts; names as in the file.
struct Environment {
  std::string cpu, kernel, os, governor, clock_source, hostname_hash;
  std::uint32_t cores = 0, usable_cores = 0;
  bool virtualised = false;
  double load_1min = 0, clock_read_ns = 0, cgroup_cpus = 0;
  std::int64_t memory_bytes = 0;
};

struct BuildFacts {
  std::string version, commit, compiler, flags, build_type, sanitizer;
  bool dirty = false;
};

struct RunResult {
  std::string run_id;
  std::string started_at;  ///< ISO 8601, UTC
  bool interrupted = false;
  bool gui = false;  ///< measured while the window was drawing
  scenarios::Scenario scenario;
  Environment environment;
  BuildFacts build;
  std::vector<Trial> trials;
  std::vector<GateVerdict> verdicts;
};

/// All measured series of a trial merged (empty filters match everything).
pools::SeriesReport merged(const Trial& trial, const std::string& phase = "",
                           const std::string& task_class = "");

}  // namespace results
