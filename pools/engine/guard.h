// What a pool asks of its tasks beside room for them: the admission policies at its door, and
// before a task begins whether its deadline has passed or it has waited too long. Ours and the
// peers'. A pool that is configured with none of it has no guard, and pays nothing.
//
// Any thread may call anything.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pools/engine/admission_door.h"
#include "pools/engine/sync.h"
#include "pools/metrics/event_log.h"
#include "pools/pool.h"
#include "pools/pool_config.h"
#include "pools/task.h"

namespace pools {

class Guard {
 public:
  /// nullptr where the configuration, which is resolved, asks for nothing.
  static std::unique_ptr<Guard> make(const PoolConfig& config);
  /// Whether it has policies that are to be asked for submits, which need a Task::accepted for it.
  static bool asks(const PoolConfig& config);

  /// A submit from outside at `now`: Accepted, or the reason of the policy that refuses it. Marks
  /// the task as admitted; it is then to be told to ended(), whatever becomes of it.
  SubmitStatus admit(Task& task, Instant now) noexcept;

  /// A worker is about to begin it: Completed if it may, else why it is given up.
  Outcome before(const Task& task, Instant now) noexcept;

  /// An admitted task's end, before it counts as settled. `start` is `now` where it never began.
  void ended(const Task& task, Outcome outcome, Instant start, Instant now) noexcept;

  void fill(PoolSnapshot& out) const { events_.fill(out); }

 private:
  explicit Guard(const PoolConfig& config);
  std::uint16_t class_of(const Task& task) const noexcept {
    return static_cast<std::uint16_t>(task.series < series_ ? task.series % classes_ : 0);
  }

  const std::uint16_t series_;
  const std::uint16_t classes_;
  const bool drop_expired_;
  std::vector<SubmitStatus> refusals_;  // by policy at the door
  AdmissionDoor door_;
  RealSync::Lock shedding_;
  std::unique_ptr<AdmissionPolicy> shedder_;  // guarded by shedding_
  EventLog events_;
};

}  // namespace pools
