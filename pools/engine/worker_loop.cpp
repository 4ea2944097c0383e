// What a worker does, for every strategy: take, run, and when there is nothing, sleep.
#include "pools/engine/sync_point.h"
#include "pools/engine/threaded_pool.h"
#include "pools/engine/worker_stack.h"
#include "pools/thread_name.h"

namespace pools {
namespace {
/// Before it sleeps a worker looks around for about as long as it takes a submitter to wake it: at
/// worst that doubles the price of running out of work. An idle pool does not come this way.
constexpr Nanos kSearchAtLeast = std::chrono::microseconds(2);
/// Where tasks are tiny, a worker that looked at once would catch each one singly, and each look
/// takes the line that the submitter writes next from its cache: both crawl. So the first look
/// comes after a microsecond, when several tasks may be there. Measured: one producer, one worker,
/// 7.5 M/s looking at once, 14 after 4 pauses, 16 after 16, 18.5 after 64.
constexpr unsigned kPausesBeforeFirstLook = 64;
constexpr unsigned kPausesBetweenLooks = 16;

constexpr const char* kThreadName = "pl-work";
}  // namespace

void ThreadedPool::work(WorkerId id) noexcept {
  name_this_thread(kThreadName, id);
  current_worker() = {this, id, {}, nesting_limit()};
  Slot& slot = slots_[id];
  std::array<Task*, kMostTaken> taken;
  TakeBudget budget;
  budget.start(Clock::now());
  notify(dispatch_->worker_joined(id));
  if (!shares_taken_) spread_claimable(id);
  while (!must_leave(slot) || !commit_to_leave(slot)) {
    const std::size_t most = std::min(dispatch_->take_size(budget.tasks()), kMostTaken);
    const std::size_t n = take(id, std::span(taken).first(most));
    if (n == 0) {
      accounts_.worker(id).was_busy(budget.stop());
      idle(id);
      budget.start(Clock::now());
      continue;
    }
    lot_.found_work(id, [&] { return has_work(id) || dispatch_->ripens_at(); });
    // After taking: a task that was submitted after a pause is not begun.
    if (n == 1 && admission_.glance() < Phase::Paused) {
      run(slot, *taken[0], budget);
    } else {
      run(slot, std::span(taken).first(n), budget);
    }
  }
  leave(id);
  current_worker() = {};
}

inline std::size_t ThreadedPool::take(WorkerId id, std::span<Task*> out) noexcept {
  const Taken taken = dispatch_->take(id, out, now());
  if (taken.count == 0) {
    if (!shares_taken_) return 0;
    out[0] = claim_from_others(id);
    return out[0] == nullptr ? 0 : 1;
  }
  sync_point(SyncPoint::TookTasks);
  admission_.leave(taken.count);
  if (taken.moved_others) lot_.notify_any();
  return taken.count;
}

Task* ThreadedPool::claim_from_others(WorkerId id) noexcept {
  Task* task = nullptr;
  claimable_.any_of([&](WorkerId other) {
    if (other == id || (task = slots_[other].taken.claim()) == nullptr) return false;
    counters_[id].claims.add();
    slots_[id].claims_made[other].add();
    return true;
  });
  return task;
}

Task* ThreadedPool::claim_any() noexcept {
  Task* task = nullptr;
  claimable_.any_of([&](WorkerId id) { return (task = slots_[id].taken.claim()) != nullptr; });
  return task;
}

void ThreadedPool::spread_claimable(WorkerId id) noexcept {
  while (Task* const task = claim_any()) {
    admission_.reenter();
    notify(dispatch_->place(*task, kOutside, slots_[id].submitter));
  }
}

bool ThreadedPool::has_work(WorkerId id) const noexcept {
  return dispatch_->has_work(id, now()) ||
         (shares_taken_ &&
          claimable_.any_of([this](WorkerId other) { return slots_[other].taken.size() != 0; }));
}

bool ThreadedPool::must_leave(const Slot& slot) const noexcept {
  // seq_cst: a sleeper's last look; whoever raises the phase does that first and notifies then.
  return slot.life.asked_to_leave() || admission_.phase() >= Phase::Paused;
}

bool ThreadedPool::commit_to_leave(Slot& slot) noexcept {
  if (slot.stands_by.load(std::memory_order_relaxed) && slot.life.asked_to_leave()) stand_by(slot);
  if (slot.life.commit_to_leave()) return true;
  hold(slot);
  return admission_.phase() >= Phase::Cancelling;
}

/// While the pool is paused. Then the worker searches: tasks have come for which nobody was woken.
void ThreadedPool::hold(Slot& slot) noexcept {
  if (admission_.phase() != Phase::Paused) return;
  const WorkerId id = current_worker().id;
  lot_.end_search(id);
  accounts_.tell();
  slot.asleep.store(true, std::memory_order_relaxed);
  const Instant began = Clock::now();
  admission_.hold();
  slot.asleep.store(false, std::memory_order_relaxed);
  accounts_.worker(id).parked_ns.add(static_cast<std::uint64_t>((Clock::now() - began).count()));
  lot_.start_search(id);
}

inline void ThreadedPool::serve(Slot& slot, WorkerRecord& record, Task& task,
                                Instant& now) noexcept {
  if (!task.plain()) [[unlikely]]
    return serve_attended(slot, record, task, now);
  record.run(task, now);
  slab_.release(slot.cache, &task);
}

void ThreadedPool::serve_attended(Slot& slot, WorkerRecord& record, Task& task,
                                  Instant& now) noexcept {
  if (!task.attended) {
    accounts_.run(record, task, now);
  } else if (task.extended && !accounts_.may_begin(record, task)) {
    // Cancelled: settled and ended.
  } else if (attendance_->run(record, task, current_worker().id, now) ==
             Attendance::Run::BacksOff) {
    return;
  }
  slab_.release(slot.cache, &task);
}

void ThreadedPool::serve_own(Task& task, Instant& now) noexcept {
  serve(own_slot(), own_record(), task, now);
}

inline void ThreadedPool::run(Slot& slot, Task& task, TakeBudget& budget) noexcept {
  const bool timed = config_.metrics == MetricsLevel::Full;
  const Instant began = timed ? Clock::now() : Instant{};
  Instant now = began;
  WorkerRecord& record = own_record();
  serve(slot, record, task, now);
  if (timed) budget.saw(now - began);
  record.was_busy(timed ? now - began : budget.ran(1));
}

void ThreadedPool::run(Slot& slot, std::span<Task*> tasks, TakeBudget& budget) noexcept {
  // Tasks were written by another core: let their lines travel while the first one runs.
  for (Task* task : tasks) __builtin_prefetch(task, 1);
  if (!slot.offers_claims) {
    slot.offers_claims = true;
    claimable_.insert(current_worker().id);
  }
  Task* task = tasks[0];
  bool held = admission_.glance() >= Phase::Paused;
  slot.taken.fill(tasks.subspan(held ? 0 : 1));
  if (shares_taken_) lot_.notify_any();
  while (true) {
    if (held) [[unlikely]] {
      hold(slot);
      const WorkerId id = current_worker().id;
      lot_.found_work(id, [&] { return has_work(id) || dispatch_->ripens_at(); });
      task = slot.taken.claim();
      if (task == nullptr) return;
      if (admission_.glance() >= Phase::Cancelling) return cancel_taken(slot, task);
    }
    if (run_taken(slot, task, budget)) return;
    held = true;
  }
}

void ThreadedPool::cancel_taken(Slot& slot, Task* task) noexcept {
  OwnedCounter& cancelled = own_record().cancelled;
  for (; task != nullptr; task = slot.taken.claim()) {
    accounts_.cancel(cancelled, *task);
    slab_.release(slot.cache, task);
  }
}

/// This one and those taken with it that nobody claims. False: there may be more, but the pool is
/// paused or cancelled.
bool ThreadedPool::run_taken(Slot& slot, Task* task, TakeBudget& budget) noexcept {
  const bool timed = config_.metrics == MetricsLevel::Full;
  const Instant began = timed ? Clock::now() : Instant{};
  Instant now = began;
  WorkerRecord& record = own_record();
  std::size_t ran = 0;
  do {
    const Instant start = now;
    serve(slot, record, *task, now);
    ++ran;
    if (timed) budget.saw(now - start);
  } while (admission_.glance() < Phase::Paused && (task = slot.taken.claim()) != nullptr);
  record.was_busy(timed ? now - began : budget.ran(ran));
  return task == nullptr;
}

bool ThreadedPool::help_one() {
  if (!inside()) return false;
  const WorkerContext& worker = current_worker();
  Slot& slot = own_slot();
  if (stack_is_spent(worker)) [[unlikely]] {
    if (slot.taken.size() == 0 && !has_work(worker.id)) return false;
    bool helped = false;
    return on_more_stack([&] { helped = help_one(); }) && helped;
  }
  Task* task = slot.taken.claim();
  if (task == nullptr && take(worker.id, std::span(&task, 1)) == 0) return false;
  Instant now{};
  ++current_worker().depth.helping;
  serve(slot, own_record(), *task, now);
  --current_worker().depth.helping;
  return true;
}

bool ThreadedPool::on_more_stack(const std::function<void()>& body) noexcept {
  try {
    // The two never run at the same time, so what is this worker's alone stays so.
    const auto stand_in = [&body, here = current_worker()] {
      name_this_thread(kThreadName, here.id);
      current_worker() = here;
      current_worker().stack_limit = nesting_limit();
      body();
      current_worker() = {};
    };
    config_.thread_factory([&stand_in] { stand_in(); }).join();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool ThreadedPool::search(WorkerId id) noexcept {
  lot_.start_search(id);
  const Instant until = Clock::now() + std::max(config_.spin, kSearchAtLeast);
  unsigned pauses = kPausesBeforeFirstLook;
  do {
    for (unsigned i = 0; i < pauses; ++i) RealSync::relax();
    if (has_work(id) || must_leave(slots_[id])) return true;
    pauses = kPausesBetweenLooks;
  } while (Clock::now() < until);
  return false;
}

void ThreadedPool::idle(WorkerId id) noexcept {
  Slot& slot = slots_[id];
  if (slot.offers_claims) {
    slot.offers_claims = false;
    claimable_.erase(id);
  }
  dispatch_->activity_changed(id, Activity::Searching);
  if (!search(id)) sleep(id);
  dispatch_->activity_changed(id, Activity::Working);
}

void ThreadedPool::sleep(WorkerId id) noexcept {
  Slot& slot = slots_[id];
  dispatch_->activity_changed(id, Activity::Parked);
  slot.asleep.store(true, std::memory_order_relaxed);
  const Instant fell_asleep = Clock::now();
  const Rest rest = lot_.rest(
      id,
      [this] {
        accounts_.tell();
        sync_point(SyncPoint::AnnouncedSleep);
      },
      [&] { return must_leave(slot) || has_work(id); }, [this] { return dispatch_->ripens_at(); });
  slot.asleep.store(false, std::memory_order_relaxed);
  // Also if it did not sleep after all: the supervisor may have seen it announced and dozed off.
  if (supervisor_) supervisor_->poke();
  if (rest == Rest::Retracted) return;
  accounts_.worker(id).parked_ns.add(
      static_cast<std::uint64_t>((Clock::now() - fell_asleep).count()));
  if (rest == Rest::Notified) accounts_.worker(id).wakes.add();
}

/// From here on nothing waits for this worker, and it looks for nothing.
void ThreadedPool::resign(Slot& slot, WorkerId id) noexcept {
  slab_.flush(slot.cache);
  if (std::exchange(slot.offers_claims, false)) claimable_.erase(id);
  notify(dispatch_->worker_left(id));
  lot_.leave(id, [&] { return has_work(id); });
  alive_.fetch_sub(1, std::memory_order_seq_cst);
  accounts_.tell();
}

void ThreadedPool::leave(WorkerId id) noexcept {
  Slot& slot = slots_[id];
  resign(slot, id);
  slot.life.end();
}

}  // namespace pools
