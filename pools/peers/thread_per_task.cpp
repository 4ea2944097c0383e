// A std::thread for every task: what a pool saves one from.
#include <functional>
#include <thread>
#include <utility>

#include "pools/peers/peer_rows.h"
#include "pools/peers/thread_spawner.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities();

struct OwnThread {
  std::thread thread;
  static OwnThread start(const PoolConfig& config, std::function<void()> body) {
    return {config.thread_factory ? config.thread_factory(std::move(body))
                                  : std::thread(std::move(body))};
  }
  void join() { thread.join(); }
};

}  // namespace

PeerRow thread_per_task_row() {
  return {"thread_per_task",
          "a std::thread per task, at most max_threads alive; the others wait in line",
          {max_threads_knob()},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(with_thread_limit(config), kCapabilities,
                             make_executor<ThreadSpawner<OwnThread>>);
          }};
}

}  // namespace pools
