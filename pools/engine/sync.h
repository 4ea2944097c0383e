// What the engine's protocols synchronise with. They are templates over this policy, so that the
// model tests (tests/models/) run the shipping code on simulated atomics, locks and futexes. The
// policy costs nothing: every member is the real thing or an inline call of it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "pools/clock.h"
#include "pools/engine/futex.h"

namespace pools {

struct RealSync {
  template <typename T>
  using Atomic = std::atomic<T>;
  using Mutex = std::mutex;
  using Condition = std::condition_variable;

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
