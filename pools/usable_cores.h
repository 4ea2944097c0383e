// How many cores and threads this process may use.
#pragma once

#include <cstdint>
#include <string>

namespace pools {

/// Cores this process may run on (affinity and the control groups' quota respected), at least 1.
std::uint32_t usable_cores();

/// Which limit stands in the way of `needed` more threads, as far as one can see: "/sys/fs/cgroup/
/// lab/pids.max allows 50 threads, 12 are there"; empty if none does. `root` is put before every
/// path that is read.
std::string thread_limit_text(std::uint64_t needed, const std::string& root = "");

}  // namespace pools
