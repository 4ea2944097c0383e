#include "pools/engine/threaded_pool.h"

#include <cassert>

#include "pools/catalog.h"
#include "pools/engine/worker_stack.h"

namespace pools {
namespace {
/// A worker whose own pool is full runs its submits itself, nested at most this deep; beyond, the
/// task is queued over the bound. Recursion must end somewhere, and waiting would be waiting for
/// itself.
constexpr std::uint32_t kMostNested = 8;

/// A worker that helps so deep that it runs at once what it submits (kMostHelping) runs at most
/// this many tasks inside each other: tasks that go on submitting their successors would recurse
/// without end. What its task is going to wait for is no such case, and would nest all the deeper
/// if it had to be found among the waiting tasks first.
constexpr std::uint32_t kMostInPlace = 256;
}  // namespace

bool ThreadedPool::inside() const noexcept { return current_worker().pool == this; }
ThreadedPool::Slot& ThreadedPool::own_slot() const noexcept { return slots_[current_worker().id]; }

Task* ThreadedPool::acquire_task() {
  return inside() ? slab_.acquire(own_slot().cache) : slab_.acquire_outside();
}

void ThreadedPool::release_task(Task* task) noexcept {
  inside() ? slab_.release(own_slot().cache, task) : slab_.release_outside(task);
}

OutsideCounts& ThreadedPool::counts_for(Task* task) {
  try {
    return outside_.mine();
  } catch (...) {  // no memory for them; nothing is counted yet
    task->discard();
    slab_.release_outside(task);
    throw;
  }
}

SubmitStatus ThreadedPool::submit_task(Task* task, const SubmitOptions& options,
                                       Patience patience) {
  if (inside()) {
    task->timed = WorkerRecord::is_timed(config_.metrics, own_slot().record.submitted.add());
    return accept(task, options, patience);
  }
  OutsideCounts& counts = counts_for(task);
  task->timed = WorkerRecord::is_timed(config_.metrics, counts.count_submitted());
  const SubmitStatus status = accept(task, options, patience);
  counts.count_returned();
  return status;
}

inline SubmitStatus ThreadedPool::accept(Task* task, const SubmitOptions& options,
                                         Patience patience) {
  const WorkerContext& worker = current_worker();
  // The common case needs nothing of what admit() cares for, and stays small.
  if (!admits_all_ || task->timed || worker.depth.helping > kMostHelping ||
      phase_.now() != Phase::Open) {
    return admit(task, options, patience);
  }
  notify(dispatch_->place(*task, worker.pool == this ? worker.id : kOutside));
  return SubmitStatus::Accepted;
}

SubmitStatus ThreadedPool::admit(Task* task, const SubmitOptions& options, Patience patience) {
  const WorkerContext& worker = current_worker();
  const bool from_inside = worker.pool == this;
  const Phase phase = phase_.now();
  if (phase != Phase::Open && !(phase == Phase::Draining && in_own_task())) {
    return refuse(task, SubmitStatus::ShuttingDown);
  }
  const bool stamps = task->timed || needs_time_;
  Instant now = stamps ? Clock::now() : Instant{};
  const Instant due = options.due != Instant{} ? options.due : now;
  if (from_inside && worker.depth.helping > kMostHelping && ran_in_place(task, due, patience)) {
    return SubmitStatus::Accepted;
  }
  if (!gate_.try_enter()) {
    SubmitStatus status = SubmitStatus::Accepted;
    if (!enter_full(task, due, patience, status)) return status;
    if (stamps) now = Clock::now();
  }
  if (stamps) {
    task->accepted = now;
    task->set_due(due);
  }
  if (ranking_ != nullptr) task->rank = ranking_(options);
  notify(dispatch_->place(*task, from_inside ? worker.id : kOutside));
  return SubmitStatus::Accepted;
}

bool ThreadedPool::ran_in_place(Task* task, Instant due, Patience patience) {
  const WorkerContext& worker = current_worker();
  const bool joined = patience == Patience::Joined;
  if (patience == Patience::None ||
      (!joined && own_slot().record.running() >= worker.depth.helping + kMostInPlace)) {
    return false;
  }
  if (!stack_is_spent(worker)) {
    run_in_caller(task, due);
    return true;
  }
  return joined && on_more_stack([&] { run_in_caller(task, due); });
}

bool ThreadedPool::enter_full(Task* task, Instant due, Patience patience, SubmitStatus& out) {
  if (patience == Patience::None || config_.on_full == OnFull::Reject) {
    out = refuse(task, SubmitStatus::QueueFull);
    return false;
  }
  const bool from_inside = inside();
  const bool from_task = from_inside || TaskFrame::in(this);
  const std::uint32_t nested = from_inside ? own_slot().record.running() : TaskFrame::depth(this);
  if (from_task && nested > kMostNested) {
    gate_.force_enter();
    return true;
  }
  if (from_task || config_.on_full == OnFull::CallerRuns) {
    run_in_caller(task, due);
    out = SubmitStatus::Accepted;
    return false;
  }
  if (gate_.enter()) return true;
  out = refuse(task, SubmitStatus::ShuttingDown);
  return false;
}

SubmitStatus ThreadedPool::refuse(Task* task, SubmitStatus why) noexcept {
  unserved_.refused(*task);
  if (inside()) {
    task->discard();
    release_task(task);
    own_slot().record.rejected.add();
    return why;
  }
  const TaskFrame frame(this);  // the callable may be the pool's last owner
  task->discard();
  slab_.release_outside(task);
  outside_.mine().count_rejected();
  // The shutdown may be waiting for just this submit.
  if (!fork_watch_.forked()) tell_watchers();
  return why;
}

void ThreadedPool::run_in_caller(Task* task, Instant due) {
  Instant now = task->timed ? Clock::now() : Instant{};
  if (task->timed) {
    task->accepted = now;
    task->set_due(due);
  }
  if (inside()) {
    ++current_worker().depth.in_place;
    own_slot().record.run(*task, now);
    --current_worker().depth.in_place;
    slab_.release(own_slot().cache, task);
    return;
  }
  const TaskFrame frame(this);
  caller_running_.fetch_add(1, std::memory_order_relaxed);
  const bool threw = WorkerRecord::execute(*task);
  const Instant finish = task->timed ? Clock::now() : Instant{};
  {
    const std::lock_guard lock(caller_mutex_);
    caller_running_.fetch_sub(1, std::memory_order_relaxed);
    caller_record_.settle(*task, now, finish, threw);
  }
  slab_.release_outside(task);
  tell_watchers();
}

bool ThreadedPool::quiet() const noexcept {
  const auto settled = [this] {
    std::uint64_t sum = cancelled_.load(std::memory_order_seq_cst) + caller_record_.settled();
    outside_.for_each([&](const OutsideCounts& counts) { sum += counts.rejected(); });
    for (WorkerId id = 0; id < config_.max_workers; ++id) {
      sum += slots_[id].record.settled() + slots_[id].record.rejected.read();
    }
    return sum;
  };
  const auto submitted = [this] {
    std::uint64_t sum = 0;
    outside_.for_each([&](const OutsideCounts& counts) { sum += counts.submitted(); });
    for (WorkerId id = 0; id < config_.max_workers; ++id) {
      sum += slots_[id].record.submitted.read();
    }
    return sum;
  };
  return all_settled(settled, submitted);
}

void ThreadedPool::fill_ledger(Ledger& ledger) const {
  ledger.cancelled += cancelled_.load(std::memory_order_seq_cst);
  caller_record_.add_to(ledger);
  ledger.running += caller_running_.load(std::memory_order_relaxed);
  for (WorkerId id = 0; id < config_.max_workers; ++id) {
    const Slot& slot = slots_[id];
    slot.record.add_to(ledger);
    ledger.queued += slot.hand.size() + dispatch_->depth(id);
  }
  ledger.queued += dispatch_->shared_depth();
  outside_.for_each([&](const OutsideCounts& counts) {
    ledger.rejected += counts.rejected();
    ledger.submitted += counts.submitted();
  });
}

PoolSnapshot ThreadedPool::snapshot(std::size_t scaling_from) const {
  PoolSnapshot out;
  out.at = Clock::now();
  fill_ledger(out.ledger);
  out.workers = alive_.load(std::memory_order_relaxed);
  out.target = target_.load(std::memory_order_relaxed);
  out.queue_capacity = config_.queue_capacity;
  out.queue_depth = dispatch_->shared_depth();
  out.wakes_sent = lot_.wakes_sent();
  out.by_worker.resize(config_.max_workers);
  caller_record_.add_live(out.response, out.queue_wait);
  for (WorkerId id = 0; id < config_.max_workers; ++id) {
    const Slot& slot = slots_[id];
    WorkerSnapshot& worker = out.by_worker[id];
    slot.record.fill(worker);
    slot.record.add_live(out.response, out.queue_wait);
    worker.steal_attempts = counters_[id].steal_attempts.read();
    worker.steal_hits = counters_[id].steal_hits.read();
    worker.steal_items = counters_[id].steal_items.read();
    worker.depth = dispatch_->depth(id);
    out.queue_depth += worker.depth;
    if (slot.life.absent()) continue;
    worker.state = slot.record.running() != 0                    ? WorkerState::Busy
                   : slot.asleep.load(std::memory_order_relaxed) ? WorkerState::Parked
                                                                 : WorkerState::Idle;
  }
  dispatch_->figures(out.figures);
  if (fork_watch_.forked()) return out;
  scaling_.fill(out, scaling_from);
  return out;
}

PoolReport ThreadedPool::report() const {
  PoolReport out;
  out.by_series.resize(config_.series);
  caller_record_.add_series(out.by_series);
  for (WorkerId id = 0; id < config_.max_workers; ++id) {
    slots_[id].record.add_series(out.by_series);
  }
  unserved_.add_to(out.by_series);
  out.steal_matrix = dispatch_->steal_matrix();
  out.slots = config_.max_workers;
  return out;
}

}  // namespace pools
