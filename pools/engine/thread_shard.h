// Spreads what many outside threads write (counters, free lists) over cache lines: each thread
// keeps to one shard, given out round robin, so that up to kThreadShards submitters never share a
// line.
#pragma once

#include <atomic>
#include <cstddef>

namespace pools {

inline constexpr std::size_t kThreadShards = 16;

inline std::size_t thread_shard() noexcept {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t kMine =
      next.fetch_add(1, std::memory_order_relaxed) % kThreadShards;
  return kMine;
}

}  // namespace pools
