// What an adapter supplies: one foreign pool, reduced to "run this task some time, on some thread".
// Everything else that a Pool promises is PeerPool's (peer_pool.h), the same for every peer, so the
// figures of two peers differ by the foreign code alone.
#pragma once

#include <cstdint>
#include <memory>

#include "pools/pool_config.h"
#include "pools/task.h"

namespace pools {

/// Where a foreign pool brings the tasks back: it calls run(task) once for each task executed.
class TaskRunner {
 public:
  /// Runs, records and frees the task. Thread safety: any thread, also one inside another run().
  virtual void run(Task& task) noexcept = 0;

 protected:
  ~TaskRunner() = default;
};

class ForeignExecutor {
 public:
  ForeignExecutor() = default;
  ForeignExecutor(const ForeignExecutor&) = delete;
  ForeignExecutor& operator=(const ForeignExecutor&) = delete;
  /// Joins the foreign threads. Requires: every task executed has been run.
  virtual ~ForeignExecutor() = default;

  /// Hands `task` to the foreign pool. `inside`: called from within run() of the same pool. Throws
  /// what the foreign pool throws; the task is then still the caller's.
  /// Thread safety: any thread.
  virtual void execute(Task& task, bool inside) = 0;

  /// Threads that serve the pool now. Any thread.
  virtual std::uint32_t workers() const noexcept = 0;
  /// The same, with those that it starts when it needs them. Any thread.
  virtual std::uint32_t most_workers() const noexcept { return workers(); }
};

using MakeExecutor = std::unique_ptr<ForeignExecutor> (*)(const PoolConfig& config,
                                                          TaskRunner& runner);

}  // namespace pools
