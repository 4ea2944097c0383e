// How far down a worker's stack may be used for tasks that run inside each other.
#pragma once

#include <cstdint>

#include "pools/worker_context.h"

namespace pools {

/// For WorkerContext::stack_limit of the calling thread: three quarters of its stack are for tasks
/// that wait, the last for what the innermost one needs itself. 0 where the system does not say.
std::uintptr_t nesting_limit() noexcept;

inline bool stack_is_spent(const WorkerContext& worker) noexcept {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < worker.stack_limit;
}

}  // namespace pools
