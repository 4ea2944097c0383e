// What the benchmarks do to a pool. Each load runs through the Pool interface
// only, so that ours and the foreign ones do the same work; each returns plain
// figures and checks that no task was lost.
#pragma once

#include <cstdint>

#include "pools/clock.h"
#include "pools/pool.h"

namespace bench {

/// Seconds for `tasks` empty tasks, submitted by that many threads at once, to
/// be run.
double external_submit(pools::Pool& pool, std::uint32_t producers, std::uint64_t tasks);
/// The same by one thread, with levels 0 to 3 in turn.
double priority_submit(pools::Pool& pool, std::uint64_t tasks);
/// Seconds for `items` empty items submitted in groups of a thousand.
double bulk_submit(pools::Pool& pool, std::uint64_t items);
/// Seconds for a binary tree of `tasks` empty tasks, each submitted by its
/// parent.
double spawn_tree(pools::Pool& pool, std::uint64_t tasks);
/// Seconds for a tree as fork-join programs make it: fib(n) without cut-off,
/// one task per call, the last child to end completes its parent. `calls`
/// receives the number of tasks.
double fork_join(pools::Pool& pool, int n, std::uint64_t& calls);

/// Seconds for fib(n) with a TaskGroup in every call: what a user of the
/// library writes. Only for pools whose workers help while they wait, ours.
double task_group_fib(pools::Pool& pool, int n, std::uint64_t& calls);

/// How many calls fib(n) without cut-off makes.
std::uint64_t fib_calls(int n) noexcept;

/// Seconds for `loops` loops from outside, each with a barrier at its end: the calling thread and
/// the pool's workers but one each do a piece of so long a computation.
double parallel_loop(pools::Pool& pool, std::uint32_t loops, pools::Nanos piece);

struct Percentiles {
  double p50_us = 0;
  double p99_us = 0;
};

/// From submit to the start of the task, the workers having had `rest` to fall
/// asleep.
Percentiles wake_latency(pools::Pool& pool, std::uint32_t samples, pools::Nanos rest);

struct OpenLoop {
  Percentiles response;  ///< from when the task was due
  double cores = 0;      ///< CPU time of the whole process, generator included, per second
};

/// Poisson arrivals at `per_second`, each spinning for `service`; the generator
/// sleeps in between and spins for the last 40 us.
OpenLoop open_loop(pools::Pool& pool, double per_second, pools::Nanos service, double seconds);

struct QueueMemory {
  double waiting = 0;  ///< the part of the tasks that did wait
  double queued = 0;   ///< resident bytes per task waiting behind stuck workers
  double kept = 0;     ///< what of it the process still holds when all have run
};
/// Once per process: a second pool would be given the memory that the first
/// one's allocator kept.
QueueMemory queue_memory(pools::Pool& pool, std::uint64_t tasks);

/// CPU seconds of the process so far.
double cpu_seconds();

/// CPU milliseconds that the process uses in `seconds` with the pool idle.
double idle_cpu_ms(pools::Pool& pool, double seconds);

}  // namespace bench
