#include "scenarios/random.h"

#include <bit>
#include <cmath>

#include "scenarios/portable_math.h"

namespace scenarios {
namespace {

std::uint64_t splitmix(std::uint64_t& state) noexcept {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace

Random::Random(std::uint64_t seed, StreamUse use, std::uint64_t index) noexcept {
  // Seed, use and index are each mixed before the next is added, so that (seed 1, index 2) and
  // (seed 2, index 1) have nothing in common.
  std::uint64_t mixed = seed;
  std::uint64_t chain = splitmix(mixed);
  chain ^= static_cast<std::uint64_t>(use) + 1;
  chain = splitmix(chain);
  chain ^= index + 1;
  for (std::uint64_t& word : state_) word = splitmix(chain);
}

std::uint64_t Random::next() noexcept {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::exponential() noexcept { return -portable_ln(unit_above_zero()); }

double Random::normal() noexcept {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0;
  double y = 0;
  double square = 0;
  do {
    x = 2 * unit() - 1;
    y = 2 * unit() - 1;
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  const double scale = std::sqrt(-2 * portable_ln(square) / square);
  spare_ = y * scale;
  has_spare_ = true;
  return x * scale;
}

}  // namespace scenarios
