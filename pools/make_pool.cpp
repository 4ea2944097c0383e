#include "pools/make_pool.h"

#include <thread>
#include <utility>

#include "pools/catalog.h"
#include "pools/engine/threaded_pool.h"

namespace pools {

std::unique_ptr<Pool> make_pool(const PoolConfig& config) {
  PoolConfig full = resolved(config);
  if (!full.thread_factory) {
    full.thread_factory = [](std::function<void()> body) { return std::thread(std::move(body)); };
  }
  if (const PeerRow* peer = find_peer(full.dispatch.name)) return peer->make(full);
  return ThreadedPool::make(full);
}

}  // namespace pools
