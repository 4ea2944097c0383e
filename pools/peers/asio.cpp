// Boost.Asio's thread_pool: one queue under a mutex, posted to from everywhere.
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "pools/peers/peer_rows.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities(true);

class Asio final : public ForeignExecutor {
 public:
  Asio(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner), workers_(config.max_workers), pool_(workers_) {}
  ~Asio() override { pool_.join(); }

  void execute(Task& task, bool) override {
    boost::asio::post(pool_, [this, &task] { runner_.run(task); });
  }
  std::uint32_t workers() const noexcept override { return workers_; }

 private:
  TaskRunner& runner_;
  std::uint32_t workers_;
  boost::asio::thread_pool pool_;
};

}  // namespace

PeerRow asio_row() {
  return {"asio",
          "Boost.Asio thread_pool: one queue under a mutex",
          {},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<Asio>);
          }};
}

}  // namespace pools
