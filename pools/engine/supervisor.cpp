#include "pools/engine/supervisor.h"

#include <utility>

namespace pools {
namespace {
/// Short against the bursts that sizing is for, long against what a sample costs (a few us).
constexpr std::chrono::milliseconds kTick{5};
}  // namespace

Supervisor::Supervisor(std::unique_ptr<SizingPolicy> policy, Sample sample, Apply apply,
                       const ThreadFactory& start_thread)
    : policy_(std::move(policy)), sample_(std::move(sample)), apply_(std::move(apply)) {
  thread_ = start_thread([this] { run(); });
}

void Supervisor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Supervisor::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    dormant_.store(false, std::memory_order_relaxed);
  }
  changed_.notify_all();
}

bool Supervisor::nothing_to_decide(const LoadSample& sample) noexcept {
  return sample.workers <= sample.min_workers && sample.queued == 0 && sample.running == 0 &&
         sample.idle_workers >= sample.workers;
}

void Supervisor::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const LoadSample sample = sample_();
    const SizingDecision decision = policy_->decide(sample);
    if (decision.target != sample.workers) apply_(decision);
    bool dormant = false;
    if (nothing_to_decide(sample)) {
      // seq_cst: see poke(). The second sample catches a worker that woke before it could see us.
      dormant_.store(true, std::memory_order_seq_cst);
      dormant = nothing_to_decide(sample_());
      if (!dormant) dormant_.store(false, std::memory_order_relaxed);
    }
    lock.lock();
    if (dormant) {
      changed_.wait(lock,
                    [this] { return stopping_ || !dormant_.load(std::memory_order_relaxed); });
    } else {
      changed_.wait_for(lock, kTick, [this] { return stopping_; });
    }
  }
}

}  // namespace pools
