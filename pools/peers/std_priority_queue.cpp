// std::priority_queue under a mutex with a condition variable: what one writes when the tasks have
// priorities and no library is at hand, and so the measure for our `priority` strategy. The most
// urgent level first, within a level in the order of submission; nothing ages.
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <queue>
#include <vector>

#include "pools/peers/peer_rows.h"
#include "pools/peers/worker_threads.h"

namespace pools {
namespace {

constexpr Capabilities kCapabilities = [] {
  Capabilities capabilities = peer_capabilities();
  capabilities.priorities = true;
  return capabilities;
}();

class StdPriorityQueue final : public ForeignExecutor {
 public:
  StdPriorityQueue(const PoolConfig& config, TaskRunner& runner)
      : runner_(runner), threads_(config, [this] { serve(); }) {}
  ~StdPriorityQueue() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    ready_.notify_all();
    threads_.join();
  }

  void execute(Task& task, bool) override {
    {
      const std::lock_guard lock(mutex_);
      queue_.push({task.level, submitted_++, &task});
    }
    ready_.notify_one();
  }
  std::uint32_t workers() const noexcept override { return threads_.count(); }

 private:
  struct Waiting {
    std::uint8_t level;
    std::uint64_t turn;
    Task* task;
    /// std::priority_queue keeps the greatest on top.
    bool operator<(const Waiting& other) const noexcept {
      return level != other.level ? level > other.level : turn > other.turn;
    }
  };

  void serve() {
    while (true) {
      Task* task = nullptr;
      {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        task = queue_.top().task;
        queue_.pop();
      }
      runner_.run(*task);
    }
  }

  TaskRunner& runner_;  // set once
  std::mutex mutex_;
  std::condition_variable ready_;
  // Guarded by mutex_:
  std::priority_queue<Waiting> queue_;
  std::uint64_t submitted_ = 0;
  bool stopping_ = false;
  WorkerThreads threads_;  // last: started when all else stands
};

}  // namespace

PeerRow std_priority_queue_row() {
  return {"std_priority_queue",
          "std::priority_queue under a mutex: the most urgent level first",
          {},
          kCapabilities,
          [](const PoolConfig& config) {
            return make_peer(config, kCapabilities, make_executor<StdPriorityQueue>);
          }};
}

}  // namespace pools
