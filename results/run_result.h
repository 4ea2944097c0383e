// The result of a run: everything measured, as plain values. Written by result_json.h, shown by
// reports, judged by verdicts.h.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pools/metrics/snapshot.h"
#include "results/arrival_check.h"
#include "results/noise.h"
#include "results/pool_facts.h"
#include "results/scenario_facts.h"
#include "results/steady_state.h"
#include "results/timeline.h"
#include "scenarios/event_counts.h"
#include "scenarios/generator_report.h"
#include "scenarios/trial_plan.h"

namespace results {

/// Latencies and outcomes of one class in one phase of one trial: of the tasks that were due in
/// that phase, whenever they were served.
struct SeriesResult {
  std::string phase;
  std::string task_class;
  bool measured = true;  ///< false: warm-up
  pools::SeriesReport figures;
};

/// What happened while a phase lasted. Times from the start of the warm-up, as in the timeline.
struct PhaseResult {
  std::string name;
  bool measured = true;  ///< false: warm-up
  double begin_s = 0;
  double end_s = 0;
  double submitted_per_s = 0;   ///< NAN when no sample was taken meanwhile
  double throughput_per_s = 0;  ///< settled meanwhile, whenever they came
};

/// What became of tasks, exactly, at every metrics level. Every one is over, so nothing is open.
using TaskCounts = pools::Ledger;

/// What the pool did in the measured time: from the first measured instant until it was idle again.
using EventCounts = scenarios::EventCounts;

/// Per second of the measured time, from the first measured instant until the pool was idle again:
/// a pool that finishes its backlog only after the last arrival does not get that time for free. A
/// warm-up's backlog that is served in this time is work like any other, and counts.
struct Rates {
  double offered_per_s = 0;     ///< arrivals over the length of the phases
  double throughput_per_s = 0;  ///< completed or failed
  double goodput_per_s = 0;     ///< completed
  double utilisation = 0;       ///< time inside tasks over the time of the workers, 0..1
};

/// What the kernel charged to the process over the trial, generator and sampler included.
struct Cost {
  double user_s = 0;
  double system_s = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;  ///< the kernel took the core away
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::int64_t rss_bytes = 0;  ///< resident set at the end
  double stolen_s = 0;         ///< all cores together, taken by the hypervisor
  double others_s = 0;         ///< CPU time of all other processes, all cores together
  double run_delay_s = 0;  ///< threads ready to run that waited for a core, those alive at the end
  double throttled_s =
      0;  ///< all cores together, held back by a used-up quota of our control group

  double cpu_s() const noexcept { return user_s + system_s; }
};

/// One pool serving the scenario once: what was planned, and what came of it.
struct Trial : scenarios::TrialSpec {
  PoolFacts config;
  bool valid = true;               ///< false: the figures should not be trusted
  bool sound = true;               ///< false: the pool broke a promise (lost tasks); never noise
  std::vector<std::string> flags;  ///< why not, or what else to know ("generator lag p99 ...")
  bool interrupted = false;        ///< ended before its phases did
  double measured_from_s = 0;      ///< the first measured instant, from the start of the warm-up
  double measured_s = 0;           ///< from then until the pool was idle again, or its time was up
  double elapsed_s = 0;            ///< from the start of the warm-up to drained
  Rates rates;
  Cost cost;
  pools::Ledger ledger;  ///< at the end, of all tasks, the warm-up's included
  EventCounts events;
  std::uint64_t queue_capacity = 0;
  bool drained = true;  ///< false: more was offered than served in time; the rest was cancelled
  scenarios::GeneratorReport generator;
  SteadyReport steady;
  std::vector<PhaseResult> phases;
  std::vector<SeriesResult> series;
  PoolTimeline timeline;
  ArrivalCheck arrivals;
  Noise noise;
  std::vector<SlowestTask> slowest;  ///< of the measured phases, where every task is timed
  std::vector<pools::WorkerSnapshot> workers;
  std::vector<std::pair<std::string, double>> figures;  ///< the strategy's own
  std::vector<std::uint64_t> steal_matrix;              ///< [thief][victim], row-major
  std::uint32_t slots = 0;                              ///< side of the steal matrix
  std::uint64_t wakes = 0;
  /// By the window, while it went on: 0 without one, and while it stood still.
  std::uint64_t frames_drawn = 0;
};

enum class Verdict : std::uint8_t { Pass, Fail, Inconclusive };

/// A gate and what came of it, one per pool (or pair of pools) it applies to.
struct GateVerdict {
  scenarios::Expectation gate;
  std::string pool;       ///< "steal", or "steal/push" for a ratio
  double observed = 0;    ///< NAN when there was nothing to judge
  bool at_least = false;  ///< tasks were cancelled: `observed` is a lower bound
  Verdict verdict = Verdict::Pass;
  std::string text;  ///< "response_us p50 < 100: 61.2"
};

/// Machine facts; names as in the file.
struct Environment {
  std::string cpu, kernel, os, governor, clock_source, kernel_clock_source, thp, hostname_hash;
  std::uint32_t cores = 0, usable_cores = 0;
  bool virtualised = false;
  bool smt = false;
  double load_1min = 0;
  double clock_read_ns = 0;
  double cgroup_cpus = 0;  ///< cores' worth of the quota; 0: none
  std::int64_t timer_slack_ns = 0;
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
  bool gui = false;                  ///< a window was open: see Trial::frames_drawn
  bool quick = false;                ///< the scenario was shortened by --quick
  std::vector<std::string> command;  ///< how the program was called
  ScenarioFacts scenario;
  std::string scenario_hash;  ///< of its canonical JSON: equal hashes ran the same load
  Environment environment;
  BuildFacts build;
  std::vector<Trial> trials;
  std::vector<GateVerdict> verdicts;
};

/// What to call each of them, in their order: "pull", "pull #2".
std::vector<std::string> titles(const std::vector<Trial>& trials);

/// All measured series of a trial merged (empty filters match everything). Naming a phase that was
/// not measured (the warm-up) gives that one.
pools::SeriesReport merged(const Trial& trial, const std::string& phase = "",
                           const std::string& task_class = "");

/// The same for what became of the tasks.
TaskCounts counted_tasks(const Trial& trial, const std::string& phase = "",
                         const std::string& task_class = "");

/// Of all series, the warm-up's as well.
TaskCounts counted_in_all(const Trial& trial);
/// Whether that is what the ledger says.
bool adds_up(const TaskCounts& all, const pools::Ledger& ledger) noexcept;

/// Fewer samples than this beyond a percentile make it null in files and inconclusive in gates.
inline constexpr std::uint64_t kSamplesBeyond = 10;
bool trustworthy(const pools::LatencyHistogram& histogram, double percentile);

}  // namespace results
