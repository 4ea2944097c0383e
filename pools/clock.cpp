#include "pools/clock.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace pools {
namespace {

__extension__ using Int128 = __int128;

std::int64_t steady_ns() noexcept {
  return std::chrono::duration_cast<Nanos>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// ns = base_ns + (tsc - base_tsc) * scale / 2^32; scale 0 means "use steady_clock".
struct Calibration {
  std::uint64_t base_tsc = 0;
  std::int64_t base_ns = 0;
  std::uint64_t scale = 0;
};

#if defined(__x86_64__)
bool tsc_is_invariant() noexcept {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(0x80000007U, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1U << 8U)) != 0;
}

struct Pair {
  std::uint64_t tsc;
  std::int64_t ns;
};

/// The tightest of several (tsc, ns) pairs: a pair read while the thread was preempted is
/// discarded.
Pair read_pair() noexcept {
  Pair best{};
  std::uint64_t best_gap = ~std::uint64_t{0};
  for (int i = 0; i < 16; ++i) {
    const std::uint64_t before = __rdtsc();
    const std::int64_t ns = steady_ns();
    const std::uint64_t after = __rdtsc();
    if (after - before < best_gap) {
      best_gap = after - before;
      best = {before + (after - before) / 2, ns};
    }
  }
  return best;
}
#endif

Calibration calibrate() noexcept {
  Calibration c;
  c.base_ns = steady_ns();
#if defined(__x86_64__)
  if (!tsc_is_invariant()) return c;
  const Pair first = read_pair();
  while (steady_ns() - first.ns < 10'000'000) {
  }
  const Pair last = read_pair();
  if (last.tsc <= first.tsc) return c;
  c.base_tsc = first.tsc;
  c.base_ns = first.ns;
  const auto span = static_cast<Int128>(last.ns - first.ns) << 32;
  c.scale = static_cast<std::uint64_t>(span / static_cast<Int128>(last.tsc - first.tsc));
#endif
  return c;
}

const Calibration& calibration() noexcept {
  static const Calibration kCalibration = calibrate();
  return kCalibration;
}

}  // namespace

Instant Clock::now() noexcept {
  const Calibration& c = calibration();
#if defined(__x86_64__)
  if (c.scale != 0) {
    // Signed: a core whose counter lags the calibrating one by a few ticks must not wrap.
    const auto ticks = static_cast<std::int64_t>(__rdtsc() - c.base_tsc);
    const auto ns = static_cast<std::int64_t>(
        (static_cast<Int128>(ticks) * static_cast<Int128>(c.scale)) >> 32);
    return Instant{Nanos{c.base_ns + ns}};
  }
#endif
  return Instant{Nanos{steady_ns()}};
}

const char* Clock::source() noexcept { return calibration().scale != 0 ? "tsc" : "steady_clock"; }

}  // namespace pools
