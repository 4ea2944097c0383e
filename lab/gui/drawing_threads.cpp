#include "lab/gui/drawing_threads.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "pools/thread_name.h"

namespace lab::gui {

namespace {

std::vector<pid_t> threads_of_process() {
  std::vector<pid_t> threads;
  std::error_code error;  // a thread may end while it is looked at
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    threads.push_back(std::atoi(task.path().filename().c_str()));
  }
  return threads;
}

/// Of a thread; -1: it is gone.
int policy_of(pid_t thread) { return ::sched_getscheduler(thread); }

bool set_policy(pid_t thread, int policy) {
  const sched_param none{};
  return ::sched_setscheduler(thread, policy, &none) == 0;
}

}  // namespace

DrawingThreads::DrawingThreads()
    : ours_to_move_(policy_of(0) != SCHED_IDLE), thread_([this] { serve(); }) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ordinary_ != 0; });
  others_.insert(ordinary_);
}

DrawingThreads::~DrawingThreads() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DrawingThreads::stand_back() {
  if (!ours_to_move_ || std::exchange(standing_back_, true)) return;
  for (const pid_t thread : threads_of_process()) {
    const int policy = policy_of(thread);
    if (others_.contains(thread) || (policy != SCHED_OTHER && policy != SCHED_BATCH)) continue;
    if (set_policy(thread, SCHED_IDLE)) policy_of_[thread] = policy;
  }
}

void DrawingThreads::come_forward() {
  if (!std::exchange(standing_back_, false)) return;
  std::set<pid_t> others;
  for (const pid_t thread : threads_of_process()) {
    if (policy_of(thread) != SCHED_IDLE) {
      // Measured, or a foreign pool's that outlives its trial.
      others.insert(thread);
      continue;
    }
    const auto before = policy_of_.find(thread);
    // Those that a drawing thread has started meanwhile were at SCHED_IDLE from the beginning.
    set_policy(thread, before != policy_of_.end() ? before->second : SCHED_OTHER);
  }
  others_ = std::move(others);
  policy_of_.clear();
}

void DrawingThreads::run_ordinary(const std::function<void()>& work) {
  std::unique_lock lock(mutex_);
  work_ = &work;
  changed_.notify_all();
  changed_.wait(lock, [this] { return work_ == nullptr; });
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void DrawingThreads::serve() {
  pools::name_this_thread("pl-start");
  std::unique_lock lock(mutex_);
  ordinary_ = static_cast<pid_t>(::syscall(SYS_gettid));
  changed_.notify_all();
  while (true) {
    changed_.wait(lock, [this] { return work_ != nullptr || ending_; });
    if (work_ == nullptr) return;
    try {
      (*work_)();
    } catch (...) {
      error_ = std::current_exception();
    }
    work_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace lab::gui
