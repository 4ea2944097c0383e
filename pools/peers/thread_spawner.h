// Thread per task: every task gets a thread of its own while fewer than `max_threads` are alive.
// Beyond that a task waits, and a thread that ends its own takes the oldest waiting one along: a
// flood of tasks would otherwise exhaust the machine's threads, and a task that submits while all
// are taken could neither wait for one nor safely run the new task on its own stack.
// Shared by the peers that differ only in how a thread is started: `Thread` has
// start(config, body), which throws std::system_error when it cannot, and join().
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <utility>

#include "pools/knobs.h"
#include "pools/peers/foreign_executor.h"

namespace pools {

inline Knob max_threads_knob() {
  return {.name = "max_threads",
          .fallback = std::int64_t{128},
          .unit = "threads",
          .low = 1,
          .high = 4096,
          .choices = {},
          .help = "threads alive at once; the number of workers asked for does not apply"};
}

/// The threads' limit takes the place of the number of workers.
inline PoolConfig with_thread_limit(PoolConfig config) {
  config.min_workers = static_cast<std::uint32_t>(config.dispatch.settings.integer("max_threads"));
  return config;
}

template <typename Thread>
class ThreadSpawner final : public ForeignExecutor {
 public:
  ThreadSpawner(const PoolConfig& config, TaskRunner& runner) : runner_(runner), config_(config) {}

  ~ThreadSpawner() override {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return alive_.empty(); });
    reap(lock);
  }

  void execute(Task& task, bool) override {
    std::unique_lock lock(mutex_);
    reap(lock);
    if (alive_.size() >= config_.max_workers) {
      wait_in_line(task);
      return;
    }
    const auto self = alive_.emplace(alive_.end());
    count_.store(alive_.size(), std::memory_order_relaxed);
    try {
      // Under the lock: the thread's first need of `self` is in leave(), after the lock.
      *self = Thread::start(config_, [this, self, first = &task] { serve(self, first); });
    } catch (const std::exception&) {  // no thread, or no memory for one
      alive_.erase(self);
      count_.store(alive_.size(), std::memory_order_relaxed);
      if (alive_.empty()) throw;
      wait_in_line(task);
    }
  }

  std::uint32_t workers() const noexcept override {
    return static_cast<std::uint32_t>(count_.load(std::memory_order_relaxed));
  }
  std::uint32_t most_workers() const noexcept override { return config_.max_workers; }

 private:
  using Threads = std::list<Thread>;

  void serve(typename Threads::iterator self, Task* task) {
    while (task != nullptr) {
      runner_.run(*task);
      task = next_or_leave(self);
    }
  }

  Task* next_or_leave(typename Threads::iterator self) {
    const std::lock_guard lock(mutex_);
    if (Task* task = head_) {
      head_ = task->next;
      return task;
    }
    done_.splice(done_.end(), alive_, self);
    count_.store(alive_.size(), std::memory_order_relaxed);
    ended_.notify_all();
    return nullptr;
  }

  void wait_in_line(Task& task) {
    task.next = nullptr;
    (head_ == nullptr ? head_ : tail_->next) = &task;
    tail_ = &task;
  }

  /// Joins the threads that have said goodbye; each needs a moment at most.
  void reap(std::unique_lock<std::mutex>& lock) {
    if (done_.empty()) return;
    Threads done;
    done.swap(done_);
    lock.unlock();
    for (Thread& thread : done) thread.join();
    lock.lock();
  }

  // Set once.
  TaskRunner& runner_;
  const PoolConfig config_;

  std::atomic<std::size_t> count_{0};  // alive_.size(), for any reader

  std::mutex mutex_;
  // Guarded by mutex_.
  std::condition_variable ended_;
  Threads alive_;
  Threads done_;
  Task* head_ = nullptr;  // waiting in line, linked by Task::next
  Task* tail_ = nullptr;
};

}  // namespace pools
