// The seed of a random test: printed, and taken from POOLLAB_TEST_SEED to replay a failure.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace tests {

/// One seed per process, so that every random test of a run is replayed by the one line printed.
inline std::uint64_t seed() {
  static const std::uint64_t kSeed = [] {
    const char* given = std::getenv("POOLLAB_TEST_SEED");
    const std::uint64_t value = given != nullptr ? std::stoull(given) : std::random_device{}();
    std::cout << "random test: replay with POOLLAB_TEST_SEED=" << value << std::endl;
    return value;
  }();
  return kSeed;
}

}  // namespace tests
