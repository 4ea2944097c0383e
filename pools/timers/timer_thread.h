// A pool's timers and the thread that lets them fire, "pl-timer". Only pools that have something to
// time have one; it sleeps unless something is due.
#pragma once

#include <thread>

#include "pools/pool_config.h"
#include "pools/timers/timers.h"

namespace pools {

class TimerThread {
 public:
  /// Throws std::system_error where there is no thread to be had.
  explicit TimerThread(const ThreadFactory& start_thread);
  ~TimerThread() { stop(); }
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;

  /// Any thread, until this is destroyed.
  Timers& timers() noexcept { return timers_; }

  /// Joins the thread; nothing fires afterwards. One thread, and not inside a timer's fire().
  void stop() noexcept;

 private:
  Timers timers_;
  std::thread thread_;
};

}  // namespace pools
