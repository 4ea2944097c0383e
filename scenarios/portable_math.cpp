#include "scenarios/portable_math.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace scenarios {
namespace {

// ln 2 in two parts: the first has 32 trailing zero bits, so that k * kLn2High is exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr int kExponentBias = 1023;
constexpr int kMantissaBits = 52;

}  // namespace

double portable_ln(double x) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> kMantissaBits) - kExponentBias;
  constexpr std::uint64_t kMantissa = (std::uint64_t{1} << kMantissaBits) - 1;
  constexpr std::uint64_t kOne = std::uint64_t{kExponentBias} << kMantissaBits;
  double mantissa = std::bit_cast<double>((bits & kMantissa) | kOne);  // in [1, 2)
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    ++exponent;
  }
  // ln m = 2 artanh t with t = (m - 1) / (m + 1), |t| < 0.172: eleven terms reach 1e-17.
  const double t = (mantissa - 1) / (mantissa + 1);
  const double square = t * t;
  double sum = 0;
  for (int odd = 21; odd >= 1; odd -= 2) sum = sum * square + 1.0 / odd;
  return exponent * kLn2High + (2 * t * sum + exponent * kLn2Low);
}

double portable_exp(double x) noexcept {
  if (x < -708) return 0;
  x = std::min(x, 709.0);
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double rest = (x - k * kLn2High) - k * kLn2Low;  // within +-0.35: 15 terms reach 1e-18
  double sum = 1;
  for (int n = 15; n >= 1; --n) sum = sum * (rest / n) + 1;
  const int exponent = static_cast<int>(k) + kExponentBias;
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(exponent) << kMantissaBits);
}

}  // namespace scenarios
