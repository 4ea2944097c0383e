#include "pools/peers/peer_pool.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "pools/peers/as_worker.h"
#include "pools/peers/peer_rows.h"
#include "pools/peers/submitting.h"

namespace pools {
namespace {

/// How long shutdown waits, once its limit is over, for the foreign threads to come to the queued
/// tasks and give them back. A guess: discarding a million tasks takes a fraction of it.
constexpr Nanos kGiveBackTime = std::chrono::milliseconds(100);

constexpr std::uint64_t kAll = ~std::uint64_t{0};

}  // namespace

std::unique_ptr<Pool> PeerPool::make(PoolConfig config, const Capabilities& capabilities,
                                     MakeExecutor executor) {
  // As ThreadedPool::make().
  void* const memory = ::operator new (sizeof(PeerPool), std::align_val_t{alignof(PeerPool)});
  try {
    return std::unique_ptr<Pool>(::new (memory)
                                     PeerPool(std::move(config), capabilities, executor));
  } catch (...) {
    ::operator delete (memory, std::align_val_t{alignof(PeerPool)});
    throw;
  }
}

PeerPool::PeerPool(PoolConfig config, const Capabilities& capabilities, MakeExecutor executor)
    : config_(std::move(config)),
      capabilities_(capabilities),
      admission_(config_.queue_capacity, config_.on_full),
      accounts_(0, config_.series),
      executor_(executor(config_, *this)) {}

PeerPool::~PeerPool() {
  shutdown(ShutdownMode::Drain, Nanos::max());
  accounts_.await_outsiders();
  accounts_.for_each_outsider([this](Outsider& one) { slab_.flush(one.cache); });
}

void PeerPool::retire() noexcept {
  if (fork_watch_.forked()) return;  // what its threads held is held for ever
  if (!inside()) return end();
  // The task cannot wait for its own end, nor may the pool go before: another thread sees to both.
  admission_.close(Phase::Draining);
  go_on();
  try {
    const auto finish = [this] { end(); };
    (config_.thread_factory ? config_.thread_factory(finish) : std::thread(finish)).detach();
  } catch (const std::exception&) {
    // No thread to be had: the pool runs what it accepted and stays.
  }
}

void PeerPool::end() noexcept {
  this->~PeerPool();
  ::operator delete (this, std::align_val_t{alignof(PeerPool)});
}

void PeerPool::forked() noexcept {
  admission_.forked();
  slab_.forked();
}

Task* PeerPool::acquire_task() { return slab_.acquire(accounts_.mine().cache); }

void PeerPool::release_task(Task* task) noexcept {
  slab_.release(accounts_.mine().cache, task);  // not new here: it had the task from acquire_task()
}

SubmitStatus PeerPool::submit_task(Task* task, const SubmitOptions& options, Patience patience) {
  Outsider& own = accounts_.mine();
  if (inside()) {
    // The submitting task is not settled yet, so nobody takes the pool for quiet meanwhile.
    own.record.submitted.add();
    return accept(own, task, options, patience);
  }
  own.counts.count_submitted();
  struct Returned {  // also when the foreign pool throws
    OutsideCounts& counts;
    ~Returned() { counts.count_returned(); }
  };
  const Returned returned{own.counts};
  return accept(own, task, options, patience);
}

SubmitStatus PeerPool::accept(Outsider& own, Task* task, const SubmitOptions& options,
                              Patience patience) {
  const std::uint32_t nested = TaskFrame::depth(this);
  if (!admission_.takes(nested)) return refuse(own, task, SubmitStatus::ShuttingDown);
  task->timed =
      WorkerRecord::is_timed(config_.metrics, own.counts.submitted() + own.record.submitted.read());
  Instant now = task->timed ? Clock::now() : Instant{};
  const Instant due = options.due != Instant{} ? options.due : now;
  bool run_here = patience == Patience::Joined;
  if (!run_here && !admission_.try_enter()) [[unlikely]] {
    switch (admission_.enter_full(patience, nested)) {
      case Admission::Way::Place:
        break;
      case Admission::Way::RunHere:
        run_here = true;
        break;
      case Admission::Way::QueueFull:
        return refuse(own, task, SubmitStatus::QueueFull);
      case Admission::Way::ShuttingDown:
        return refuse(own, task, SubmitStatus::ShuttingDown);
    }
    if (task->timed) now = Clock::now();
  }
  if (task->timed) {
    task->accepted = now;
    task->set_due(due, inside());
  }
  const Submitting mark(this);
  run_here ? run_as(own, *task) : hand_over(own, task);
  return SubmitStatus::Accepted;
}

void PeerPool::hand_over(Outsider& own, Task* task) {
  try {
    executor_->execute(*task, inside());
  } catch (...) {
    admission_.leave(1);
    static_cast<void>(refuse(own, task, SubmitStatus::QueueFull));
    throw;
  }
}

Pool::Waiting PeerPool::reserve_wait() noexcept {
  if (!inside()) return Waiting::Free;
  // The task that runs here keeps the executor.
  const std::uint32_t threads = executor_->most_workers();
  std::uint32_t waiting = waiting_.load(std::memory_order_relaxed);
  while (waiting + 1 < threads) {
    // relaxed: only the number matters.
    if (waiting_.compare_exchange_weak(waiting, waiting + 1, std::memory_order_relaxed)) {
      return Waiting::Reserved;
    }
  }
  return Waiting::Refused;
}

SubmitStatus PeerPool::refuse(Outsider& own, Task* task, SubmitStatus why) noexcept {
  const bool from_inside = inside();
  accounts_.unserved().refused(*task);
  {
    const TaskFrame frame(this);  // the callable may be the pool's last owner
    task->end(Outcome::Refused);
  }
  slab_.release(own.cache, task);
  // Last: until then the submit counts as unsettled and keeps the pool alive.
  if (from_inside) {
    own.record.rejected.add();
  } else {
    own.counts.count_rejected();
  }
  if (!fork_watch_.forked()) accounts_.tell();
  return why;
}

void PeerPool::run(Task& task) noexcept {
  if (admission_.glance() >= Phase::Paused) [[unlikely]]
    return run_late(task);
  run_now(task);
}

void PeerPool::run_now(Task& task) noexcept {
  admission_.leave(1);
  Outsider& own = accounts_.mine_in_time();
  // A submitter that the foreign pool made run a task on the spot is no worker.
  const bool worker = Submitting::into() != this;
  if (own.seat.load(std::memory_order_relaxed) == Outsider::kNoSeat && worker) {
    own.seat.store(seats_taken_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
  }
  const AsWorker as_worker(worker ? this : nullptr, own.seat.load(std::memory_order_relaxed));
  run_as(own, task);
}

void PeerPool::run_as(Outsider& own, Task& task) noexcept {
  {
    const TaskFrame frame(this);
    const KeepsThread mark;
    accounts_.run(own, task);
  }
  slab_.release(own.cache, &task);
  accounts_.done(own);
}

ShutdownReport PeerPool::shutdown(ShutdownMode mode, Nanos limit) {
  ShutdownReport report;
  if (fork_watch_.forked()) {
    report.complete = true;  // there are no workers in this process
    return report;
  }
  admission_.close(mode == ShutdownMode::Drain ? Phase::Draining : Phase::Cancelling);
  mode == ShutdownMode::Drain ? go_on() : static_cast<void>(cancel_aside(kAll));
  report.from_inside = inside();
  if (!report.from_inside) {
    report.complete = accounts_.wait_quiet(deadline_after(limit));
    if (!report.complete) {
      admission_.raise(Phase::Cancelling);
      report.complete = accounts_.wait_quiet(deadline_after(kGiveBackTime));
    }
  }
  if (report.complete) {
    accounts_.await_outsiders();  // one may still be on its way out of the foreign submit
    // acquire: pairs with the release in go_on().
    while (going_on_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
    // Under the lock: a snapshot may be asking for the workers.
    const std::lock_guard lock(executor_mutex_);
    executor_.reset();
  }
  report.still_running = accounts_.running();
  report.cancelled = accounts_.newly_cancelled();
  return report;
}

bool PeerPool::wait_idle(Nanos limit) {
  if (inside()) return false;
  return fork_watch_.forked() ? accounts_.quiet() : accounts_.wait_quiet(deadline_after(limit));
}

std::uint32_t PeerPool::resize(std::uint32_t /*workers*/) { return config_.max_workers; }

PoolSnapshot PeerPool::snapshot(std::size_t scaling_from) const {
  static_cast<void>(scaling_from);  // the number of workers never changes
  PoolSnapshot out;
  out.at = Clock::now();
  out.target = config_.max_workers;
  out.queue_capacity = config_.queue_capacity;
  out.by_worker.resize(config_.max_workers);
  accounts_.add_live(out);
  std::uint64_t ran_in_caller = 0;
  accounts_.for_each_outsider([&](const Outsider& one) {
    const std::uint32_t seat = one.seat.load(std::memory_order_relaxed);
    if (seat == Outsider::kNoSeat) ran_in_caller += one.record.settled();
    if (seat >= out.by_worker.size()) return;
    WorkerSnapshot& worker = out.by_worker[seat];
    one.record.fill(worker);
    worker.state = one.record.running() != 0 ? WorkerState::Busy : WorkerState::Idle;
  });
  accounts_.add_to(out.ledger);
  out.ledger.queued = queued(out.ledger);
  out.state = admission_.state();
  out.queue_depth = out.ledger.queued;
  out.figures.push_back({"ran_in_caller", static_cast<double>(ran_in_caller)});
  if (fork_watch_.forked()) return out;  // nobody is left to ask
  const std::lock_guard lock(executor_mutex_);
  out.workers = executor_ ? executor_->workers() : 0;
  return out;
}

PoolReport PeerPool::report() const {
  PoolReport out;
  out.slots = config_.max_workers;
  out.by_series.resize(config_.series);
  accounts_.add_series(out.by_series);
  return out;
}

std::unique_ptr<Pool> make_peer(const PoolConfig& config, const Capabilities& capabilities,
                                MakeExecutor make) {
  // Fixed sizing in our engine keeps to the least number of workers; so do those who cannot change.
  PoolConfig fixed = config;
  fixed.max_workers = fixed.min_workers;
  return PeerPool::make(std::move(fixed), capabilities, make);
}

}  // namespace pools
