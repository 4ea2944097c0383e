// Where workers sleep when there is nothing to do, and how they are woken: at most one per task,
// and none when somebody is already looking. A wake-up costs as much as hundreds of queue
// operations.
//
// The protocol (after tokio's idle set and Eigen's event count). One word holds two counts:
// searchers (awake and looking for work, or woken to look) and sleepers (announced to be asleep).
//   submit: store the task; notify_any() wakes a sleeper only if nobody searches.
//   worker: take() found nothing -> announce(): leave the searchers, join the sleepers;
//           look once more (Dispatch::has_work); then sleep, or retract.
// No wake-up is lost: the submitter publishes its task and then reads the word, the worker writes
// the word and then reads the queues, all four seq_cst, so at least one sees the other. A submitter
// that relied on a searcher relies on that searcher's own look after its announcement. The last
// searcher that finds work calls notify_any() if more is left, so wake-ups cascade.
//
// Sleepers are a stack: the most recently parked, warmest worker wakes first, and the longest
// parked stays at the bottom for the sizing policy to retire.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "pools/clock.h"
#include "pools/dispatch/dispatch.h"
#include "pools/engine/futex.h"

namespace pools {

class ParkingLot {
 public:
  explicit ParkingLot(std::uint32_t max_workers) : cells_(std::make_unique<Cell[]>(max_workers)) {
    sleepers_.reserve(max_workers);
  }

  /// Wakes one sleeper to search, unless somebody searches already. Any thread; call after the
  /// task was published by a seq_cst operation.
  void notify_any() noexcept {
    // seq_cst: pairs with announce(), see above.
    const std::uint64_t word = word_.load(std::memory_order_seq_cst);
    if (sleepers_in(word) != 0 && searchers_in(word) == 0) wake_top();
  }

  /// Wakes worker `id` if it sleeps. Any thread, after publishing.
  void notify(WorkerId id) noexcept;
  void notify_all() noexcept;

  /// The worker starts / stops searching. It must not search when it parks.
  void start_search(WorkerId id) noexcept;
  /// True if it was the last searcher.
  bool end_search(WorkerId id) noexcept;
  bool searching(WorkerId id) const noexcept { return cells_[id].searching; }

  /// Joins the sleepers; the worker must look for work once more and then sleep() or retract().
  void announce(WorkerId id) noexcept;
  /// Leaves the sleepers without having slept; the worker goes on as a searcher.
  void retract(WorkerId id) noexcept;
  /// Sleeps until notified or `limit` has passed (negative: for ever). True if notified; either way
  /// the worker goes on as a searcher.
  bool sleep(WorkerId id, Nanos limit) noexcept;

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
  static constexpr std::uint64_t kSearcher = std::uint64_t{1} << 32U;
  static constexpr std::uint64_t kSleeper = 1;
  static std::uint64_t searchers_in(std::uint64_t word) noexcept { return word >> 32U; }
  static std::uint32_t sleepers_in(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word);
  }

  static constexpr std::uint32_t kAwake = 0;
  static constexpr std::uint32_t kAsleep = 1;
  struct alignas(64) Cell {
    std::atomic<std::uint32_t> state{kAwake};
    bool searching = false;  // the worker's own
    Instant since{};         // guarded by mutex_
  };

  void wake_top() noexcept;
  /// Takes `id` out of the sleepers and makes it a searcher. Requires mutex_ held; false if absent.
  bool remove_locked(WorkerId id) noexcept;
  void send(WorkerId id) noexcept;

  alignas(64) std::atomic<std::uint64_t> word_{0};
  alignas(64) mutable std::mutex mutex_;
  std::vector<WorkerId> sleepers_;  // guarded by mutex_; the last parked at the back
  std::atomic<std::uint64_t> wakes_sent_{0};
  std::unique_ptr<Cell[]> cells_;
};

}  // namespace pools
