// Eigen's NonBlockingThreadPool: a queue of 1,024 tasks per worker, owner last in first out, the
// others steal. When the chosen queue is full, the submitter runs the task itself: a flood from
// outside therefore also measures the submitting thread, and shows as `ran_in_caller`.
#include <unsupported/Eigen/CXX11/ThreadPool>

#include "pools/peers/peer_rows.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities();

class EigenPool final : public ForeignExecutor {
 public:
  EigenPool(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner),
        pool_(static_cast<int>(config.max_workers), config.dispatch.settings.flag("spin")) {}

  void execute(Task& task, bool) override {
    pool_.Schedule([this, &task] { runner_.run(task); });
  }
  std::uint32_t workers() const noexcept override {
    return static_cast<std::uint32_t>(pool_.NumThreads());
  }

 private:
  TaskRunner& runner_;
  Eigen::ThreadPool pool_;
};

}  // namespace

PeerRow eigen_row() {
  return {"eigen",
          "Eigen NonBlockingThreadPool: 1,024 tasks per worker and stealing; full: runs in caller",
          {{.name = "spin",
            .fallback = false,
            .unit = "",
            .choices = {},
            .help = "an idle worker spins before it parks (Eigen's own default is to spin)"}},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<EigenPool>);
          }};
}

}  // namespace pools
