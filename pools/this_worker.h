// Which worker the calling thread is.
#pragma once

#include <cstdint>

namespace pools {

class Pool;

/// A worker's slot, 0 .. PoolConfig::slots() - 1. Slots are reused, never moved.
using WorkerId = std::uint32_t;

struct ThisWorker {
  const Pool* pool = nullptr;  ///< nullptr: the thread is no worker
  WorkerId id = 0;             ///< distinct among the workers of that pool that are alive
};

/// The calling thread as a worker, in its tasks. A submitter that runs its own task because the
/// queue was full does not become one: it is nobody's worker, or still the other pool's. `id` fits
/// arrays of PoolConfig::slots(): PoolSnapshot::by_worker, or a client's own, which needs no lock
/// then.
///
/// A peer's threads are known while they run its tasks. They are numbered as they come, for good,
/// so where a foreign pool starts and ends threads, or borrows others, ids go beyond max_workers.
ThisWorker this_worker() noexcept;

}  // namespace pools
