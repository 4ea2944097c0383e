// The end of a load of many tiny tasks: how the one who started them learns when the last has run,
// by a means that costs a task next to nothing and that is the same for every pool. A counter that
// all tasks count down would cost more than they do, and a pool's own wait_idle() would be part of
// what is measured.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "pools/clock.h"

namespace bench {

/// Raised once, by any thread; awaited by one.
class Signal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_one();  // under the lock: who waits may destroy this at once
  }
  /// Throws std::runtime_error after a minute.
  void await();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

/// Small numbers for the threads of this process, each used by one thread at a time.
class ThreadSeat {
 public:
  static constexpr std::uint32_t kMost = 256;
  /// The calling thread's. Throws std::runtime_error when there are more threads than seats.
  static std::uint32_t mine() {
    if (seat == kNone) [[unlikely]]
      take();
    return seat;
  }

 private:
  static constexpr std::uint32_t kNone = ~0U;
  static void take();
  static constinit thread_local std::uint32_t seat;
};

class FinishLine {
 public:
  /// For so many calls of pass(), by at most so many threads (at a time).
  FinishLine(std::uint64_t tasks, std::uint32_t threads) noexcept;
  FinishLine(const FinishLine&) = delete;
  FinishLine& operator=(const FinishLine&) = delete;

  /// The last thing a task does. Any thread; a store to its own line and a look at a shared one.
  void pass() noexcept {
    std::atomic<std::uint64_t>& own = seats_[ThreadSeat::mine()].passed;
    const std::uint64_t passed = own.load(std::memory_order_relaxed) + 1;
    own.store(passed, std::memory_order_relaxed);
    if (passed % stride_.load(std::memory_order_relaxed) == 0) [[unlikely]]
      look();
  }

  /// Waits for the last one. Returns when it passed. Throws std::runtime_error after a minute.
  pools::Instant wait();

 private:
  struct alignas(128) Seat {
    std::atomic<std::uint64_t> passed{0};
  };

  std::uint64_t left() noexcept;
  std::uint32_t stride_for(std::uint64_t left) const noexcept;
  void look() noexcept;

  const std::uint64_t tasks_;
  const std::uint32_t threads_;
  /// A thread passes so often before it looks at what all the others have passed, which takes their
  /// lines from them: seldom at first, then less so, at last each time. A power of two.
  alignas(128) std::atomic<std::uint32_t> stride_;
  alignas(128) std::atomic<std::uint64_t> looks_{0};
  std::atomic<bool> over_{false};
  pools::Instant ended_{};
  Signal ended_now_;
  std::array<Seat, ThreadSeat::kMost> seats_;
};

}  // namespace bench
