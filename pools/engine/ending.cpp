// A pool's life once it runs, and its end: pausing, clearing, waiting for quiet, shutting down,
// being deleted, also by one of its own tasks, and what is left of it in a forked child.
#include <algorithm>
#include <thread>

#include "pools/engine/threaded_pool.h"

namespace pools {
namespace {
constexpr std::uint64_t kAll = ~std::uint64_t{0};
}  // namespace

bool ThreadedPool::pause() { return admission_.pause(); }

bool ThreadedPool::resume() {
  if (!admission_.resume()) return false;
  if (supervisor_) supervisor_->poke();  // it sleeps while nothing is begun
  return true;
}

ClearReport ThreadedPool::clear() {
  ClearReport report;
  if (fork_watch_.forked()) return report;
  // What is submitted meanwhile is none of its business, and might never end.
  Ledger ledger;
  fill_ledger(ledger);
  report.cancelled = give_back_queued(ledger.queued);
  accounts_.told_of_cancelled(report.cancelled);
  accounts_.tell();
  return report;
}

bool ThreadedPool::wait_idle(Nanos limit) {
  if (in_own_task()) return false;
  if (fork_watch_.forked()) return accounts_.quiet();
  return accounts_.wait_quiet(deadline_after(limit));
}

void ThreadedPool::begin_shutdown(ShutdownMode mode) noexcept {
  admission_.close(mode == ShutdownMode::Drain ? Phase::Draining : Phase::Cancelling);
  dispatch_->flush();
  if (supervisor_) supervisor_->poke();  // as after a pause
  if (attendance_ != nullptr) {
    // Who fails from now on has failed. What backs off gets its next attempt at once; or, where all
    // is cancelled, is given back with the rest.
    attendance_->close_back_offs();
    if (admission_.phase() == Phase::Draining) {
      Submitter here;
      attendance_->end_back_offs([&](Task& task) { queue_again(task, here); });
    }
  }
  if (mode == ShutdownMode::CancelQueued) return lot_.notify_all();
  // What was held back may be taken now; who takes some of it wakes another for the rest. Waking
  // all would have a thousand idle workers look around and go back to sleep.
  lot_.notify_any();
}

ShutdownReport ThreadedPool::shutdown(ShutdownMode mode, Nanos limit) {
  ShutdownReport report;
  if (fork_watch_.forked()) {
    report.complete = true;  // there are no workers in this process
    return report;
  }
  if (in_own_task()) {
    // Whoever shuts down already may be waiting for this very task: not a lock to wait for.
    begin_shutdown(mode);
    if (mode == ShutdownMode::CancelQueued) give_back_queued(kAll);
    accounts_.tell();  // who drains is to cancel now
    report.from_inside = true;
    report.cancelled = accounts_.newly_cancelled();
    report.still_running = accounts_.running();
    return report;
  }
  const std::lock_guard one_at_a_time(shutdown_);
  const Instant until = deadline_after(limit);
  begin_shutdown(mode);
  bool done = accounts_.watch().wait(mode == ShutdownMode::Drain ? until : Instant{}, [this] {
    return admission_.phase() != Phase::Draining ? 0 : unfinished();
  }) && admission_.phase() == Phase::Draining;
  if (!done) {
    admission_.raise(Phase::Cancelling);
    lot_.notify_all();
    done = cancel_queued(until);
    report.cancelled = accounts_.newly_cancelled();
  }
  if (!done) {
    report.still_running = accounts_.running();
    return report;
  }
  admission_.raise(Phase::Stopped);
  stop_threads();
  report.complete = true;
  return report;
}

/// Requires the phase Stopped, or that workers leave for another reason.
void ThreadedPool::stop_threads() noexcept {
  lot_.notify_all();
  stand_by_.call();
  if (supervisor_) supervisor_->stop();
  if (attendance_ != nullptr) attendance_->stop();  // it may be waiting for lifecycle_
  const std::lock_guard lock(lifecycle_);
  for (WorkerId id = 0; id < config_.slots(); ++id) {
    if (slots_[id].thread.joinable()) slots_[id].thread.join();
  }
}

std::uint64_t ThreadedPool::unfinished() const noexcept {
  // A task that is timed out is settled, but its thread cannot be joined before it returns.
  return accounts_.unsettled() + (attendance_ != nullptr ? attendance_->overrun() : 0);
}

/// Until the queues are empty; if it is to be all, until nothing backs off as well. Any thread, also
/// several.
std::uint64_t ThreadedPool::give_back_queued(std::uint64_t most) noexcept {
  std::array<Task*, kMostTaken> waiting;
  TaskCache cache;              // the thread may have none of its own
  const TaskFrame frame(this);  // a callable may be the pool's last owner
  if (attendance_ != nullptr && most == kAll) {
    attendance_->end_back_offs([&](Task& task) {
      accounts_.give_back(task, Clock::now());
      slab_.release(cache, &task);
      accounts_.count_cancelled(1);
    });
    slab_.flush(cache);
  }
  std::uint64_t all = 0;
  while (all < most) {
    std::size_t n = dispatch_->reclaim(std::span(waiting).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(most - all, waiting.size()))));
    admission_.leave(n);
    if (n == 0 && (waiting[0] = claim_any()) != nullptr) n = 1;
    if (n == 0) break;
    const Instant now = Clock::now();
    for (Task* task : std::span(waiting).first(n)) {
      accounts_.give_back(*task, now);
      slab_.release(cache, task);
    }
    slab_.flush(cache);
    accounts_.count_cancelled(n);
    all += n;
  }
  return all;
}

/// Gives back what waits until nothing is unsettled or, at the earliest when the queues are empty,
/// the time is up. True if it came to the first: that once is enough, for whatever is submitted
/// since the phase was raised is refused; and looking again might meet just such a submit, counted
/// but not yet refused.
bool ThreadedPool::cancel_queued(Instant until) {
  while (true) {
    give_back_queued(kAll);
    // What a worker had in hand it gives back itself; a submitter may be about to place one more.
    if (accounts_.watch().wait(deadline_after(std::chrono::milliseconds(1)),
                               [this] { return unfinished(); })) {
      return true;
    }
    if (Clock::now() >= until) return false;
  }
}

ThreadedPool::~ThreadedPool() {
  shutdown(ShutdownMode::Drain, Nanos::max());
  accounts_.await_outsiders();
  accounts_.for_each_outsider([this](Outsider& one) { slab_.flush(one.cache); });
}

void ThreadedPool::retire() noexcept {
  if (fork_watch_.forked()) return;  // what its threads held is held for ever
  if (!in_own_task()) return end();
  // The task cannot wait for its own end, nor may the pool go before: another thread sees to both.
  begin_shutdown(ShutdownMode::Drain);
  try {
    config_.thread_factory([this] { end(); }).detach();
  } catch (const std::exception&) {
    // No thread to be had: the pool runs what it accepted and stays, its workers asleep.
  }
}

void ThreadedPool::end() noexcept {
  this->~ThreadedPool();
  ::operator delete (this, std::align_val_t{alignof(ThreadedPool)});
}

void ThreadedPool::forked() noexcept {
  admission_.forked();
  slab_.forked();
}

}  // namespace pools
