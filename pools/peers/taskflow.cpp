// Taskflow's Executor used for single tasks (silent_async), without a graph.
#include <taskflow/taskflow.hpp>

#include "pools/peers/peer_rows.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities();

class Taskflow final : public ForeignExecutor {
 public:
  Taskflow(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner), executor_(config.max_workers) {}

  void execute(Task& task, bool) override {
    executor_.silent_async([this, &task] { runner_.run(task); });
  }
  std::uint32_t workers() const noexcept override {
    return static_cast<std::uint32_t>(executor_.num_workers());
  }

 private:
  TaskRunner& runner_;
  tf::Executor executor_;  // its destructor waits for all and joins
};

}  // namespace

PeerRow taskflow_row() {
  return {"taskflow",
          "Taskflow Executor::silent_async: work stealing with a shared overflow queue",
          {},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<Taskflow>);
          }};
}

}  // namespace pools
