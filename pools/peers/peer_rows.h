// One row per foreign pool; each is defined in its adapter's file, which is compiled where the
// package was found. peers.cpp lists them.
#pragma once

#include <memory>

#include "pools/catalog.h"
#include "pools/peers/foreign_executor.h"

namespace pools {

PeerRow tbb_task_group_row();
PeerRow tbb_enqueue_row();
PeerRow asio_row();
PeerRow eigen_row();
PeerRow taskflow_row();
PeerRow moodycamel_row();
PeerRow std_priority_queue_row();
PeerRow std_async_row();
PeerRow thread_per_task_row();

/// What every peer can do; some also start the tasks of one producer in order.
constexpr Capabilities peer_capabilities(bool fifo = false) noexcept {
  return {.bounded = true,
          .resizable = false,
          .priorities = false,
          .steals = false,
          .fifo = fifo,
          .cancels = true,
          .clears = false,
          .compensates = false};
}

/// The pool of a row: a PeerPool (peer_pool.h) around the executor that `make` builds.
std::unique_ptr<Pool> make_peer(const PoolConfig& config, const Capabilities& capabilities,
                                MakeExecutor make);

template <typename Executor>
std::unique_ptr<ForeignExecutor> make_executor(const PoolConfig& config, TaskRunner& runner) {
  return std::make_unique<Executor>(config, runner);
}

}  // namespace pools
