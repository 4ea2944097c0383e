// An unbounded FIFO under one lock: the plain queue that everything else must beat. Tasks are
// linked through themselves, so it allocates nothing. Any thread may call anything.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <utility>

#include "pools/engine/sync.h"
#include "pools/queues/task_list.h"

namespace pools {

template <typename Sync>
class BasicLockedFifo {
 public:
  void push(Task& task) noexcept {
    const std::lock_guard guard(lock_);
    list_.push_back(task);
    publish_size();
  }

  /// Pushes unless `limit` tasks wait already or the queue was closed.
  bool push_within(Task& task, std::size_t limit) noexcept {
    const std::lock_guard guard(lock_);
    if (closed_ || list_.size() >= limit) return false;
    list_.push_back(task);
    publish_size();
    return true;
  }

  /// Up to out.size() tasks, but at most the share of one of `among`, rounded up.
  std::size_t pop(std::span<Task*> out, std::size_t among = 1) noexcept {
    return pop_if(out, among, [] { return true; });
  }

  /// Like pop(), but takes nothing unless `allowed()` says so under the lock. It then sees all that
  /// the submitters of what waits here did before.
  template <typename Allowed>
  std::size_t pop_if(std::span<Task*> out, std::size_t among, Allowed&& allowed) noexcept {
    if (empty()) return 0;
    const std::lock_guard guard(lock_);
    if (!allowed()) return 0;
    const std::size_t share = among <= 1 ? out.size() : (list_.size() + among - 1) / among;
    const std::size_t n = list_.pop_front(out.first(share < out.size() ? share : out.size()));
    publish_size();
    return n;
  }

  /// When the first was accepted; Instant::max() when empty.
  Instant oldest() noexcept {
    if (empty()) return Instant::max();
    const std::lock_guard guard(lock_);
    return list_.empty() ? Instant::max() : list_.front()->accepted;
  }

  /// Appends `tasks`, which is empty afterwards.
  void splice(TaskList& tasks) noexcept {
    const std::lock_guard guard(lock_);
    list_.splice_back(tasks);
    publish_size();
  }

  /// Hands over all that waits.
  TaskList take_all() noexcept {
    if (empty()) return {};
    const std::lock_guard guard(lock_);
    return take_all_locked();
  }
  /// Refuses push_within() from now on and hands over what waits.
  TaskList close() noexcept {
    const std::lock_guard guard(lock_);
    closed_ = true;
    return take_all_locked();
  }
  void reopen() noexcept {
    const std::lock_guard guard(lock_);
    closed_ = false;
  }

  std::size_t size() const noexcept { return size_.load(std::memory_order_seq_cst); }
  bool empty() const noexcept { return size() == 0; }

 private:
  /// Requires lock_ held.
  TaskList take_all_locked() noexcept {
    const TaskList all = std::exchange(list_, TaskList{});
    publish_size();
    return all;
  }

  /// seq_cst: this is the publication that engine/parking_lot.h relies on; the lock alone would not
  /// order it before the submitter's look at the sleepers.
  void publish_size() noexcept { size_.store(list_.size(), std::memory_order_seq_cst); }

  typename Sync::Lock lock_;
  TaskList list_;        // guarded by lock_
  bool closed_ = false;  // guarded by lock_
  typename Sync::template Atomic<std::size_t> size_{0};
};

using LockedFifo = BasicLockedFifo<RealSync>;

}  // namespace pools
