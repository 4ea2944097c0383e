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
  std::array<Task*, kMaxHand> taken;
  HandBudget budget;
  dispatch_->worker_joined(id);
  while (!must_leave(slot) || !commit_to_leave(slot)) {
    const std::size_t most = std::min(dispatch_->take_size(budget.tasks()), kMaxHand);
    const std::size_t n = take(id, std::span(taken).first(most));
    if (n == 0) {
      idle(id);
      continue;
    }
    if (lot_.searching(id)) found_work(id);
    run(slot, std::span(taken).first(n), budget);
  }
  leave(id);
  current_worker() = {};
}

std::size_t ThreadedPool::take(WorkerId id, std::span<Task*> out) noexcept {
  if (const std::size_t n = dispatch_->take(id, out); n != 0) {
    gate_.leave(n);
    return n;
  }
  out[0] = claim_from_others(id);
  return out[0] == nullptr ? 0 : 1;
}

Task* ThreadedPool::claim_from_others(WorkerId id) noexcept {
  for (WorkerId other = 0; other < config_.max_workers; ++other) {
    if (other == id) continue;
    if (Task* task = slots_[other].hand.claim()) return task;
  }
  return nullptr;
}

bool ThreadedPool::has_work(WorkerId id) const noexcept {
  if (dispatch_->has_work(id)) return true;
  for (WorkerId other = 0; other < config_.max_workers; ++other) {
    if (slots_[other].hand.size() != 0) return true;
  }
  return false;
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

void ThreadedPool::run(Slot& slot, std::span<Task*> tasks, HandBudget& budget) noexcept {
  if (tasks.size() > 1) {
    // Tasks were written by another core: let their lines travel while the first one runs.
    for (Task* task : tasks) __builtin_prefetch(task, 1);
    slot.hand.fill(tasks.subspan(1));
    lot_.notify_any();
  }
  const bool timed = slot.record.timed();
  Instant now = Clock::now();
  const Instant began = now;
  Task* task = tasks[0];
  do {
    const Instant finish = slot.record.run(*task, now);
    slab_.release(slot.cache, task);
    if (timed) {
      budget.saw(finish - now);
      now = finish;
    }
    if (tasks.size() == 1) break;
    task = slot.hand.claim();
  } while (task != nullptr && phase_.load(std::memory_order_relaxed) != Phase::Cancelling);
  if (!timed) budget.saw((Clock::now() - began) / static_cast<int>(tasks.size()));
  for (; task != nullptr && tasks.size() > 1; task = slot.hand.claim()) {  // cancelled meanwhile
    task->discard();
    slab_.release(slot.cache, task);
    slot.record.cancelled.add();
  }
}

bool ThreadedPool::help_one() {
  if (!inside()) return false;
  Slot& slot = own_slot();
  Task* task = slot.hand.claim();
  if (task == nullptr && take(current_worker().id, std::span(&task, 1)) == 0) return false;
  slot.record.run(*task, slot.record.timed() ? Clock::now() : Instant{});
  slab_.release(slot.cache, task);
  return true;
}

/// A searcher has found something. If it was the last one, submitters that relied on it have woken
/// nobody: it passes the search on if more is left.
void ThreadedPool::found_work(WorkerId id) noexcept {
  if (lot_.end_search(id) && (has_work(id) || dispatch_->ripens_at())) lot_.notify_any();
}

void ThreadedPool::idle(WorkerId id) noexcept {
  Slot& slot = slots_[id];
  if (config_.spin > Nanos{0}) {
    lot_.start_search(id);
    for (const Instant until = Clock::now() + config_.spin; Clock::now() < until; relax()) {
      if (has_work(id) || must_leave(slot)) return;
    }
  }
  dispatch_->idle_changed(id, true);
  lot_.announce(id);
  tell_watchers();
  if (must_leave(slot) || has_work(id)) {
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
  if (was_searching || has_work(id)) lot_.notify_any();
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
