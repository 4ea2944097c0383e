#include "pools/task_group.h"

#include <algorithm>
#include <cassert>

#include "pools/engine/sync_point.h"

namespace pools {

void TaskGroup::help_until_finished() noexcept {
  assert(owned_here() && "a group is waited for by the thread that made it");
  // How long to sleep before looking for something to help with again; doubled while all that is
  // left runs elsewhere. Guessed: from a wake-up's cost to what nobody notices.
  constexpr Nanos kShortest = std::chrono::microseconds(20);
  constexpr Nanos kLongest = std::chrono::milliseconds(2);
  Nanos nap = kShortest;
  do {
    if (pool_.help_one()) {
      nap = kShortest;
    } else {
      count_.sleep(nap);
      nap = std::min(2 * nap, kLongest);
    }
  } while (!count_.none());
}

void TaskGroup::keep(std::exception_ptr thrown) noexcept {
  sync_point(SyncPoint::KeepsException);
  const std::lock_guard lock(mutex_);
  if (!thrown_) thrown_ = std::move(thrown);
  // relaxed: the task's end, which comes after, publishes it to wait().
  threw_.store(true, std::memory_order_relaxed);
}

void TaskGroup::rethrow() {
  std::exception_ptr thrown;
  {
    const std::lock_guard lock(mutex_);
    thrown = std::exchange(thrown_, nullptr);
    threw_.store(false, std::memory_order_relaxed);
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace pools
