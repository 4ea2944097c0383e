#include "pools/task_group.h"

#include "pools/engine/futex.h"

namespace pools {

void TaskGroup::finished_one() noexcept {
  std::atomic<std::uint32_t>& word = word_;
  // release: pairs with the acquire in finish(); what the task wrote is visible to the waiter.
  // After the subtraction only the word's address is used: a wake-up sent to freed memory wakes
  // nobody.
  if (word.fetch_sub(kTask, std::memory_order_acq_rel) == (kTask | kSleeper)) {
    futex_wake(word);
  }
}

void TaskGroup::finish() noexcept {
  // How long to sleep before looking for something to help with again; doubled while all that is
  // left runs elsewhere. Guessed: from a wake-up's cost to what nobody notices.
  Nanos nap = std::chrono::microseconds(20);
  constexpr Nanos kLongest = std::chrono::milliseconds(2);
  while (true) {
    std::uint32_t word = word_.load(std::memory_order_acquire);
    if (word < kTask) break;
    if (pool_.help_one()) {
      nap = std::chrono::microseconds(20);
      continue;
    }
    if ((word & kSleeper) == 0 &&
        !word_.compare_exchange_weak(word, word | kSleeper, std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
      continue;
    }
    futex_wait(word_, word | kSleeper, nap);
    nap = nap * 2 < kLongest ? nap * 2 : kLongest;
  }
  word_.fetch_and(~kSleeper, std::memory_order_relaxed);
}

}  // namespace pools
