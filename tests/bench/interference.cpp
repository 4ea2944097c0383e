#include "tests/bench/interference.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace bench {
namespace {

/// CPU seconds that all processes have used since boot.
double busy_seconds() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  stat >> cpu >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
  return (user + nice + system + irq + softirq + steal) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

Interference::Interference()
    : start_(std::chrono::steady_clock::now()), busy_at_start_(busy_seconds()) {}

double Interference::others(double own_cpu_seconds) const {
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  return std::max(0.0, busy_seconds() - busy_at_start_ - own_cpu_seconds) / (elapsed * cores);
}

}  // namespace bench
