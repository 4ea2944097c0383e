#include "pools/task_group.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <stop_token>

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

struct TaskGroup::Stopping {
  struct Cancel {
    TaskGroup& group;
    void operator()() const noexcept { group.cancel(); }
  };
  std::stop_source source;
  std::optional<std::stop_callback<Cancel>> outer{};
};

void TaskGroup::Drop::operator()(Stopping* one) const noexcept { delete one; }

TaskGroup::Stopping& TaskGroup::stopping() {
  if (stopping_ == nullptr) {
    stopping_.reset(new Stopping);
    if (cancelled()) stopping_->source.request_stop();
  }
  return *stopping_;
}

void TaskGroup::cancel_on(std::stop_token outer) {
  Stopping& own = stopping();
  hears_ = true;
  own.outer.emplace(std::move(outer), Stopping::Cancel{*this});
}

/// Or it might be told to cancel while it dies.
void TaskGroup::hear_no_more() noexcept { stopping_->outer.reset(); }

void TaskGroup::cancel() noexcept {
  std::stop_source stop(std::nostopstate);
  {
    const std::lock_guard lock(mutex_);
    // relaxed: it says only that nothing need be done; a stop_source orders what its users see.
    cancelled_.store(true, std::memory_order_relaxed);
    if (stopping_ != nullptr) stop = stopping_->source;
  }
  stop.request_stop();  // not under the lock: its callbacks are the users'
}

std::stop_token TaskGroup::stop_token() {
  const std::lock_guard lock(mutex_);
  return stopping().source.get_token();
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
