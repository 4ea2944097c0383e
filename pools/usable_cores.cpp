#include "pools/usable_cores.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "pools/control_group.h"

namespace pools {

std::uint32_t usable_cores() {
  cpu_set_t set;
  std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    cores = std::max(1U, static_cast<std::uint32_t>(CPU_COUNT(&set)));
  }
  const double quota = ControlGroup().quota_cores();
  if (quota <= 0 || quota >= cores) return cores;
  return std::max(1U, static_cast<std::uint32_t>(std::ceil(quota)));
}

std::string thread_limit_text(std::uint64_t needed, const std::string& root) {
  const ThreadLimit group = ControlGroup(root).thread_limit();
  if (group.allowed != 0 && group.room() < needed) {
    return group.where + " allows " + std::to_string(group.allowed) + " threads, " +
           std::to_string(group.present) + " are there";
  }
  rlimit user{};
  if (::getrlimit(RLIMIT_NPROC, &user) == 0 && user.rlim_cur != RLIM_INFINITY) {
    return "ulimit -u (RLIMIT_NPROC) allows the user " + std::to_string(user.rlim_cur) +
           " threads in all";
  }
  return {};
}

}  // namespace pools
