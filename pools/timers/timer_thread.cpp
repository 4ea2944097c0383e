#include "pools/timers/timer_thread.h"

#include "pools/thread_name.h"

namespace pools {

TimerThread::TimerThread(const ThreadFactory& start_thread)
    : thread_(start_thread([this] {
        name_this_thread("pl-timer");
        timers_.run();
      })) {}

void TimerThread::stop() noexcept {
  timers_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace pools
