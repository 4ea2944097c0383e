// What a worker does, for every strategy: take, run, and when there is nothing, sleep.
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "pools/engine/threaded_pool.h"
#include "pools/engine/worker_context.h"

namespace pools {
namespace {
void relax() noexcept {
#if defined(__x86_64__)
  _mm_pause();
#endif
}
}  // namespace

void ThreadedPool::work(WorkerId id) noexcept {
  current_worker() = {this, id};
  Slot& slot = slots_[id];
  Hand hand;
  HandBudget budget;
  dispatch_->worker_joined(id);
  while (!must_leave(slot) || !commit_to_leave(slot)) {
    const std::size_t most = std::min(dispatch_->take_size(budget.tasks()), kMaxHand);
    const std::size_t n = dispatch_->take(id, std::span(hand).first(most));
    if (n == 0) {
      idle(id);
      continue;
    }
    gate_.leave(n);
    if (lot_.searching(id)) found_work(id);
    run_hand(id, std::span(hand).first(n), budget);
  }
  leave(id);
  current_worker() = {};
}

bool ThreadedPool::must_leave(const Slot& slot) const noexcept {
  // seq_cst: a sleeper's last look; whoever asks it to leave writes first and notifies then.
  return slot.life.load(std::memory_order_seq_cst) == Life::AskedToLeave ||
         phase_.load(std::memory_order_seq_cst) >= Phase::Cancelling;
}

bool ThreadedPool::commit_to_leave(Slot& slot) noexcept {
  Life asked = Life::AskedToLeave;
  return slot.life.compare_exchange_strong(asked, Life::Leaving, std::memory_order_acq_rel,
                                           std::memory_order_acquire) ||
         phase_.load(std::memory_order_acquire) >= Phase::Cancelling;
}

void ThreadedPool::run_hand(WorkerId id, std::span<Task*> hand, HandBudget& budget) noexcept {
  Slot& slot = slots_[id];
  const bool timed = slot.record.timed();
  Instant now = Clock::now();
  const Instant began = now;
  // Tasks were written by another core: let their lines travel while the first one runs.
  for (Task* task : hand) __builtin_prefetch(task, 1);
  std::size_t done = 0;
  for (; done < hand.size(); ++done) {
    slot.in_hand.store(static_cast<std::uint32_t>(hand.size() - done - 1),
                       std::memory_order_relaxed);
    Task* task = hand[done];
    const Instant finish = slot.record.run(*task, now);
    slab_.release(slot.cache, task);
    if (timed) {
      budget.saw(finish - now);
      now = finish;
    }
    if (phase_.load(std::memory_order_relaxed) == Phase::Cancelling) [[unlikely]] {
      ++done;
      break;
    }
  }
  if (!timed) budget.saw((Clock::now() - began) / static_cast<int>(hand.size()));
  for (Task* task : hand.subspan(done)) {  // cancelled with the task in hand
    task->discard();
    slab_.release(slot.cache, task);
    slot.record.cancelled.add();
  }
  slot.in_hand.store(0, std::memory_order_relaxed);
}

/// A searcher has found something. If it was the last one, submitters that relied on it have woken
/// nobody: it passes the search on if more is left.
void ThreadedPool::found_work(WorkerId id) noexcept {
  if (lot_.end_search(id) && (dispatch_->has_work(id) || dispatch_->ripens_at())) lot_.notify_any();
}

void ThreadedPool::idle(WorkerId id) noexcept {
  Slot& slot = slots_[id];
  if (config_.spin > Nanos{0}) {
    lot_.start_search(id);
    for (const Instant until = Clock::now() + config_.spin; Clock::now() < until; relax()) {
      if (dispatch_->has_work(id) || must_leave(slot)) return;
    }
  }
  dispatch_->idle_changed(id, true);
  lot_.announce(id);
  tell_watchers();
  if (must_leave(slot) || dispatch_->has_work(id)) {
    lot_.retract(id);
    dispatch_->idle_changed(id, false);
    return;
  }
  // If a batch ripens by itself, one sleeper keeps the time for all.
  Nanos limit{-1};
  bool keeps_time = false;
  if (const auto ripe = dispatch_->ripens_at()) {
    keeps_time = !timekeeper_.exchange(true, std::memory_order_seq_cst);
    if (keeps_time) limit = std::max(*ripe - Clock::now(), Nanos{0});
  }
  slot.asleep.store(true, std::memory_order_relaxed);
  const Instant fell_asleep = Clock::now();
  const bool notified = lot_.sleep(id, limit);
  slot.record.parked_ns.add(static_cast<std::uint64_t>((Clock::now() - fell_asleep).count()));
  slot.asleep.store(false, std::memory_order_relaxed);
  if (notified) slot.record.wakes.add();
  if (keeps_time) timekeeper_.store(false, std::memory_order_seq_cst);
  dispatch_->idle_changed(id, false);
  if (supervisor_) supervisor_->poke();
}

void ThreadedPool::leave(WorkerId id) noexcept {
  Slot& slot = slots_[id];
  slab_.flush(slot.cache);
  notify(dispatch_->worker_left(id));
  // A wake-up may have been meant for work that this worker now leaves to others.
  const bool was_searching = lot_.searching(id);
  lot_.end_search(id);
  if (was_searching || dispatch_->has_work(id)) lot_.notify_any();
  alive_.fetch_sub(1, std::memory_order_seq_cst);
  tell_watchers();
  // release: the slot, with all that this worker wrote in it, may be taken again.
  slot.life.store(Life::Absent, std::memory_order_release);
}

/// Who waits for the pool to become quiet is told when it may be. Called after settling and before
/// sleeping: the last worker to settle something passes here. The lock orders workers among each
/// other, so that the last one sees what all have settled.
void ThreadedPool::tell_watchers() noexcept {
  // seq_cst: pairs with the watcher's increment; see wait_quiet().
  if (watchers_.load(std::memory_order_seq_cst) == 0) return;
  const std::lock_guard lock(quiet_mutex_);
  became_quiet_.notify_all();
}

}  // namespace pools
