#include "pools/engine/threaded_pool.h"

#include <algorithm>

#include "pools/catalog.h"
#include "pools/engine/worker_stack.h"

namespace pools {
namespace {
/// A worker that helps so deep that it runs at once what it submits (kMostHelping) runs at most
/// this many tasks inside each other: tasks that go on submitting their successors would recurse
/// without end. What its task is going to wait for is no such case, and would nest all the deeper
/// if it had to be found among the waiting tasks first.
constexpr std::uint32_t kMostInPlace = 256;
}  // namespace

bool ThreadedPool::inside() const noexcept { return current_worker().pool == this; }
ThreadedPool::Slot& ThreadedPool::own_slot() const noexcept { return slots_[current_worker().id]; }
WorkerRecord& ThreadedPool::own_record() noexcept { return accounts_.worker(current_worker().id); }

std::uint32_t ThreadedPool::nested() const noexcept {
  if (!inside()) return TaskFrame::depth(this);
  // A callable that the worker only destroys submits from inside as well.
  return std::max(1U, accounts_.worker(current_worker().id).running());
}

Task* ThreadedPool::acquire_task() {
  if (inside()) [[likely]]
    return slab_.acquire(own_slot().cache);
  return acquire_outside();
}

Task* ThreadedPool::acquire_outside() { return slab_.acquire(accounts_.mine().cache); }

void ThreadedPool::release_task(Task* task) noexcept {
  // No outsider is new here: it had the task from acquire_task().
  slab_.release(inside() ? own_slot().cache : accounts_.mine().cache, task);
}

SubmitStatus ThreadedPool::submit_task(Task* task, const SubmitOptions& options,
                                       Patience patience) {
  if (!inside()) return submit_outside(task, options, patience);
  task->timed = WorkerRecord::is_timed(config_.metrics, own_record().submitted.add());
  return accept(task, options, patience, own_slot().submitter);
}

SubmitStatus ThreadedPool::submit_outside(Task* task, const SubmitOptions& options,
                                          Patience patience) {
  Outsider& own = accounts_.mine();
  task->timed = WorkerRecord::is_timed(config_.metrics, own.counts.count_submitted());
  const SubmitStatus status = accept(task, options, patience, own.submitter);
  own.counts.count_returned();
  return status;
}

inline SubmitStatus ThreadedPool::accept(Task* task, const SubmitOptions& options,
                                         Patience patience, Submitter& by) {
  const WorkerContext& worker = current_worker();
  // The common case needs nothing of what admit() cares for, and stays small.
  if (!admits_all_ || task->timed || worker.depth.helping > kMostHelping ||
      admission_.phase() != Phase::Open) {
    return admit(task, options, patience, by);
  }
  notify(dispatch_->place(*task, worker.pool == this ? worker.id : kOutside, by));
  return SubmitStatus::Accepted;
}

SubmitStatus ThreadedPool::admit(Task* task, const SubmitOptions& options, Patience patience,
                                 Submitter& by) {
  const WorkerContext& worker = current_worker();
  const bool from_inside = worker.pool == this;
  const std::uint32_t nested = this->nested();
  if (!admission_.takes(nested)) return refuse(task, SubmitStatus::ShuttingDown);
  if (attendance_ != nullptr && attendance_->attends(task->series)) {
    task->attended = true;
    attendance_->begin(*task);
  }
  const bool stamps = task->timed || needs_time_;
  Instant now = stamps ? Clock::now() : Instant{};
  const Instant due = options.due != Instant{} ? options.due : now;
  if (from_inside && worker.depth.helping > kMostHelping && ran_in_place(task, due, patience)) {
    return SubmitStatus::Accepted;
  }
  if (!admission_.try_enter()) {
    switch (admission_.enter_full(patience, nested)) {
      case Admission::Way::Place:
        break;
      case Admission::Way::RunHere:
        run_in_caller(task, due);
        return SubmitStatus::Accepted;
      case Admission::Way::QueueFull:
        return refuse(task, SubmitStatus::QueueFull);
      case Admission::Way::ShuttingDown:
        return refuse(task, SubmitStatus::ShuttingDown);
    }
    if (stamps) now = Clock::now();
  }
  if (stamps) {
    task->accepted = now;
    task->set_due(due, from_inside);
  }
  if (ranking_ != nullptr) task->rank = ranking_(options);
  notify(dispatch_->place(*task, from_inside ? worker.id : kOutside, by));
  return SubmitStatus::Accepted;
}

bool ThreadedPool::ran_in_place(Task* task, Instant due, Patience patience) {
  const WorkerContext& worker = current_worker();
  const bool joined = patience == Patience::Joined;
  if (patience == Patience::None ||
      (!joined && own_record().running() >= worker.depth.helping + kMostInPlace)) {
    return false;
  }
  if (!stack_is_spent(worker)) {
    run_in_caller(task, due);
    return true;
  }
  return joined && on_more_stack([&] { run_in_caller(task, due); });
}

SubmitStatus ThreadedPool::refuse(Task* task, SubmitStatus why) noexcept {
  accounts_.unserved().refused(*task);
  if (inside()) {
    task->end(Outcome::Refused);
    release_task(task);
    own_record().rejected.add();
    return why;
  }
  const TaskFrame frame(this);  // the callable may be the pool's last owner
  task->end(Outcome::Refused);
  release_task(task);
  accounts_.mine().counts.count_rejected();
  // The shutdown may be waiting for just this submit.
  if (!fork_watch_.forked()) accounts_.tell();
  return why;
}

void ThreadedPool::run_in_caller(Task* task, Instant due) {
  Instant now = task->timed ? Clock::now() : Instant{};
  if (task->timed) {
    task->accepted = now;
    task->set_due(due, inside());
  }
  if (inside()) {
    ++current_worker().depth.in_place;
    serve_own(*task, now);
    --current_worker().depth.in_place;
    return;
  }
  const TaskFrame frame(this);
  Outsider& own = accounts_.mine();
  if (task->attended) {
    WorkerRecord& record = accounts_.record_of(own);
    if (!task->extended || accounts_.may_begin(record, *task)) {
      const Attendance::Run run = attendance_->run(record, *task, kOutside, now);
      if (run == Attendance::Run::BacksOff) return;
      if (run == Attendance::Run::TimedOut) {
        slab_.release(own.cache, task);
        return accounts_.tell();  // the shutdown may be waiting for its return
      }
    }
  } else {
    accounts_.run(own, *task);
  }
  slab_.release(own.cache, task);
  accounts_.done(own);
}

void ThreadedPool::queue_again(Task& task, Submitter& by) noexcept {
  if (admission_.phase() >= Phase::Cancelling) {
    const TaskFrame frame(this);  // the callable may be the pool's last owner
    TaskCache cache;
    accounts_.give_back(task, Clock::now());
    slab_.release(cache, &task);
    slab_.flush(cache);
    accounts_.count_cancelled(1);
    return accounts_.tell();
  }
  if (task.timed || needs_time_) {
    const Instant due = task.due();
    task.accepted = Clock::now();
    task.set_due(due);
  }
  if (ranking_ != nullptr) {
    // Its place in the order went with its first run; it has waited for long, so it goes first.
    SubmitOptions options;
    if (task.extended) options.deadline = task.context().deadline;
    if (options.deadline == Instant{}) options.deadline = Clock::now();
    options.expected = Nanos{1};
    task.rank = ranking_(options);
  }
  admission_.reenter();
  notify(dispatch_->place(task, kOutside, by));
}

void ThreadedPool::fill_ledger(Ledger& ledger) const {
  accounts_.add_to(ledger);
  if (attendance_ != nullptr) {
    ledger.running -= std::min(ledger.running, attendance_->overrun());  // they are settled
    ledger.backing_off += attendance_->backing_off();
  }
  for (WorkerId id = 0; id < config_.slots(); ++id) {
    ledger.queued += slots_[id].taken.size() + dispatch_->depth(id);
  }
  ledger.queued += dispatch_->shared_depth();
}

PoolSnapshot ThreadedPool::snapshot(std::size_t scaling_from) const {
  PoolSnapshot out;
  out.at = Clock::now();
  fill_ledger(out.ledger);
  out.workers = alive_.load(std::memory_order_relaxed);
  out.target = target_.load(std::memory_order_relaxed);
  out.blocked = blocked_.load(std::memory_order_relaxed);
  out.state = admission_.state();
  out.queue_capacity = config_.queue_capacity;
  out.queue_depth = dispatch_->shared_depth();
  out.wakes_sent = lot_.wakes_sent();
  out.by_worker.resize(config_.slots());
  std::uint64_t claims = 0;
  accounts_.add_live(out);
  for (WorkerId id = 0; id < config_.slots(); ++id) {
    const Slot& slot = slots_[id];
    WorkerSnapshot& worker = out.by_worker[id];
    const WorkerRecord& record = accounts_.worker(id);
    record.fill(worker);
    worker.steal_attempts = counters_[id].steal_attempts.read();
    worker.steal_hits = counters_[id].steal_hits.read();
    worker.steal_items = counters_[id].steal_items.read();
    worker.claims = counters_[id].claims.read();
    claims += worker.claims;
    worker.depth = dispatch_->depth(id);
    out.queue_depth += worker.depth;
    if (slot.life.absent()) continue;
    worker.state = slot.lost.load(std::memory_order_relaxed)            ? WorkerState::Lost
                   : attendance_ != nullptr && attendance_->overrun(id) ? WorkerState::Overrun
                   : record.running() != 0                              ? WorkerState::Busy
                   : slot.asleep.load(std::memory_order_relaxed)        ? WorkerState::Parked
                                                                        : WorkerState::Idle;
  }
  dispatch_->figures(out.figures);
  if (shares_taken_) out.figures.push_back({"claims", static_cast<double>(claims)});
  if (const std::uint64_t n = compensations_.load(std::memory_order_relaxed)) {
    out.figures.push_back({"compensations", static_cast<double>(n)});
  }
  if (attendance_ != nullptr) attendance_->figures(out.figures);
  if (fork_watch_.forked()) return out;
  scaling_.fill(out, scaling_from);
  return out;
}

PoolReport ThreadedPool::report() const {
  PoolReport out;
  out.by_series.resize(config_.series);
  accounts_.add_series(out.by_series);
  out.steal_matrix = dispatch_->steal_matrix();
  out.slots = config_.slots();
  add_claims(out.steal_matrix);
  return out;
}

void ThreadedPool::add_claims(std::vector<std::uint64_t>& matrix) const {
  const std::size_t slots = config_.slots();
  for (WorkerId thief = 0; thief < slots; ++thief) {
    // acquire: pairs with start_worker().
    const OwnedCounter* const row = slots_[thief].claims.load(std::memory_order_acquire);
    if (row == nullptr || counters_[thief].claims.read() == 0) continue;
    matrix.resize(slots * slots);
    for (WorkerId victim = 0; victim < slots; ++victim) {
      matrix[thief * slots + victim] += row[victim].read();
    }
  }
}

}  // namespace pools
