// Chance for strategies that choose a worker: small, fast, and repeatable from its seed.
#pragma once

#include <cstdint>

namespace pools {

/// A small, fast generator for choices that need no quality (xorshift64*, Vigna 2016). Each user
/// has its own.
class QuickRandom {
 public:
  explicit QuickRandom(std::uint64_t seed) noexcept
      : state_(seed * 0x9E3779B97F4A7C15U + 0x632BE59BD9B4E019U) {
    if (state_ == 0) state_ = 1;
  }
  std::uint32_t below(std::uint32_t limit) noexcept {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    const std::uint64_t high = (state_ * 0x2545F4914F6CDD1DU) >> 32U;
    return static_cast<std::uint32_t>((high * limit) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace pools
