// The Linux futex: sleep while a word holds a value, wake who sleeps on it. Used raw because
// libstdc++ 12's semaphore can lose a wake-up and its atomic wait spins and yields first.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <ctime>

#include "pools/clock.h"

namespace pools {

/// Sleeps while `word` holds `expected`, at most `limit` (negative: for ever). May return early for
/// no reason: re-check the condition.
inline void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                       Nanos limit = Nanos{-1}) noexcept {
  timespec timeout{};
  timeout.tv_sec = limit.count() / 1'000'000'000;
  timeout.tv_nsec = limit.count() % 1'000'000'000;
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAIT_PRIVATE, expected,
            limit.count() < 0 ? nullptr : &timeout, nullptr, 0);
}

inline void futex_wake(std::atomic<std::uint32_t>& word, int waiters = INT_MAX) noexcept {
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAKE_PRIVATE, waiters,
            nullptr, nullptr, 0);
}

}  // namespace pools
