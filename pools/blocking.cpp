#include "pools/blocking.h"

#include "pools/pool.h"
#include "pools/worker_context.h"

namespace pools {

Blocking::Blocking() noexcept {
  WorkerContext& worker = current_worker();
  if (worker.pool == nullptr || worker.blocks) return;
  // A worker's pool is known to others as one that they only look at; it is not const itself.
  auto* const pool = const_cast<Pool*>(worker.pool);
  switch (pool->begin_blocking()) {
    case Pool::Compensation::Ignored:
      return;
    case Pool::Compensation::None:
      break;
    case Pool::Compensation::Worker:
      compensated_ = true;
      break;
  }
  pool_ = pool;
  worker.blocks = true;
}

Blocking::~Blocking() {
  if (pool_ == nullptr) return;
  current_worker().blocks = false;
  pool_->end_blocking();
}

}  // namespace pools
