#include "pools/this_worker.h"

#include "pools/worker_context.h"

namespace pools {

ThisWorker this_worker() noexcept {
  const WorkerContext& worker = current_worker();
  return {worker.pool, worker.id};
}

}  // namespace pools
