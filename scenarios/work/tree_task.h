// Requests that are trees of tasks: each task does its part of the work, then submits its children
// into the pool it runs in and is done, or waits for them, as its tree says. Every task is one of its
// own in the pool's ledger and series, due when its request was: the last of them is the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "pools/pool.h"
#include "scenarios/closed_clients.h"
#include "scenarios/work/work.h"

namespace scenarios {

/// What the tasks of one request have in common. They share it; the last one ends it.
struct TreeRequest {
  pools::Pool& pool;  // runs its tasks, so it outlives them
  const Work& work;
  pools::Nanos service;  ///< of each task
  pools::SubmitOptions options;
  std::shared_ptr<ClosedClients> clients;  ///< where to answer, in a closed phase
  std::uint32_t client = 0;

  TreeRequest(pools::Pool& runs_in, const Work& does, pools::Nanos whole,
              const pools::SubmitOptions& as)
      : pool(runs_in), work(does), service(whole / does.tree().tasks()), options(as) {
    options.expected = service;
  }
  TreeRequest(const TreeRequest&) = delete;
  TreeRequest& operator=(const TreeRequest&) = delete;
  ~TreeRequest() {
    if (clients) clients->post(client);
  }
};

class TreeTask {
 public:
  /// The root.
  explicit TreeTask(const std::shared_ptr<const TreeRequest>& request)
      : TreeTask(request, request->work.tree().depth) {}

  void operator()() const {
    request_->work.perform(request_->service);
    if (below_ == 0) return;
    if (request_->work.tree().join != Join::Never) return join();
    for (std::uint32_t i = 0; i < request_->work.tree().fanout; ++i) {
      // A child that is refused is in the ledger; what would have come of it never exists.
      static_cast<void>(request_->pool.submit(TreeTask(request_, below_ - 1), request_->options));
    }
  }

 private:
  TreeTask(std::shared_ptr<const TreeRequest> request, std::uint32_t below)
      : request_(std::move(request)), below_(below) {}
  void join() const;

  std::shared_ptr<const TreeRequest> request_;
  std::uint32_t below_;  // generations still to come
};
static_assert(sizeof(TreeTask) <= pools::Task::kInlineBytes, "no allocation per task");

}  // namespace scenarios
