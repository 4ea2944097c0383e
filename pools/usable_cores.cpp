#include "pools/usable_cores.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace pools {
namespace {

/// Cores that the cgroup's quota amounts to, rounded up; 0 without a quota.
std::uint32_t quota_cores() {
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
    std::string quota;
    double period = 0;
    if (v2 >> quota >> period && quota != "max" && period > 0) {
      return static_cast<std::uint32_t>(std::max(1.0, std::stod(quota) / period + 0.999));
    }
  }
  std::ifstream v1_quota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream v1_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  if (v1_quota >> quota && v1_period >> period && quota > 0 && period > 0) {
    return static_cast<std::uint32_t>(std::max(1.0, quota / period + 0.999));
  }
  return 0;
}

}  // namespace

std::uint32_t usable_cores() {
  cpu_set_t set;
  std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    cores = std::max(1U, static_cast<std::uint32_t>(CPU_COUNT(&set)));
  }
  const std::uint32_t quota = quota_cores();
  return quota == 0 ? cores : std::min(cores, quota);
}

}  // namespace pools
