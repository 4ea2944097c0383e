// Which pool's worker the present thread is, if any. Lets a pool know its own workers when they
// submit.
#pragma once

#include "pools/dispatch/dispatch.h"

namespace pools {

struct WorkerContext {
  const void* pool = nullptr;
  WorkerId id = 0;
  std::uint32_t helping = 0;  ///< nested calls of help_one() that this thread is in
};

inline WorkerContext& current_worker() noexcept {
  thread_local WorkerContext context;
  return context;
}

}  // namespace pools
