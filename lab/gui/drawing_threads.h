// Keeps what draws out of the way of what is measured. While a run goes on the drawing threads (the
// main thread and all that the OpenGL library has started: llvmpipe's rasterizers, shader caches)
// are at SCHED_IDLE: they get the time that nobody wants, and whoever wakes takes their core at
// once.
//
// A thread inherits its policy from the one that starts it, and without a right of its own none
// comes back from SCHED_IDLE. So the session's threads are started by one thread that never left
// the ordinary policy; and where the system does not let the drawing threads come back they stay
// where they are, which slows the window down only while the machine has other things to do.
//
// Main thread only.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace lab::gui {

class DrawingThreads {
 public:
  /// All threads that the process has by the first stand_back() draw, and what they start later.
  DrawingThreads();
  ~DrawingThreads();
  DrawingThreads(const DrawingThreads&) = delete;
  DrawingThreads& operator=(const DrawingThreads&) = delete;

  /// To SCHED_IDLE. A thread that was given another than an ordinary policy keeps it; so does the
  /// whole process where it was started at SCHED_IDLE.
  void stand_back();
  /// Back, as far as the system allows. Requires: no measured thread is at SCHED_IDLE.
  void come_forward();

  /// Runs `work` on the ordinary thread, which starts threads that are ordinary too, and waits for
  /// it. Rethrows what it throws.
  void run_ordinary(const std::function<void()>& work);

 private:
  void serve();

  const bool ours_to_move_;
  // main thread only
  bool standing_back_ = false;
  std::map<pid_t, int> policy_of_;  ///< of those sent back, before
  std::set<pid_t> others_;          ///< that did not draw, when last looked at
  // guarded by mutex_
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* work_ = nullptr;
  std::exception_ptr error_;
  bool ending_ = false;
  pid_t ordinary_ = 0;  ///< the ordinary thread, once it runs
  // last: it uses the rest
  std::thread thread_;
};

}  // namespace lab::gui
