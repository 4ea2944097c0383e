#include "pools/peers/peer_pool.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "pools/peers/as_worker.h"
#include "pools/peers/peer_rows.h"

namespace pools {
namespace {

/// Into which pool the calling thread is just submitting.
constinit thread_local const PeerPool* submitting = nullptr;

/// Sets that for a scope. Scopes nest: a submit may run the task on the spot, which submits.
class Submitting {
 public:
  explicit Submitting(const PeerPool* pool) noexcept : before_(std::exchange(submitting, pool)) {}
  ~Submitting() { submitting = before_; }
  Submitting(const Submitting&) = delete;
  Submitting& operator=(const Submitting&) = delete;

 private:
  const PeerPool* before_;
};

/// A task whose own pool is full runs what it submits itself, nested at most this deep; beyond,
/// the task is queued over the bound. Recursion must end somewhere, and waiting would be waiting
/// for itself. As in our engine.
constexpr std::uint32_t kMostNested = 8;

/// How long shutdown waits, once its limit is over, for the foreign threads to come to the queued
/// tasks and give them back. A guess: discarding a million tasks takes a fraction of it.
constexpr Nanos kGiveBackTime = std::chrono::milliseconds(100);

/// Between two tries to get memory without which a task could not be counted. A guess.
constexpr Nanos kMemoryPause = std::chrono::milliseconds(1);

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
      gate_(config_.queue_capacity),
      unserved_(config_.series),
      executor_(executor(config_, *this)) {}

PeerPool::~PeerPool() {
  shutdown(ShutdownMode::Drain, Nanos::max());
  // Nobody runs or submits any more: the threads' caches are ours.
  members_.for_each([this](Member& member) { slab_.flush(member.cache); });
}

void PeerPool::retire() noexcept {
  if (fork_watch_.forked()) return;  // what its threads held is held for ever
  if (!inside()) return end();
  // The task cannot wait for its own end, nor may the pool go before: another thread sees to both.
  advance(State::Draining);
  gate_.close();
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
  advance(State::Forked);
  gate_.close();
  slab_.forked();
}

Task* PeerPool::acquire_task() { return slab_.acquire(members_.mine().cache); }

void PeerPool::release_task(Task* task) noexcept { slab_.release(members_.mine().cache, task); }

PeerPool::Member& PeerPool::member_for(Task* task) {
  try {
    return members_.mine();
  } catch (...) {  // only a thread that is new here needs memory; nothing is counted yet
    task->discard();
    slab_.release_outside(task);
    throw;
  }
}

/// A task was accepted and its thread has come: it is run, if need be once there is memory again.
PeerPool::Member& PeerPool::member_in_time() noexcept {
  while (true) {
    try {
      return members_.mine();
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(kMemoryPause);
    }
  }
}

SubmitStatus PeerPool::submit_task(Task* task, const SubmitOptions& options, Patience patience) {
  Member& member = member_for(task);
  Instant due = options.due;
  bool run_here = false;
  if (!gate_.try_enter()) [[unlikely]] {
    if (config_.metrics != MetricsLevel::Off && due == Instant{}) due = Clock::now();
    if (!enter_full(member, patience, run_here)) {
      const bool open = enrol(member);
      return refuse(member, task, open ? SubmitStatus::QueueFull : SubmitStatus::ShuttingDown);
    }
  }
  // Only now counted: who waits at the gate is neither queued nor accepted yet.
  if (!enrol(member)) {
    if (!run_here) gate_.leave(1);
    return refuse(member, task, SubmitStatus::ShuttingDown);
  }
  task->timed = WorkerRecord::is_timed(config_.metrics, submitted_by(member));
  if (task->timed) {
    task->accepted = Clock::now();
    task->set_due(due == Instant{} ? task->accepted : due);
  }
  const Submitting mark(this);
  if (run_here) {
    run_as(member, *task);
  } else {
    hand_over(member, task);
  }
  return SubmitStatus::Accepted;
}

bool PeerPool::enter_full(Member& member, Patience patience, bool& run_here) noexcept {
  if (patience == Patience::None || config_.on_full == OnFull::Reject) return false;
  if (inside() && member.record.running() > kMostNested) {
    gate_.force_enter();
    return true;
  }
  if (inside() || config_.on_full == OnFull::CallerRuns) {
    run_here = true;
    return true;
  }
  return gate_.enter();
}

void PeerPool::hand_over(Member& member, Task* task) {
  try {
    executor_->execute(*task, inside());
  } catch (...) {
    gate_.leave(1);
    static_cast<void>(refuse(member, task, SubmitStatus::QueueFull));
    throw;
  }
}

bool PeerPool::enrol(Member& member) noexcept {
  const bool from_inside = inside();
  if (from_inside) {
    // The submitting task is not returned yet, so nobody takes the pool for quiet meanwhile.
    member.record.submitted.add();
  } else {
    // seq_cst: counting here and then looking at the state must not both be missed by shutdown(),
    // which sets the state and then looks at the counts.
    member.submitted.store(member.submitted.load(std::memory_order_relaxed) + 1,
                           std::memory_order_seq_cst);
  }
  const State state = state_.load(std::memory_order_seq_cst);
  return state == State::Open || (from_inside && state == State::Draining);
}

std::uint64_t PeerPool::submitted_by(const Member& member) noexcept {
  return member.submitted.load(std::memory_order_relaxed) + member.record.submitted.read();
}

SubmitStatus PeerPool::refuse(Member& member, Task* task, SubmitStatus why) noexcept {
  unserved_.refused(*task);
  {
    const TaskFrame frame(this);  // the callable may be the pool's last owner
    task->discard();
  }
  slab_.release(member.cache, task);
  // Last: until then the submit counts as unsettled and keeps the pool alive.
  member.record.rejected.add();
  return why;
}

void PeerPool::run(Task& task) noexcept {
  gate_.leave(1);
  Member& member = member_in_time();
  // A submitter that the foreign pool made run a task on the spot is no worker.
  const bool worker = submitting != this;
  if (member.seat.load(std::memory_order_relaxed) == kNoSeat && worker) {
    member.seat.store(seats_taken_.fetch_add(1, std::memory_order_relaxed),
                      std::memory_order_relaxed);
  }
  const AsWorker as_worker(worker ? this : nullptr, member.seat.load(std::memory_order_relaxed));
  run_as(member, task);
}

void PeerPool::run_as(Member& member, Task& task) noexcept {
  {
    const TaskFrame frame(this);
    if (cancelling()) {
      unserved_.cancelled(task, Clock::now());
      task.discard();
      member.record.cancelled.add();
    } else {
      run_and_record(member, task);
    }
  }
  slab_.release(member.cache, &task);
  member.returned.add();
}

void PeerPool::run_and_record(Member& member, Task& task) noexcept {
  while (!member.prepared) [[unlikely]] {
      try {
        member.record.prepare(config_.series);
        member.prepared = true;
      } catch (const std::bad_alloc&) {  // outcomes are counted there, so it cannot do without
        std::this_thread::sleep_for(kMemoryPause);
      }
    }
  const Instant start = task.timed ? Clock::now() : Instant{};
  Instant now = start;
  member.record.run(task, now);
  // A task run inside another's time must not count twice.
  if (now != Instant{} && member.record.running() == 0) member.record.was_busy(now - start);
}

ShutdownReport PeerPool::shutdown(ShutdownMode mode, Nanos limit) {
  ShutdownReport report;
  if (fork_watch_.forked()) {
    report.complete = true;  // there are no workers in this process
    return report;
  }
  advance(mode == ShutdownMode::Drain ? State::Draining : State::Cancelling);
  gate_.close();
  report.from_inside = inside();
  if (!report.from_inside) {
    report.complete = wait_quiet(limit);
    if (!report.complete) {
      advance(State::Cancelling);
      report.complete = wait_quiet(kGiveBackTime);
    }
  }
  if (report.complete) {
    // Under the lock: a snapshot may be asking for the workers.
    const std::lock_guard lock(executor_mutex_);
    executor_.reset();
  }
  members_.for_each([&](const Member& member) { report.still_running += member.record.running(); });
  report.cancelled = newly_cancelled();
  return report;
}

void PeerPool::advance(State to) noexcept {
  State from = state_.load(std::memory_order_relaxed);
  // seq_cst: pairs with enrol(), see there.
  while (from < to && !state_.compare_exchange_weak(from, to, std::memory_order_seq_cst,
                                                    std::memory_order_relaxed)) {
  }
}

bool PeerPool::wait_idle(Nanos limit) {
  if (inside()) return false;
  return fork_watch_.forked() ? quiet() : wait_quiet(limit);
}

bool PeerPool::quiet() const noexcept {
  // What is over is read before what came: if the two are equal, they were so in between.
  std::uint64_t over = 0;
  members_.for_each([&](const Member& member) {
    over += member.returned.read() + member.record.rejected.read();
  });
  std::uint64_t came = 0;
  members_.for_each([&](const Member& member) {
    // seq_cst: pairs with enrol().
    came += member.submitted.load(std::memory_order_seq_cst) + member.record.submitted.read();
  });
  return over == came;
}

bool PeerPool::wait_quiet(Nanos limit) const {
  // Looks again and again, so that no task has to pay for telling a waiter that seldom is there.
  constexpr Nanos kFirst = std::chrono::microseconds(20);
  constexpr Nanos kLongest = std::chrono::milliseconds(1);
  const Instant began = Clock::now();
  for (Nanos pause = kFirst; !quiet(); pause = std::min(2 * pause, kLongest)) {
    const Nanos past = Clock::now() - began;
    if (past >= limit) return false;
    const Nanos left = limit - past;
    std::this_thread::sleep_for(std::min(pause, left));
  }
  return true;
}

std::uint32_t PeerPool::resize(std::uint32_t workers) {
  static_cast<void>(workers);
  return config_.max_workers;
}

std::uint64_t PeerPool::cancelled() const noexcept {
  std::uint64_t sum = 0;
  members_.for_each([&](const Member& member) { sum += member.record.cancelled.read(); });
  return sum;
}

/// How many were given back since the last call.
std::uint64_t PeerPool::newly_cancelled() noexcept {
  const std::uint64_t all = cancelled();
  std::uint64_t told = cancelled_told_.load(std::memory_order_relaxed);
  while (told < all && !cancelled_told_.compare_exchange_weak(told, all, std::memory_order_relaxed,
                                                              std::memory_order_relaxed)) {
  }
  return told < all ? all - told : 0;
}

PoolSnapshot PeerPool::snapshot(std::size_t scaling_from) const {
  static_cast<void>(scaling_from);  // the number of workers never changes
  PoolSnapshot out;
  out.at = Clock::now();
  out.target = config_.max_workers;
  out.queue_capacity = config_.queue_capacity;
  out.by_worker.resize(config_.max_workers);
  std::uint64_t ran_in_caller = 0;
  members_.for_each([&](const Member& member) {
    member.record.add_to(out.ledger);
    member.record.add_live(out.response, out.queue_wait);
    const std::uint32_t seat = member.seat.load(std::memory_order_relaxed);
    if (seat == kNoSeat) ran_in_caller += member.record.settled();
    if (seat >= out.by_worker.size()) return;
    WorkerSnapshot& worker = out.by_worker[seat];
    member.record.fill(worker);
    worker.state = member.record.running() != 0 ? WorkerState::Busy : WorkerState::Idle;
  });
  members_.for_each([&](const Member& member) {
    out.ledger.submitted += member.submitted.load(std::memory_order_relaxed);
  });
  // A foreign queue cannot be asked: what is nowhere else waits there. While tasks move, the
  // counters are read at slightly different instants.
  out.ledger.queued = out.ledger.submitted - std::min(out.ledger.submitted, out.ledger.accounted());
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
  members_.for_each([&](const Member& member) { member.record.add_series(out.by_series); });
  unserved_.add_to(out.by_series);
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
