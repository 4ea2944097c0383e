// Random numbers that are the same on every machine and with every library: our own generator
// (xoshiro256**, Blackman and Vigna 2018, seeded through splitmix64) and our own distributions.
// Each purpose draws from a stream of its own, so that changing the service times of a scenario
// leaves its arrivals alone. Not thread safe: one per thread.
#pragma once

#include <array>
#include <cstdint>

namespace scenarios {

/// Which draws a stream is for; combined with an index (of the phase, of the client).
enum class StreamUse : std::uint8_t { Gaps, Shape, Mix, Service, Think, Order, Block, Faults };

class Random {
 public:
  Random(std::uint64_t seed, StreamUse use, std::uint64_t index = 0) noexcept;

  std::uint64_t next() noexcept;
  /// Uniform in [0, 1), 53 bits.
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Uniform in (0, 1]: a safe argument for a logarithm.
  double unit_above_zero() noexcept { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
  /// Exponential with mean 1.
  double exponential() noexcept;
  /// Normal with mean 0 and variance 1 (Marsaglia's polar method; one of each pair is kept back).
  double normal() noexcept;

 private:
  std::array<std::uint64_t, 4> state_{};
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace scenarios
