// oneTBB's task_group: tasks spawned by a worker go to its own deque (last in, first out), the
// others steal. Tasks from outside enter through the arena's queue, because an outside thread that
// spawned into a deque of its own would have to keep an arena slot.
#include <tbb/task_group.h>

#include "pools/peers/peer_rows.h"
#include "pools/peers/tbb_threads.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities();

class TbbTaskGroup final : public ForeignExecutor {
 public:
  TbbTaskGroup(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner), threads_(config.max_workers) {}
  ~TbbTaskGroup() noexcept override {
    threads_.arena().execute([this] { group_.wait(); });
  }

  void execute(Task& task, bool inside) override {
    auto body = [this, &task] { runner_.run(task); };
    if (inside) {
      group_.run(body);
    } else {
      threads_.arena().enqueue(group_.defer(body));
    }
  }
  std::uint32_t workers() const noexcept override { return threads_.count(); }

 private:
  TaskRunner& runner_;
  TbbThreads threads_;
  tbb::task_group group_;
};

}  // namespace

PeerRow tbb_task_group_row() {
  return {"tbb_task_group",
          "oneTBB task_group: a deque per worker, owner last in first out, the others steal",
          {},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<TbbTaskGroup>);
          }};
}

}  // namespace pools
