// How many cores this process may use.
#pragma once

#include <cstdint>

namespace pools {

/// Cores this process may run on (affinity and cgroup quota respected), at least 1.
std::uint32_t usable_cores();

}  // namespace pools
