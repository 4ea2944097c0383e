// Something that a pool's policies did and a person wants to see on the time axis: a circuit
// breaker that opened. Changes of the number of workers have a form of their own (ScalingEvent).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pools/clock.h"

namespace pools {

inline constexpr std::string_view kOpen = "open";
inline constexpr std::string_view kHalfOpen = "half_open";
inline constexpr std::string_view kClosed = "closed";

struct PoolEvent {
  Instant at{};
  std::string policy;            ///< "circuit_breaker"
  std::string state;             ///< what it is in now, one of the above
  std::uint16_t task_class = 0;  ///< which class of tasks it is about
  std::string reason;            ///< e.g. "53 of the last 100 failed"
};

}  // namespace pools
