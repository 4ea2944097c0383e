// moodycamel's BlockingConcurrentQueue between the submitters and plain threads: the fastest queue
// with parking that one can install, so the fairest measure for ours. It has no pool of its own;
// the loop below is the one its manual suggests, with a producer token per submitting thread.
#include <concurrentqueue/blockingconcurrentqueue.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

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

  /// One token per thread, kept until the pool ends: a token may not outlive its queue.
  moodycamel::ProducerToken& my_token() {
    struct Mine {
      std::uint64_t serial = 0;
      moodycamel::ProducerToken* token = nullptr;
    };
    thread_local Mine mine;
    if (mine.serial != serial_) {
      const std::lock_guard lock(tokens_mutex_);
      auto& token = tokens_[std::this_thread::get_id()];
      if (!token) token = std::make_unique<moodycamel::ProducerToken>(queue_);
      mine = {serial_, token.get()};
    }
    return *mine.token;
  }

  static inline std::atomic<std::uint64_t> next_serial_{1};

  // Set once.
  TaskRunner& runner_;
  const std::uint64_t serial_ = next_serial_.fetch_add(1, std::memory_order_relaxed);

  Queue queue_;
  std::mutex tokens_mutex_;
  std::map<std::thread::id, std::unique_ptr<moodycamel::ProducerToken>> tokens_;  // by its mutex
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
