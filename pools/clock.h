// The lab's clock: nanoseconds on the timeline of std::chrono::steady_clock, read from the time
// stamp counter where that is invariant (about 10 ns a read instead of 24 through the kernel's
// page). Any thread may read it. Promises: monotonic within a thread; calibrated once per process
// against steady_clock, so the two stay within a few parts per million of each other, and durations
// taken from one never mix with instants of the other.
#pragma once

#include <chrono>
#include <cstdint>

namespace pools {

using Nanos = std::chrono::nanoseconds;

class Clock {
 public:
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept;

  /// "tsc" or "steady_clock": goes into the result's environment block.
  static const char* source() noexcept;
};

using Instant = Clock::time_point;

/// So long from now; a limit beyond the end of time is Instant::max().
inline Instant deadline_after(Nanos limit) noexcept {
  const Instant now = Clock::now();
  return limit > Instant::max() - now ? Instant::max() : now + limit;
}

}  // namespace pools
