// One more worker for each that blocks (blocking.h), within max_workers.
#include <algorithm>

#include "pools/engine/threaded_pool.h"

namespace pools {
namespace {
/// How long the thread of a worker that is not needed any more is kept. A guess: a stack's memory
/// against the start of a thread.
constexpr Nanos kKept = std::chrono::seconds(1);
}  // namespace

/// Requires lifecycle_ held.
std::uint32_t ThreadedPool::staff_for(std::uint32_t target) const noexcept {
  return std::min(config_.max_workers, target + blocked_.load(std::memory_order_relaxed));
}

Pool::Compensation ThreadedPool::begin_blocking() noexcept {
  if (fork_watch_.forked()) return Compensation::Ignored;
  const std::lock_guard lock(lifecycle_);
  const std::uint32_t target = target_.load(std::memory_order_relaxed);
  const std::uint32_t before = staff_for(target);
  blocked_.fetch_add(1, std::memory_order_relaxed);
  const std::uint32_t wanted = staff_for(target);
  if (wanted == before || admission_.phase() >= Phase::Cancelling) return Compensation::None;
  if (grow(wanted) < wanted) return Compensation::None;
  compensations_.fetch_add(1, std::memory_order_relaxed);
  return Compensation::Worker;
}

void ThreadedPool::end_blocking() noexcept {
  if (fork_watch_.forked()) return;
  const std::lock_guard lock(lifecycle_);
  const std::uint32_t target = target_.load(std::memory_order_relaxed);
  blocked_.fetch_sub(1, std::memory_order_relaxed);
  const std::uint32_t wanted = staff_for(target);
  const std::uint32_t live = live_workers();
  if (live > wanted) shrink(live - wanted, true);
}

/// The worker has been asked to leave, but may be needed again soon: as if it left, but its thread
/// stays for a while.
void ThreadedPool::stand_by(Slot& slot) noexcept {
  const WorkerId id = current_worker().id;
  resign(slot, id);
  slot.asleep.store(true, std::memory_order_relaxed);
  stand_by_.wait(kKept, [&] {
    return !slot.life.asked_to_leave() || admission_.phase() >= Phase::Cancelling;
  });
  slot.asleep.store(false, std::memory_order_relaxed);
  slot.stands_by.store(false, std::memory_order_relaxed);
  alive_.fetch_add(1, std::memory_order_seq_cst);
  notify(dispatch_->worker_joined(id));
  if (!shares_taken_) spread_claimable(id);
  lot_.start_search(id);
}

}  // namespace pools
