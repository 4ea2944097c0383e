// A pool's life up to its end (ending.cpp): starting, changing the number of workers.
#include <algorithm>
#include <system_error>

#include "pools/catalog.h"
#include "pools/engine/threaded_pool.h"

namespace pools {
namespace {

std::string of(const ClassRules& rules) {
  return rules.name.empty() ? std::string() : " of class " + rules.name;
}
std::string ms(Nanos time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) +
         " ms";
}

}  // namespace

std::unique_ptr<Pool> ThreadedPool::make(const PoolConfig& config) {
  // Not by a new-expression: it might give the memory of a pool that could not be made to the
  // operator delete that retires a whole one.
  void* const memory =
      ::operator new (sizeof(ThreadedPool), std::align_val_t{alignof(ThreadedPool)});
  try {
    return std::unique_ptr<Pool>(::new (memory) ThreadedPool(config));
  } catch (...) {
    ::operator delete (memory, std::align_val_t{alignof(ThreadedPool)});
    throw;
  }
}

ThreadedPool::ThreadedPool(const PoolConfig& config)
    : config_(config),
      capabilities_(find_dispatch(config.dispatch.name)->capabilities),
      slots_(std::make_unique<Slot[]>(config.slots())),
      counters_(std::make_unique<WorkerCounters[]>(config.slots())),
      dispatch_(find_dispatch(config.dispatch.name)
                    ->make(config.dispatch.settings,
                           DispatchContext{config.slots(), config.seed,
                                           std::span(counters_.get(), config.slots())})),
      needs_time_(dispatch_->needs_time()),
      ripens_(dispatch_->ripens()),
      shares_taken_(dispatch_->shares_taken()),
      ranking_(dispatch_->ranking()),
      admits_all_(!needs_time_ && ranking_ == nullptr && config.queue_capacity == 0 &&
                  !Attendance::wanted(config)),
      admission_(config.queue_capacity, config.on_full),
      accounts_(config.slots(), config.series),
      lot_(config.slots()),
      claimable_(config.slots()),
      attendance_(Attendance::make(
          config, accounts_,
          {.pool = this,
           .resume = [this](Task& task) { queue_again(task, resumer_); },
           .lost = [this](WorkerId id, const ClassRules& rules) { return worker_lost(id, rules); },
           .returned = [this](WorkerId id, const ClassRules& rules,
                              Nanos after) { worker_returned(id, rules, after); }})) {
  try {
    start();
  } catch (...) {
    admission_.raise(Phase::Stopped);
    stop_threads();
    throw;
  }
}

void ThreadedPool::start() {
  // Held until the first workers run: the supervisor must not size a half-built pool.
  const std::lock_guard lock(lifecycle_);
  std::unique_ptr<SizingPolicy> sizing =
      find_sizing(config_.sizing.name)->make(config_.sizing.settings);
  target_.store(config_.min_workers, std::memory_order_relaxed);
  if (sizing->dynamic() && config_.min_workers < config_.max_workers) {
    supervisor_ = std::make_unique<Supervisor>(
        std::move(sizing), [this] { return load_sample(); },
        [this](const SizingDecision& decision) {
          set_target(decision.target, config_.sizing.name, decision.reason);
        },
        config_.thread_factory);
  }
  const std::uint32_t started = grow(config_.min_workers);
  target_.store(started, std::memory_order_relaxed);
  if (started == config_.min_workers) return;
  if (started == 0) {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again),
                            "no worker thread could be started");
  }
  scaling_.add(
      {Clock::now(), config_.min_workers, started, "start", "the system refused more threads"});
}

std::uint32_t ThreadedPool::resize(std::uint32_t workers) {
  set_target(workers, "resize", "asked for " + std::to_string(workers));
  return target_.load(std::memory_order_relaxed);
}

void ThreadedPool::set_target(std::uint32_t wanted, const std::string& policy, std::string reason) {
  // Before the lock, which a fork may have left locked.
  if (admission_.phase() >= Phase::Cancelling) return;
  const std::lock_guard lock(lifecycle_);
  if (admission_.phase() >= Phase::Cancelling) return;
  const std::uint32_t to = std::clamp(wanted, std::uint32_t{1}, config_.max_workers);
  const std::uint32_t from = target_.load(std::memory_order_relaxed);
  std::uint32_t reached = to;
  if (to > from) {
    reached = std::min(to, grow(staff_for(to)));
    if (reached < to) reason += "; the system refused more threads";
  } else if (to < from) {
    const std::uint32_t staff = staff_for(to);
    const std::uint32_t live = live_workers();
    if (live > staff) shrink(live - staff, false);
  }
  if (reached == from) return;
  target_.store(reached, std::memory_order_relaxed);
  scaling_.add({Clock::now(), from, reached, policy, std::move(reason)});
}

/// Requires lifecycle_ held.
std::uint32_t ThreadedPool::live_workers() const noexcept {
  std::uint32_t live = 0;
  for (WorkerId id = 0; id < config_.slots(); ++id) {
    live += slots_[id].life.live() ? 1U : 0U;
  }
  return live;
}

/// Requires lifecycle_ held. Returns how many workers there are then.
std::uint32_t ThreadedPool::grow(std::uint32_t to) {
  std::uint32_t live = live_workers();
  // Who was asked to leave but has not gone yet is the cheapest new worker.
  bool called = false;
  for (WorkerId id = 0; id < config_.slots() && live < to; ++id) {
    if (slots_[id].lost.load(std::memory_order_relaxed) || !slots_[id].life.take_back()) continue;
    ++live;
    called = called || slots_[id].stands_by.load(std::memory_order_relaxed);
  }
  if (called) stand_by_.call();
  for (WorkerId id = 0; id < config_.slots() && live < to; ++id) {
    if (!slots_[id].life.absent()) continue;
    if (!start_worker(id)) break;
    ++live;
  }
  return live;
}

bool ThreadedPool::start_worker(WorkerId id) {
  Slot& slot = slots_[id];
  if (slot.thread.joinable()) slot.thread.join();  // its last worker, which is at its end
  alive_.fetch_add(1, std::memory_order_seq_cst);
  try {
    accounts_.worker(id).prepare(config_.series);
    if (slot.claims_made == nullptr) {
      slot.claims_made = std::make_unique<OwnedCounter[]>(config_.slots());
      slot.claims.store(slot.claims_made.get(), std::memory_order_release);
    }
    slot.lost.store(false, std::memory_order_relaxed);
    slot.life.begin();
    slot.thread = config_.thread_factory([this, id] { work(id); });
    return true;
  } catch (const std::exception&) {
    slot.life.never_began();
    alive_.fetch_sub(1, std::memory_order_seq_cst);
    return false;
  }
}

/// Requires lifecycle_ held. The longest idle workers go first, then those with the highest slots.
void ThreadedPool::shrink(std::uint32_t excess, bool stand_by) noexcept {
  const auto ask = [this, stand_by](WorkerId id) {
    if (!slots_[id].life.live()) return false;
    // Before it is asked, which publishes this.
    slots_[id].stands_by.store(stand_by, std::memory_order_relaxed);
    if (!slots_[id].life.ask_to_leave()) return false;
    lot_.notify(id);
    return true;
  };
  while (excess > 0) {
    const WorkerId longest = lot_.longest_sleeper().id;
    if (longest == kNobody || !ask(longest)) break;
    --excess;
  }
  for (WorkerId id = config_.slots(); id-- > 0 && excess > 0;) {
    if (ask(id)) --excess;
  }
}

/// On the timers' thread. The worker leaves as soon as its task has come back; until then it does
/// not count, and another one takes its place where there is a slot for it.
bool ThreadedPool::worker_lost(WorkerId id, const ClassRules& rules) noexcept {
  try {
    const std::lock_guard lock(lifecycle_);
    Slot& slot = slots_[id];
    if (slot.lost.load(std::memory_order_relaxed)) return false;
    slot.lost.store(true, std::memory_order_relaxed);
    static_cast<void>(slot.life.ask_to_leave());  // else it has been asked to already
    Submitter here;
    notify(dispatch_->worker_lost(id));
    if (!shares_taken_) {
      while (Task* const task = slot.taken.claim()) {
        admission_.reenter();
        notify(dispatch_->place(*task, kOutside, here));
      }
    }
    const std::uint32_t target = target_.load(std::memory_order_relaxed);
    const std::uint32_t staff = staff_for(target);
    const bool replaced = admission_.phase() < Phase::Cancelling && grow(staff) >= staff;
    // Without another in its place it is needed when it comes back.
    if (!replaced) static_cast<void>(slot.life.take_back());
    scaling_.add({Clock::now(), target, target, "lost_worker",
                  "worker " + std::to_string(id) + " has not come back from a task" + of(rules) +
                      " for " + ms(config_.stuck_after) +
                      (replaced ? "; another one takes its place"
                                : "; there is no spare for it, or no thread")});
  } catch (const std::bad_alloc&) {
    // It is replaced all the same; only nobody is told.
  }
  return true;
}

/// On the worker itself, before it goes on or leaves.
void ThreadedPool::worker_returned(WorkerId id, const ClassRules& rules, Nanos after) noexcept {
  Slot& slot = slots_[id];
  const bool stays = slot.life.live();
  if (stays) {
    slot.lost.store(false, std::memory_order_relaxed);
    notify(dispatch_->worker_found(id));
  }
  try {
    const std::uint32_t target = target_.load(std::memory_order_relaxed);
    scaling_.add({Clock::now(), target, target, "lost_worker",
                  "worker " + std::to_string(id) + " has come back from a task" + of(rules) +
                      " after " + ms(after) + (stays ? ", and stays" : ", and leaves")});
  } catch (const std::bad_alloc&) {  // as above
  }
}

Supervisor::Seen ThreadedPool::load_sample() const {
  Ledger ledger;
  fill_ledger(ledger);
  Supervisor::Seen seen{.load = {},
                        .arrived = ledger.submitted - ledger.rejected,
                        .started = ledger.settled() + ledger.running,
                        .paused = admission_.phase() == Phase::Paused};
  LoadSample& load = seen.load;
  load.at = Clock::now();
  load.workers = target_.load(std::memory_order_relaxed);
  load.min_workers = config_.min_workers;
  load.max_workers = config_.max_workers;
  load.idle_workers = lot_.sleepers();
  load.running = ledger.running;
  load.queued = ledger.queued;
  const ParkingLot::Longest longest = lot_.longest_sleeper();
  if (longest.id != kNobody) load.longest_idle = load.at - longest.since;
  return seen;
}

}  // namespace pools
