// Timers that any thread may start and cancel, and one thread that lets them fire (timer_thread.h).
// Nobody polls: that thread sleeps until the next one is due, or for ever.
//
// What is promised to who cancels: afterwards the timer is neither going to fire nor firing, so it
// and all that it touches may go; and the answer says whether it fired, so that of "the time was
// up" and "it was over before" exactly one happens, and both sides know which.
#pragma once

#include <mutex>

#include "pools/clock.h"
#include "pools/engine/sync.h"
#include "pools/timers/timer_wheel.h"

namespace pools {

class Timer : public WheelTimer {
 public:
  /// The time has come. Called on the timers' thread, which holds no lock; other timers wait
  /// meanwhile. May start the timer again, or destroy it; may not cancel it.
  virtual void fire() noexcept = 0;

 protected:
  Timer() = default;
  ~Timer() = default;
};

template <typename Sync>
class BasicTimers {
 public:
  BasicTimers() noexcept : wheel_(Sync::now()) {}

  /// Any thread. Requires: it is not pending.
  void start(Timer& timer, Instant due) noexcept {
    {
      const std::lock_guard lock(mutex_);
      wheel_.start(timer, due);
      if (due >= sleeps_until_) return;
      sleeps_until_ = Instant::min();  // it is woken: once is enough
    }
    changed_.notify_all();
  }

  /// Any thread, but not inside its fire(). Waits until it is not firing; false if it was not
  /// pending any more: it has fired, or was never started.
  bool cancel(Timer& timer) noexcept {
    std::unique_lock lock(mutex_);
    const bool was_pending = wheel_.cancel(timer);
    if (firing_ != &timer) return was_pending;
    while (firing_ == &timer) fired_.wait(lock);
    // Meanwhile it may have started itself, perhaps again.
    return wheel_.cancel(timer) || was_pending;
  }

  /// Any thread: run() comes back, now and from now on.
  void stop() noexcept {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }

  /// Lets the timers fire until stopped. One thread.
  void run() noexcept {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const Instant now = Sync::now();
      if (WheelTimer* const due = wheel_.pop_due(now)) {
        auto* const timer = static_cast<Timer*>(due);
        firing_ = timer;
        lock.unlock();
        timer->fire();  // it may be gone afterwards
        lock.lock();
        firing_ = nullptr;
        fired_.notify_all();
        continue;
      }
      sleeps_until_ = wheel_.next_look();
      if (sleeps_until_ == Instant::max()) {
        changed_.wait(lock);
      } else {
        changed_.wait_for(lock, sleeps_until_ - now);
      }
      sleeps_until_ = Instant::min();  // awake: nobody needs to wake it
    }
  }

 private:
  typename Sync::Mutex mutex_;
  typename Sync::Condition changed_;
  typename Sync::Condition fired_;
  // guarded by mutex_
  TimerWheel wheel_;
  const Timer* firing_ = nullptr;
  Instant sleeps_until_ = Instant::min();
  bool stopping_ = false;
};

using Timers = BasicTimers<RealSync>;

}  // namespace pools
