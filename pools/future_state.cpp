#include "pools/future_state.h"

#include <algorithm>

#include "pools/engine/task_frame.h"
#include "pools/future.h"
#include "pools/worker_context.h"

namespace pools {
namespace {

/// Who goes on on this thread. A follower that ends at once has a follower that goes on: in a list,
/// not inside each other, for chains may be long.
struct GoingOn {
  FutureState* first = nullptr;
  FutureState* last = nullptr;
  bool active = false;
};
GoingOn& going_on() noexcept {
  thread_local constinit GoingOn list;
  return list;
}

// While it waits in a worker: how long to sleep before looking for something to help with again;
// doubled while there is nothing. Guessed, as in task_group.cpp.
constexpr Nanos kShortest = std::chrono::microseconds(20);
constexpr Nanos kLongest = std::chrono::milliseconds(2);

}  // namespace

FutureState::~FutureState() {
  // Only of one that was never submitted, because that threw.
  give_reserve_back();
}

void FutureState::reserve() noexcept {
  if (!current_worker().keeps_thread) return;
  waiting_ = pool_.reserve_wait();
  holds_reserve_ = waiting_ == Pool::Waiting::Reserved;
}

void FutureState::give_reserve_back() noexcept {
  if (std::exchange(holds_reserve_, false)) pool_.release_wait();
}

bool FutureState::wait(Nanos limit) {
  if (ready()) return true;
  const Instant until = deadline_after(limit);
  const bool foreign = current_worker().keeps_thread && TaskFrame::in(&pool_);
  const bool helps = !foreign && current_worker().pool == &pool_;
  Pool::Waiting waiting = Pool::Waiting::Free;
  if (foreign && !covered()) waiting = pool_.reserve_wait();
  if (waiting == Pool::Waiting::Refused) {
    if (ready()) return true;
    throw WouldDeadlock();
  }
  Nanos nap = kShortest;
  while (!ready()) {
    if (helps && pool_.help_one()) {
      nap = kShortest;
      continue;
    }
    const Nanos left = until == Instant::max() ? Nanos::max() : until - Clock::now();
    if (left <= Nanos{0}) break;
    const Nanos most = helps ? std::min(nap, left) : left;
    word_.sleep(most == Nanos::max() ? Nanos{-1} : most);
    nap = std::min(2 * nap, kLongest);
  }
  if (waiting == Pool::Waiting::Reserved) pool_.release_wait();
  return ready();
}

bool FutureState::cancel() noexcept {
  if (!word_.cancel()) return false;
  was_cancelled();
  // The reserve is given back by the task's own end, while its pool is sure to live.
  static_cast<void>(publish(Outcome::Cancelled));
  return true;
}

/// True: somebody follows.
bool FutureState::publish(Outcome outcome) noexcept {
  outcome_ = outcome;
  // A task that was timed out may still run.
  if (outcome != Outcome::TimedOut) drop_callable();
  return word_.publish();
}

void FutureState::complete(Outcome outcome) noexcept {
  if (!publish(outcome)) return give_reserve_back();
  FutureState& next = *std::exchange(follower_, nullptr);
  // Who waits now waits for that one.
  if (next.follows_one_) {
    next.holds_reserve_ = std::exchange(holds_reserve_, false);
  } else {
    give_reserve_back();
  }
  next.told();
}

void FutureState::ended(Outcome outcome) noexcept {
  if (!was_run(outcome) && !word_.begin()) return give_reserve_back();  // cancel() was before
  complete(outcome);
}

void FutureState::follow_with(FutureState& next) noexcept {
  next.add_owner();
  follower_ = &next;
  const bool hands_on = next.follows_one_ && waiting_ == Pool::Waiting::Reserved;
  if (hands_on) next.set_covered();
  if (next.follows_one_ && !hands_on) next.reserve();
  if (word_.follow()) return;
  if (hands_on) next.reserve();  // this one has given its own back
  next.told();
}

/// Takes over one owner's part.
void FutureState::told() noexcept {
  if (!was_last()) return drop_owner();
  GoingOn& list = going_on();
  (list.first == nullptr ? list.first : list.last->next_) = this;
  list.last = this;
  if (list.active) return;
  list.active = true;
  while (FutureState* const one = list.first) {
    list.first = std::exchange(one->next_, nullptr);
    one->go_on();
    one->drop_owner();
  }
  list.active = false;
}

}  // namespace pools
