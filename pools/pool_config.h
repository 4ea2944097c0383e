// Everything one needs to say to get a pool. Plain values with defaults; make_pool (make_pool.h)
// checks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "pools/knobs.h"

namespace pools {

/// What happens to a submit when the queue is full. A task that submits into its own pool never
/// waits: where others would, it runs the new task itself, up to a bounded depth.
enum class OnFull : std::uint8_t {
  Block,       ///< wait for room
  BlockFor,    ///< wait for room, but not longer than PoolConfig::full_timeout; then QueueFull
  Reject,      ///< QueueFull
  DropNewest,  ///< accepted and given up at once: Outcome::Evicted
  DropOldest,  ///< the oldest that waits is given up for it, of the least urgent level first
  CallerRuns,  ///< the submitter runs it
};

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
inline constexpr std::chrono::hours kLongestFullTimeout{1};

struct PoolConfig {
  std::string id;  ///< the name results and plots show; defaults to the dispatch name
  Choice dispatch{"pull", {}};
  Choice sizing{"fixed", {}};
  std::uint32_t min_workers = 0;             ///< 0: one per core this process may use
  std::uint32_t max_workers = 0;             ///< 0: as min_workers
  std::uint64_t queue_capacity = 0;          ///< tasks waiting in the whole pool; 0: unbounded
  OnFull on_full = OnFull::Block;            ///< other than that only where the queue is bounded
  std::chrono::nanoseconds full_timeout{0};  ///< of OnFull::BlockFor, more than 0; else 0
  /// Who is let in, and what is still worth beginning: rows of the admission catalog, asked in this
  /// order. What tasks of the pool submit themselves is part of what was let in, and not asked.
  std::vector<Choice> admission;
  /// A task whose deadline (SubmitOptions::deadline) passes before it begins is given up: expired.
  bool drop_expired = false;
  /// Series that are equal modulo this are of one class, which is what a circuit breaker goes by;
  /// 0: each series is a class.
  std::uint16_t classes = 0;
  std::uint16_t series = 1;  ///< latency series (SubmitOptions::series < this), at least one
  MetricsLevel metrics = MetricsLevel::Full;
  /// How long a worker that finds nothing looks on before it sleeps; at least 2 us, what waking it
  /// would cost. More pays up to a core for starting tasks within a microsecond.
  std::chrono::nanoseconds spin{0};
  std::uint64_t seed = 1;        ///< of every random choice inside the pool
  ThreadFactory thread_factory;  ///< empty: plain std::thread
};

/// Fills defaults in (id, worker counts, knobs) and throws ConfigError for what cannot be. What is
/// resolved stays as it is when it is resolved again.
PoolConfig resolved(PoolConfig config);

}  // namespace pools
