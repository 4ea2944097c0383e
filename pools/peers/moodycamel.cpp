// moodycamel's BlockingConcurrentQueue between the submitters and plain threads: the fastest queue
// with parking that one can install, so the fairest measure for ours. It has no pool of its own;
// the loop below is the one its manual suggests, with a producer token per submitting thread.
#include <concurrentqueue/blockingconcurrentqueue.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "pools/engine/per_thread.h"
#include "pools/peers/peer_rows.h"
#include "pools/peers/worker_threads.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = peer_capabilities(true);

class Moodycamel final : public ForeignExecutor {
 public:
  Moodycamel(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner), threads_(config, [this] { serve(); }) {}
  ~Moodycamel() override {
    for (std::uint32_t i = 0; i < threads_.count(); ++i) queue_.enqueue(nullptr);
    threads_.join();
  }

  void execute(Task& task, bool) override {
    if (!queue_.enqueue(my_token(), &task)) throw std::bad_alloc();
  }
  std::uint32_t workers() const noexcept override { return threads_.count(); }

 private:
  using Queue = moodycamel::BlockingConcurrentQueue<Task*>;

  void serve() {
    moodycamel::ConsumerToken token(queue_);
    for (;;) {
      Task* task = nullptr;
      queue_.wait_dequeue(token, task);
      if (task == nullptr) return;
      runner_.run(*task);
    }
  }

  /// One token per thread; a thread that ends leaves its token to the next newcomer. Owned here and
  /// not by the thread's cell, because a token may not outlive its queue.
  moodycamel::ProducerToken& my_token() {
    moodycamel::ProducerToken*& mine = token_of_.mine();
    if (mine == nullptr) {
      const std::lock_guard lock(tokens_mutex_);
      mine = tokens_.emplace_back(std::make_unique<moodycamel::ProducerToken>(queue_)).get();
    }
    return *mine;
  }

  TaskRunner& runner_;  // set once
  Queue queue_;
  PerThread<moodycamel::ProducerToken*> token_of_;
  std::mutex tokens_mutex_;
  std::vector<std::unique_ptr<moodycamel::ProducerToken>> tokens_;  // guarded by tokens_mutex_
  WorkerThreads threads_;  // last: started when all else stands
};

}  // namespace

PeerRow moodycamel_row() {
  return {"moodycamel",
          "moodycamel BlockingConcurrentQueue and plain threads: the fastest that parks",
          {},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<Moodycamel>);
          }};
}

}  // namespace pools
