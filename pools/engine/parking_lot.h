// Where workers sleep when there is nothing to do, and how they are woken: at most one per task,
// and none when somebody is already looking. A wake-up costs as much as hundreds of queue
// operations.
//
// The protocol (after tokio's idle set and Eigen's event count). One word holds two counts:
// searchers (awake and looking for work) and sleepers (announced to be asleep). Who was woken is
// neither until it runs, which takes microseconds: a task that arrives meanwhile wakes another one.
//   submit: store the task; notify_any() wakes a sleeper only if nobody searches.
//   worker: take() found nothing -> announce(): leave the searchers, join the sleepers;
//           look once more (Dispatch::has_work); then sleep, or retract. rest() is all of that.
// No wake-up is lost: the submitter publishes its task and then reads the word, the worker writes
// the word and then reads the queues, all four seq_cst, so at least one sees the other. A submitter
// that relied on a searcher relies on that searcher's own look after its announcement. The last
// searcher that finds work calls notify_any() if more is left, so wake-ups cascade.
//
// Sleepers are a stack: the most recently parked, warmest worker wakes first, and the longest
// parked stays at the bottom for the sizing policy to retire. It is linked through the workers'
// cells, so every step takes the same few instructions for two workers as for a thousand.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "pools/clock.h"
#include "pools/dispatch/dispatch.h"
#include "pools/engine/sync.h"

namespace pools {

/// How a worker's rest() ended: it saw work before it slept, was woken, or its time was up.
enum class Rest : std::uint8_t { Retracted, Notified, TimedOut };

template <typename Sync>
class BasicParkingLot {
 public:
  explicit BasicParkingLot(std::uint32_t max_workers)
      : cells_(std::make_unique<Cell[]>(max_workers)) {}

  /// Wakes one sleeper to search, unless somebody searches already. Any thread; call after the
  /// task was published by a seq_cst operation.
  void notify_any() noexcept {
    // seq_cst: pairs with announce(), see above.
    const std::uint64_t word = word_.load(std::memory_order_seq_cst);
    if (sleepers_in(word) != 0 && searchers_in(word) == 0) wake_top();
  }

  /// Wakes worker `id` if it sleeps; false if it does not, or has been woken already. Any thread,
  /// after publishing.
  bool notify(WorkerId id) noexcept;
  /// Wakes each worker that sleeps now, once. Who falls asleep later has seen, in its last look,
  /// what was published before this call; were it woken too, callers and workers could keep each
  /// other going for ever. Any thread, after publishing.
  void notify_all() noexcept;

  /// The worker starts / stops searching. It must not search when it parks.
  void start_search(WorkerId id) noexcept;
  /// True if it was the last searcher.
  bool end_search(WorkerId id) noexcept;
  bool searching(WorkerId id) const noexcept { return cells_[id].searching; }

  /// The worker has found something and stops searching. If it was the last searcher, submitters
  /// that relied on it have woken nobody: it passes the search on if there is more.
  template <typename More>
  void found_work(WorkerId id, More&& more) noexcept {
    if (searching(id) && end_search(id) && more()) notify_any();
  }

  /// The worker found nothing: sleeps until it is notified or what it waits for ripens. Either way
  /// it goes on as a searcher.
  /// `announced()` is called once the worker counts as a sleeper; `wanted()` is its last look and
  /// reads with seq_cst what submitters publish; `ripens_at()` says when something can be taken
  /// that cannot yet: one sleeper keeps the time for all.
  template <typename Announced, typename Wanted, typename RipensAt>
  Rest rest(WorkerId id, Announced&& announced, Wanted&& wanted, RipensAt&& ripens_at) noexcept;

  /// The worker leaves the pool. A wake-up may have been meant for work that it now leaves to
  /// others: then, or if there is more(), it passes the search on.
  template <typename More>
  void leave(WorkerId id, More&& more) noexcept {
    const bool was_searching = searching(id);
    end_search(id);
    if (was_searching || more()) notify_any();
  }

  /// The steps of rest(). Joins the sleepers; the worker must look for work once more and then
  /// sleep() or retract().
  void announce(WorkerId id) noexcept;
  /// Leaves the sleepers without having slept; the worker goes on as a searcher.
  void retract(WorkerId id) noexcept;
  /// Sleeps until notified or `limit` has passed (negative: for ever). True if notified; either way
  /// the worker goes on as a searcher.
  bool sleep(WorkerId id, Nanos limit) noexcept;

  /// seq_cst: one of the pair in supervisor.h, its only strict user.
  std::uint32_t sleepers() const noexcept {
    return sleepers_in(word_.load(std::memory_order_seq_cst));
  }
  /// How many wake-ups were sent; any thread.
  std::uint64_t wakes_sent() const noexcept { return wakes_sent_.load(std::memory_order_relaxed); }
  /// When the longest sleeper fell asleep and who it is; kNobody when all are awake.
  struct Longest {
    WorkerId id = kNobody;
    Instant since{};
  };
  Longest longest_sleeper() const;

 private:
  template <typename T>
  using Atomic = typename Sync::template Atomic<T>;

  static constexpr std::uint64_t kSearcher = std::uint64_t{1} << 32U;
  static constexpr std::uint64_t kSleeper = 1;
  static std::uint64_t searchers_in(std::uint64_t word) noexcept { return word >> 32U; }
  static std::uint32_t sleepers_in(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word);
  }

  static constexpr std::uint32_t kAwake = 0;
  static constexpr std::uint32_t kAsleep = 1;
  struct alignas(64) Cell {
    Atomic<std::uint32_t> state{kAwake};  // changed under mutex_; kAsleep: in the list of sleepers
    bool searching = false;               // the worker's own
    // Guarded by mutex_:
    WorkerId older = kNobody;
    WorkerId newer = kNobody;
    std::uint64_t nap = 0;  // the how-manieth of all announcements this one was
    Instant since{};
  };

  void wake_top() noexcept;
  /// Takes `id` out of the sleepers. Requires mutex_ held; false if absent.
  bool remove_locked(WorkerId id) noexcept;
  void send(WorkerId id) noexcept;

  alignas(64) Atomic<std::uint64_t> word_{0};
  alignas(64) mutable typename Sync::Mutex mutex_;
  // Guarded by mutex_: the list of sleepers, ordered by when they announced themselves.
  WorkerId oldest_ = kNobody;
  WorkerId newest_ = kNobody;
  std::uint64_t naps_ = 0;
  Atomic<bool> timekeeper_{false};  // a worker sleeps until the next batch ripens
  Atomic<std::uint64_t> wakes_sent_{0};
  std::unique_ptr<Cell[]> cells_;
};

template <typename Sync>
void BasicParkingLot<Sync>::start_search(WorkerId id) noexcept {
  if (cells_[id].searching) return;
  cells_[id].searching = true;
  word_.fetch_add(kSearcher, std::memory_order_seq_cst);
}

template <typename Sync>
bool BasicParkingLot<Sync>::end_search(WorkerId id) noexcept {
  if (!cells_[id].searching) return false;
  cells_[id].searching = false;
  return searchers_in(word_.fetch_sub(kSearcher, std::memory_order_seq_cst)) == 1;
}

template <typename Sync>
template <typename Announced, typename Wanted, typename RipensAt>
Rest BasicParkingLot<Sync>::rest(WorkerId id, Announced&& announced, Wanted&& wanted,
                                 RipensAt&& ripens_at) noexcept {
  announce(id);
  announced();
  if (wanted()) {
    retract(id);
    return Rest::Retracted;
  }
  Nanos limit{-1};
  bool keeps_time = false;
  if (const std::optional<Instant> ripe = ripens_at()) {
    // relaxed, as is the store below: who gives the time up passes through word_ before it relies
    // on anybody else, and we came through it in announce().
    keeps_time = !timekeeper_.exchange(true, std::memory_order_relaxed);
    if (keeps_time) limit = std::max(*ripe - Sync::now(), Nanos{0});
  }
  const bool notified = sleep(id, limit);
  if (keeps_time) timekeeper_.store(false, std::memory_order_relaxed);
  return notified ? Rest::Notified : Rest::TimedOut;
}

template <typename Sync>
void BasicParkingLot<Sync>::announce(WorkerId id) noexcept {
  Cell& cell = cells_[id];
  const std::lock_guard lock(mutex_);
  cell.since = Sync::now();
  cell.state.store(kAsleep, std::memory_order_relaxed);
  cell.nap = naps_++;
  cell.older = newest_;
  cell.newer = kNobody;
  (newest_ == kNobody ? oldest_ : cells_[newest_].newer) = id;
  newest_ = id;
  const std::uint64_t leave = cell.searching ? kSearcher : 0;
  cell.searching = false;
  // seq_cst: the announcement; the worker reads the queues after it. See the header.
  word_.fetch_add(kSleeper - leave, std::memory_order_seq_cst);
}

template <typename Sync>
void BasicParkingLot<Sync>::retract(WorkerId id) noexcept {
  {
    const std::lock_guard lock(mutex_);
    remove_locked(id);  // or a notifier was faster
  }
  start_search(id);
}

template <typename Sync>
bool BasicParkingLot<Sync>::sleep(WorkerId id, Nanos limit) noexcept {
  Cell& cell = cells_[id];
  const Instant until = limit.count() < 0 ? Instant::max() : Sync::now() + limit;
  while (cell.state.load(std::memory_order_acquire) == kAsleep) {
    const Nanos left = limit.count() < 0 ? limit : until - Sync::now();
    if (limit.count() >= 0 && left.count() <= 0) {
      retract(id);
      return false;
    }
    Sync::futex_wait(cell.state, kAsleep, left);
  }
  start_search(id);
  return true;
}

template <typename Sync>
bool BasicParkingLot<Sync>::notify(WorkerId id) noexcept {
  // seq_cst: pairs with announce(): either it is seen asleep here or it sees the task.
  if (sleepers_in(word_.load(std::memory_order_seq_cst)) == 0) return false;
  {
    const std::lock_guard lock(mutex_);
    if (!remove_locked(id)) return false;
  }
  send(id);
  return true;
}

template <typename Sync>
void BasicParkingLot<Sync>::notify_all() noexcept {
  std::optional<std::uint64_t> later;  // naps from this one on are none of ours
  while (true) {
    WorkerId id = kNobody;
    {
      const std::lock_guard lock(mutex_);
      if (!later) later = naps_;
      id = oldest_;
      if (id == kNobody || cells_[id].nap >= *later) return;
      remove_locked(id);
    }
    send(id);
  }
}

template <typename Sync>
void BasicParkingLot<Sync>::wake_top() noexcept {
  WorkerId id = kNobody;
  {
    const std::lock_guard lock(mutex_);
    if (newest_ == kNobody || searchers_in(word_.load(std::memory_order_relaxed)) != 0) return;
    id = newest_;
    remove_locked(id);
  }
  send(id);
}

template <typename Sync>
bool BasicParkingLot<Sync>::remove_locked(WorkerId id) noexcept {
  Cell& cell = cells_[id];
  // relaxed: changed under the mutex only.
  if (cell.state.load(std::memory_order_relaxed) != kAsleep) return false;
  (cell.older == kNobody ? oldest_ : cells_[cell.older].newer) = cell.newer;
  (cell.newer == kNobody ? newest_ : cells_[cell.newer].older) = cell.older;
  // seq_cst like all that changes the word, though this step only counts: before the worker can
  // sleep again it announces itself again.
  word_.fetch_sub(kSleeper, std::memory_order_seq_cst);
  // release: pairs with the acquire in sleep(): the woken worker sees what it was woken for (if it
  // did not, it would look in vain once and find it in its next last look). Under the mutex, so
  // that a notifier that is delayed can never mark a worker that has meanwhile gone to sleep again.
  cell.state.store(kAwake, std::memory_order_release);
  return true;
}

template <typename Sync>
void BasicParkingLot<Sync>::send(WorkerId id) noexcept {
  wakes_sent_.fetch_add(1, std::memory_order_relaxed);
  Sync::futex_wake(cells_[id].state, 1);
}

template <typename Sync>
typename BasicParkingLot<Sync>::Longest BasicParkingLot<Sync>::longest_sleeper() const {
  const std::lock_guard lock(mutex_);
  if (oldest_ == kNobody) return {};
  return {oldest_, cells_[oldest_].since};
}

using ParkingLot = BasicParkingLot<RealSync>;
extern template class BasicParkingLot<RealSync>;

}  // namespace pools
