#include "pools/engine/supervisor.h"

#include <algorithm>
#include <new>
#include <utility>

#include "pools/engine/sync_point.h"
#include "pools/thread_name.h"

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
  dormancy_.stop();
  if (thread_.joinable()) thread_.join();
}

bool Supervisor::nothing_to_decide(const Seen& seen) noexcept {
  const LoadSample& sample = seen.load;
  if (seen.paused) return true;
  return sample.workers <= sample.min_workers && sample.queued == 0 && sample.running == 0 &&
         sample.idle_workers >= sample.workers;
}

Supervisor::Seen Supervisor::decide() {
  const Seen seen = sample_();
  if (seen.paused) return seen;
  LoadSample sample = seen.load;
  sample.oldest_wait = oldest_wait_.look(sample.at, seen.arrived, seen.started);
  SizingDecision decision = policy_->decide(sample);
  if (decision.target != sample.workers) {
    decision.target = std::clamp(decision.target, sample.min_workers, sample.max_workers);
    apply_(decision);
  }
  return seen;
}

void Supervisor::run() {
  name_this_thread("pl-size");
  while (!dormancy_.stopping()) {
    try {
      look();
    } catch (const std::bad_alloc&) {  // for a reason's text: the next look may find some
      dormancy_.pause(kTick);
    }
  }
}

void Supervisor::look() {
  if (!nothing_to_decide(decide())) {
    dormancy_.pause(kTick);
    return;
  }
  dormancy_.doze([this] {
    const bool idle = nothing_to_decide(sample_());
    sync_point(SyncPoint::Dozes);
    return idle;
  });
}

}  // namespace pools
