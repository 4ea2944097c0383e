// oneTBB's task_arena::enqueue: fire and forget through the arena's shared lanes, roughly first in
// first out, also for the tasks that a worker submits.
#include "pools/peers/foreign_executor.h"
#include "pools/peers/peer_rows.h"
#include "pools/peers/tbb_threads.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities();

class TbbEnqueue final : public ForeignExecutor {
 public:
  TbbEnqueue(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner), threads_(config.max_workers) {}

  void execute(Task& task, bool) override {
    threads_.arena().enqueue([this, &task] { runner_.run(task); });
  }
  std::uint32_t workers() const noexcept override { return threads_.count(); }

 private:
  TaskRunner& runner_;
  TbbThreads threads_;
};

}  // namespace

PeerRow tbb_enqueue_row() {
  return {"tbb_enqueue",
          "oneTBB task_arena::enqueue: shared lanes, roughly first in first out",
          {},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<TbbEnqueue>);
          }};
}

}  // namespace pools
