// The ledger: where every task that was ever submitted is now. Whenever the pool is quiet the sum
// closes exactly; every test and every run checks it.
#pragma once

#include <cstdint>

namespace pools {

struct Ledger {
  std::uint64_t submitted = 0;  ///< every submit call, also the refused ones
  std::uint64_t rejected = 0;   ///< refused at the door; the caller was told
  std::uint64_t completed = 0;  ///< ran to its end
  std::uint64_t failed = 0;     ///< ran and threw
  std::uint64_t cancelled =
      0;                      ///< accepted, then given back unrun: by the shutdown or a stop token
  std::uint64_t expired = 0;  ///< deadline passed while queued
  std::uint64_t shed = 0;     ///< dropped by overload control
  std::uint64_t evicted = 0;  ///< pushed out by a newer task
  std::uint64_t timed_out = 0;    ///< overran its time limit
  std::uint64_t queued = 0;       ///< waiting now (counted in the queues, not derived)
  std::uint64_t running = 0;      ///< running now
  std::uint64_t backing_off = 0;  ///< waiting for a retry

  std::uint64_t settled() const noexcept {
    return completed + failed + cancelled + expired + shed + evicted + timed_out;
  }
  std::uint64_t accounted() const noexcept {
    return rejected + settled() + queued + running + backing_off;
  }
  /// Requires a quiet instant: between two submits, with no task changing state.
  bool closes() const noexcept { return submitted == accounted(); }
};

}  // namespace pools
