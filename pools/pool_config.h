// Everything one needs to say to get a pool. Plain values with defaults; make_pool (make_pool.h)
// checks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pools/knobs.h"

namespace pools {

/// What happens to a submit when the queue is full.
enum class OnFull : std::uint8_t { Block, Reject, CallerRuns };

enum class MetricsLevel : std::uint8_t {
  Full,     ///< every task is time-stamped and recorded
  Sampled,  ///< one task in 16 of each submitter is; counts stay exact
  Off,      ///< counters only: no clock is read per task, latencies stay empty
};

/// Starts a thread; replaced in tests to make creation fail. Throws std::system_error on failure.
using ThreadFactory = std::function<std::thread(std::function<void()>)>;

/// What make_pool takes, and so a scenario.
inline constexpr std::uint64_t kLargestQueue = 100'000'000;
inline constexpr std::chrono::microseconds kLongestSpin{1'000'000};

/// How often a task can be run, the first time included.
inline constexpr std::uint32_t kMostAttempts = 100;
inline constexpr std::chrono::hours kLongestTimeLimit{1};

/// What holds for one class of tasks.
struct ClassRules {
  std::string name;             ///< for events
  std::optional<Choice> retry;  ///< instead of the pool's
  /// How long a run may take; 0: as long as it likes. Then the task is settled as timed out, and
  /// asked to stop (TaskContext::stop); what it does afterwards counts for nothing.
  std::chrono::nanoseconds timeout{0};
};

struct PoolConfig {
  std::string id;  ///< the name results and plots show; defaults to the dispatch name
  Choice dispatch{"pull", {}};
  Choice sizing{"fixed", {}};
  std::uint32_t min_workers = 0;     ///< 0: one per core this process may use
  std::uint32_t max_workers = 0;     ///< 0: as min_workers
  std::uint64_t queue_capacity = 0;  ///< tasks waiting in the whole pool; 0: unbounded
  OnFull on_full = OnFull::Block;    ///< other than that only where the queue is bounded
  Choice retry{"discard", {}};  ///< what becomes of a task that fails: a row of retry_catalog()
  /// Tasks of series s are of class s % classes.size(), which divides `series`. Empty: no rules.
  std::vector<ClassRules> classes;
  /// A worker whose task has not come back for so long is lost: another one takes its place, and
  /// when it does come back it leaves. 0: nobody looks. A task that waits for others has not come
  /// back; one that runs others meanwhile has.
  std::chrono::nanoseconds stuck_after{0};
  std::uint32_t spares = 0;  ///< threads beyond max_workers, in the place of lost workers
  std::uint16_t series = 1;  ///< latency series (SubmitOptions::series < this), at least one
  MetricsLevel metrics = MetricsLevel::Full;
  /// How long a worker that finds nothing looks on before it sleeps; at least 2 us, what waking it
  /// would cost. More pays up to a core for starting tasks within a microsecond.
  std::chrono::nanoseconds spin{0};
  std::uint64_t seed = 1;        ///< of every random choice inside the pool
  ThreadFactory thread_factory;  ///< empty: plain std::thread

  /// How many workers there may be at a time, lost ones included: ids are below this.
  std::uint32_t slots() const noexcept { return max_workers + spares; }
};

/// Fills defaults in (id, worker counts, knobs) and throws ConfigError for what cannot be. What is
/// resolved stays as it is when it is resolved again.
PoolConfig resolved(PoolConfig config);

}  // namespace pools
