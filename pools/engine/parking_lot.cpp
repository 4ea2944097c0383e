#include "pools/engine/parking_lot.h"

#include <algorithm>

namespace pools {

void ParkingLot::start_search(WorkerId id) noexcept {
  if (cells_[id].searching) return;
  cells_[id].searching = true;
  word_.fetch_add(kSearcher, std::memory_order_seq_cst);
}

bool ParkingLot::end_search(WorkerId id) noexcept {
  if (!cells_[id].searching) return false;
  cells_[id].searching = false;
  return searchers_in(word_.fetch_sub(kSearcher, std::memory_order_seq_cst)) == 1;
}

void ParkingLot::announce(WorkerId id) noexcept {
  Cell& cell = cells_[id];
  const std::lock_guard lock(mutex_);
  cell.since = Clock::now();
  cell.state.store(kAsleep, std::memory_order_relaxed);
  sleepers_.push_back(id);
  const std::uint64_t leave = cell.searching ? kSearcher : 0;
  cell.searching = false;
  // seq_cst: the announcement; the worker reads the queues after it. See the header.
  word_.fetch_add(kSleeper - leave, std::memory_order_seq_cst);
}

void ParkingLot::retract(WorkerId id) noexcept {
  {
    const std::lock_guard lock(mutex_);
    remove_locked(id);  // or a notifier was faster: then it has made us a searcher
  }
  cells_[id].searching = true;
}

bool ParkingLot::sleep(WorkerId id, Nanos limit) noexcept {
  Cell& cell = cells_[id];
  const Instant until = limit.count() < 0 ? Instant::max() : Clock::now() + limit;
  while (cell.state.load(std::memory_order_acquire) == kAsleep) {
    const Nanos left = limit.count() < 0 ? limit : until - Clock::now();
    if (limit.count() >= 0 && left.count() <= 0) {
      retract(id);
      return false;
    }
    futex_wait(cell.state, kAsleep, left);
  }
  cell.searching = true;
  return true;
}

void ParkingLot::notify(WorkerId id) noexcept {
  // seq_cst: pairs with announce(): either it is seen asleep here or it sees the task.
  if (sleepers_in(word_.load(std::memory_order_seq_cst)) == 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (!remove_locked(id)) return;
  }
  send(id);
}

void ParkingLot::notify_all() noexcept {
  while (true) {
    WorkerId id = kNobody;
    {
      const std::lock_guard lock(mutex_);
      if (sleepers_.empty()) return;
      id = sleepers_.back();
      remove_locked(id);
    }
    send(id);
  }
}

void ParkingLot::wake_top() noexcept {
  WorkerId id = kNobody;
  {
    const std::lock_guard lock(mutex_);
    if (sleepers_.empty() || searchers_in(word_.load(std::memory_order_relaxed)) != 0) return;
    id = sleepers_.back();
    remove_locked(id);
  }
  send(id);
}

bool ParkingLot::remove_locked(WorkerId id) noexcept {
  const auto found = std::find(sleepers_.rbegin(), sleepers_.rend(), id);
  if (found == sleepers_.rend()) return false;
  sleepers_.erase(std::next(found).base());
  // The woken worker counts as a searcher from now on, so that further submits wake nobody else.
  word_.fetch_add(kSearcher - kSleeper, std::memory_order_seq_cst);
  // release: pairs with the acquire in sleep(). Under the mutex, so that a notifier that is delayed
  // can never mark a worker that has meanwhile gone to sleep again.
  cells_[id].state.store(kAwake, std::memory_order_release);
  return true;
}

void ParkingLot::send(WorkerId id) noexcept {
  wakes_sent_.fetch_add(1, std::memory_order_relaxed);
  futex_wake(cells_[id].state, 1);
}

ParkingLot::Longest ParkingLot::longest_sleeper() const {
  const std::lock_guard lock(mutex_);
  if (sleepers_.empty()) return {};
  return {sleepers_.front(), cells_[sleepers_.front()].since};
}

}  // namespace pools
