#include "pools/group_count.h"

#include "pools/engine/futex.h"

namespace pools {

void GroupSync::futex_wait(Atomic<std::uint32_t>& word, std::uint32_t expected,
                           Nanos limit) noexcept {
  pools::futex_wait(word, expected, limit);
}

void GroupSync::futex_wake(Atomic<std::uint32_t>& word, int waiters) noexcept {
  pools::futex_wake(word, waiters);
}

}  // namespace pools
