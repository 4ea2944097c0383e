// The thread that asks the sizing policy, every few milliseconds while there is anything to decide.
// A pool that is idle at its smallest size needs no supervision: then it sleeps until poked, so
// that an idle pool burns nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "pools/policies/sizing/sizing.h"
#include "pools/pool_config.h"

namespace pools {

class Supervisor {
 public:
  using Sample = std::function<LoadSample()>;
  using Apply = std::function<void(const SizingDecision&)>;

  Supervisor(std::unique_ptr<SizingPolicy> policy, Sample sample, Apply apply,
             const ThreadFactory& start_thread);
  ~Supervisor() { stop(); }

  /// Joins the thread; no decision is made or applied afterwards. poke() stays harmless.
  void stop();

  /// A worker came awake: cheap unless the supervisor sleeps. Any thread.
  void poke() noexcept {
    // seq_cst: pairs with the store in sleep_while_idle(); the waker's count of sleepers and this
    // flag must not both be overlooked.
    if (dormant_.load(std::memory_order_seq_cst)) wake();
  }

 private:
  void run();
  void wake() noexcept;
  static bool nothing_to_decide(const LoadSample& sample) noexcept;

  const std::unique_ptr<SizingPolicy> policy_;
  const Sample sample_;
  const Apply apply_;
  std::atomic<bool> dormant_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace pools
