#include "tests/bench/finish_line.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

/// Which seats are free, and how many were ever taken.
struct Seats {
  std::mutex mutex;
  std::vector<std::uint32_t> free;
  std::atomic<std::uint32_t> used{0};
};

Seats& seats() {
  static Seats& kept = *new Seats;  // threads may outlive static objects
  return kept;
}

/// The seat of one thread, from its first pass to its end.
struct Taken {
  Taken() {
    Seats& all = seats();
    const std::lock_guard lock(all.mutex);
    if (!all.free.empty()) {
      seat = all.free.back();
      all.free.pop_back();
      return;
    }
    seat = all.used.load(std::memory_order_relaxed);
    if (seat == ThreadSeat::kMost) throw std::runtime_error("more threads than seats");
    all.used.store(seat + 1, std::memory_order_relaxed);
  }
  ~Taken() {
    Seats& all = seats();
    const std::lock_guard lock(all.mutex);
    all.free.push_back(seat);
  }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  std::uint32_t seat = 0;
};

long membarrier(int command) noexcept { return ::syscall(SYS_membarrier, command, 0, 0); }

/// Every thread of the process passes a full fence before this returns.
void fence_everywhere() noexcept {
  static const bool kExpedited = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
  membarrier(kExpedited ? MEMBARRIER_CMD_PRIVATE_EXPEDITED : MEMBARRIER_CMD_GLOBAL);
}

}  // namespace

void Signal::await() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds(60), [this] { return raised_; })) {
    throw std::runtime_error("the pool hangs");
  }
}

constinit thread_local std::uint32_t ThreadSeat::seat = ThreadSeat::kNone;

void ThreadSeat::take() {
  thread_local const Taken kTaken;
  seat = kTaken.seat;
}

FinishLine::FinishLine(std::uint64_t tasks, std::uint32_t threads) noexcept
    : tasks_(tasks), threads_(threads), stride_(stride_for(tasks)) {
  fence_everywhere();  // registers, which takes its time, before the load begins
}

std::uint32_t FinishLine::stride_for(std::uint64_t left) const noexcept {
  for (const std::uint32_t stride : {1024U, 32U}) {
    if (left > std::uint64_t{stride} * threads_) return stride;
  }
  return 1;
}

std::uint64_t FinishLine::left() noexcept {
  // acq_rel: of several threads that look, the last one sees what the others had passed when they
  // did, and each passes less than a stride without a look. So it sees that the end is closer.
  looks_.fetch_add(1, std::memory_order_acq_rel);
  const std::uint32_t used = seats().used.load(std::memory_order_relaxed);
  std::uint64_t passed = 0;
  for (std::uint32_t i = 0; i < used; ++i) {
    passed += seats_[i].passed.load(std::memory_order_relaxed);
  }
  return tasks_ - passed;
}

void FinishLine::look() noexcept {
  std::uint64_t remain = left();
  for (std::uint32_t stride = stride_for(remain); stride < stride_.load(std::memory_order_relaxed);
       stride = stride_for(remain)) {
    stride_.store(stride, std::memory_order_relaxed);
    // A pass that went by the longer stride is seen by the look that follows.
    fence_everywhere();
    remain = left();
  }
  if (remain != 0) return;
  const pools::Instant now = pools::Clock::now();
  if (over_.exchange(true, std::memory_order_relaxed)) return;
  ended_ = now;
  ended_now_.raise();
}

pools::Instant FinishLine::wait() {
  ended_now_.await();
  return ended_;
}

}  // namespace bench
