// What a pool does for a task besides running it, where its configuration says so: another attempt
// when it has failed, a time limit, and somebody who notices that it does not come back. Tasks of
// classes with none of this never come here, and a pool without any has no Attendance.
//
// Exactly one of two ends a run that has a time limit: the worker whose task returns, or the timer.
// The worker cancels the timer and so knows which (timers.h). If the timer has won the task is
// settled, the worker has overrun, and what the callable still does counts for nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "pools/dispatch/quick_random.h"
#include "pools/engine/accounts.h"
#include "pools/policies/retry/retry.h"
#include "pools/pool_config.h"
#include "pools/retry/back_offs.h"
#include "pools/this_worker.h"
#include "pools/timers/timer_thread.h"

namespace pools {

class Attendance {
 public:
  /// What the engine does for it; called on the timers' thread, and must not throw.
  struct Engine {
    const void* pool = nullptr;         ///< whose tasks these are, for TaskFrame
    std::function<void(Task&)> resume;  ///< queue the task again
    /// The worker's task has not come back; false: that was known.
    std::function<bool(WorkerId, const ClassRules&)> lost;
    /// It has, after so long; on the worker itself, which still runs.
    std::function<void(WorkerId, const ClassRules&, Nanos)> returned;
  };

  /// Requires: `config` is resolved. Nullptr where nothing is wanted(). Starts a thread; throws
  /// std::system_error if it cannot.
  static std::unique_ptr<Attendance> make(const PoolConfig& config, Accounts& accounts,
                                          Engine engine);
  static bool wanted(const PoolConfig& config) noexcept;
  ~Attendance();
  Attendance(const Attendance&) = delete;
  Attendance& operator=(const Attendance&) = delete;

  /// Whether tasks of that series are to be attended. Any thread.
  bool attends(std::uint16_t series) const noexcept { return care_of(series).any; }

  /// Before such a task is queued for the first time: what was known of one that had its memory and
  /// was given up is no longer so. Any thread.
  void begin(const Task& task) noexcept { static_cast<void>(take_failures(task)); }

  enum class Run : std::uint8_t {
    Settled,   ///< its memory is free
    TimedOut,  ///< likewise; the timer has settled it
    BacksOff,  ///< it is not the caller's any more
  };
  /// Runs an attended task on the calling thread, whose record this is; `worker` is kOutside where
  /// that is none. `now` as for WorkerRecord::run(). In the last two cases what it counted may be
  /// all that others wait for: tell them.
  Run run(WorkerRecord& record, Task& task, WorkerId worker, Instant& now) noexcept;

  /// No task backs off from now on. Any thread.
  void close_back_offs() noexcept { back_offs_.close(); }
  /// Those that do back off go to `visit`. Any thread, also while others do the same.
  template <typename Visit>
  void end_back_offs(Visit&& visit) noexcept {
    back_offs_.take_all(visit);
  }
  /// Joins the timers' thread. Requires: nothing backs off. Not under a lock that `engine` takes.
  void stop() noexcept { thread_.stop(); }

  // Figures; any thread.
  std::uint64_t backing_off() const noexcept { return back_offs_.size(); }
  /// Tasks that are settled as timed out and still run. seq_cst: a shutdown waits for none.
  std::uint64_t overrun() const noexcept { return overrun_.load(std::memory_order_seq_cst); }
  bool overrun(WorkerId worker) const noexcept {
    return workers_[worker].overrun.load(std::memory_order_relaxed) != 0;
  }
  void figures(std::vector<StrategyFigure>& out) const;

 private:
  class Running;

  /// The rules of one class, ready to be used.
  struct Care {
    ClassRules rules;
    std::shared_ptr<RetryPolicy> retry;  // shared by the classes that have no policy of their own
    std::size_t purse = 0;               // index of that policy
    bool any = false;
  };
  struct alignas(64) Count {
    OwnedCounter n;
  };
  struct alignas(64) Attended {
    Running* innermost = nullptr;           // the worker's own
    std::atomic<std::uint32_t> overrun{0};  // tasks of it, inside each other
  };

  Attendance(const PoolConfig& config, Accounts& accounts, Engine engine);
  const Care& care_of(std::uint16_t series) const noexcept { return care_[series % care_.size()]; }
  Count& begun(WorkerId worker, std::size_t purse) noexcept {
    return begun_[std::size_t{worker} * purses_ + purse];
  }
  std::uint64_t begun(std::size_t purse) const noexcept;
  void count_begun(WorkerId worker, const Care& care) noexcept;
  /// How many attempts of it have failed; what is known of it goes, for this one may be its last.
  std::uint32_t take_failures(const Task& task) noexcept;
  /// Whether the task that has just failed backs off; then it may be somebody else's already.
  bool back_off(Task& task, const Care& care, std::uint32_t failures) noexcept;

  Accounts& accounts_;
  const Engine engine_;
  const Nanos stuck_after_;
  const std::uint32_t slots_;
  std::vector<Care> care_;  // by class, at least one
  std::size_t purses_ = 0;
  std::unique_ptr<Count[]> begun_;                               // [worker][purse]
  std::unique_ptr<std::atomic<std::uint64_t>[]> begun_outside_;  // [purse]
  std::unique_ptr<Attended[]> workers_;

  std::mutex deciding_;
  // Guarded by deciding_, as are the policies:
  QuickRandom random_;
  /// Of the tasks that back off, or are queued after that. While there are none nobody pays for it.
  std::unordered_map<const Task*, std::uint32_t> failures_;
  std::atomic<std::size_t> failing_{0};  // how many those are, for those that ask without the lock

  std::atomic<std::uint64_t> overrun_{0};
  std::atomic<std::uint64_t> budget_spent_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<std::uint64_t> overran_ns_{0};

  TimerThread thread_;
  BasicBackOffs<RealSync, Task> back_offs_;
};

}  // namespace pools
