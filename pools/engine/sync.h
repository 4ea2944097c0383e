// What the engine's protocols synchronise with. They are templates over this policy, so that the
// model tests (tests/models/) run the shipping code on simulated atomics, locks and futexes. The
// policy costs nothing: every member is the real thing or an inline call of it.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "pools/clock.h"
#include "pools/engine/futex.h"
#include "pools/engine/futex_lock.h"

namespace pools {

struct RealSync {
  template <typename T>
  using Atomic = std::atomic<T>;
  using Lock = BasicFutexLock<RealSync>;  ///< for a few instructions on a task's way
  using Mutex = std::mutex;               ///< for everything else, and to wait with a Condition
  using Condition = std::condition_variable;

  static constexpr unsigned kLockSpins = 40;
  /// What a loop that waits for another core does between two looks.
  static void relax() noexcept {
#if defined(__x86_64__)
    _mm_pause();
#endif
  }

  static Instant now() noexcept { return Clock::now(); }
  static void futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         Nanos limit = Nanos{-1}) noexcept {
    pools::futex_wait(word, expected, limit);
  }
  static void futex_wake(Atomic<std::uint32_t>& word, int waiters = INT_MAX) noexcept {
    pools::futex_wake(word, waiters);
  }
};

}  // namespace pools
