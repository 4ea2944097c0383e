// Pausing a foreign pool, and clearing it as far as that goes. Its threads cannot be stopped from
// taking tasks; so what they come to meanwhile is put aside.
#include <algorithm>
#include <mutex>

#include "pools/peers/peer_pool.h"
#include "pools/peers/submitting.h"

namespace pools {

void PeerPool::run_late(Task& task) noexcept {
  while (true) {
    if (put_aside(task)) return;
    const Phase phase = admission_.phase();
    if (phase < Phase::Paused) return run_now(task);
    if (phase > Phase::Paused) break;  // else it is paused again
  }
  admission_.leave(1);
  cancel(accounts_.mine_in_time(), task);
}

bool PeerPool::put_aside(Task& task) noexcept {
  const std::lock_guard lock(aside_mutex_);
  // Under the lock, which whoever has changed the phase takes afterwards.
  if (admission_.phase() != Phase::Paused) return false;
  aside_.push_back(task);
  return true;
}

void PeerPool::cancel(Outsider& own, Task& task) noexcept {
  {
    const TaskFrame frame(this);
    accounts_.cancel(own.record.cancelled, task);
  }
  slab_.release(own.cache, &task);
  accounts_.done(own);
}

bool PeerPool::resume() {
  if (!admission_.resume()) return false;
  go_on();
  return true;
}

void PeerPool::go_on() noexcept {
  going_on_.fetch_add(1, std::memory_order_relaxed);
  TaskList tasks;
  {
    const std::lock_guard lock(aside_mutex_);
    tasks.splice_back(aside_);
  }
  const Submitting mark(this);
  const bool within = inside();
  while (Task* const task = tasks.pop_front()) {
    try {
      executor_->execute(*task, within);
    } catch (...) {  // it does not take it: then here, for it was accepted
      run_now(*task);
    }
  }
  // release: pairs with the acquire in shutdown(), which ends the executor then.
  going_on_.fetch_sub(1, std::memory_order_release);
}

std::uint64_t PeerPool::cancel_aside(std::uint64_t most) noexcept {
  std::uint64_t n = 0;
  for (; n < most; ++n) {
    Task* task = nullptr;
    {
      const std::lock_guard lock(aside_mutex_);
      task = aside_.pop_front();
    }
    if (task == nullptr) break;
    admission_.leave(1);
    cancel(accounts_.mine_in_time(), *task);
  }
  return n;
}

ClearReport PeerPool::clear() {
  ClearReport report;
  if (fork_watch_.forked()) return report;
  std::uint64_t most = 0;
  {
    const std::lock_guard lock(aside_mutex_);
    most = aside_.size();
  }
  report.cancelled = cancel_aside(most);
  accounts_.told_of_cancelled(report.cancelled);
  Ledger ledger;
  accounts_.add_to(ledger);
  report.out_of_reach = queued(ledger);
  return report;
}

std::uint64_t PeerPool::queued(const Ledger& rest) const noexcept {
  // A foreign queue cannot be asked. Where there is a bound its places are counted; else what is
  // nowhere else waits there, though while tasks move the counters are read at slightly different
  // instants.
  return admission_.bounded() ? admission_.taken()
                              : rest.submitted - std::min(rest.submitted, rest.accounted());
}

}  // namespace pools
