// std::async(std::launch::async) for every task: libstdc++ starts a thread each time, and the
// future, whose destructor waits, must be kept until its task has ended.
#include <functional>
#include <future>
#include <utility>

#include "pools/peers/peer_rows.h"
#include "pools/peers/thread_spawner.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities();

struct AsyncCall {
  std::future<void> future;
  static AsyncCall start(const PoolConfig& config, std::function<void()> body) {
    static_cast<void>(config);
    return {std::async(std::launch::async, std::move(body))};
  }
  void join() { future.wait(); }
};

}  // namespace

PeerRow std_async_row() {
  return {"std_async",
          "std::async per task, at most max_threads running; the others wait in line",
          {max_threads_knob()},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(with_thread_limit(config), kCapabilities,
                             make_executor<ThreadSpawner<AsyncCall>>);
          }};
}

}  // namespace pools
