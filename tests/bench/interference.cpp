#include "tests/bench/interference.h"

#include <algorithm>
#include <thread>

#include "results/environment.h"

namespace bench {
namespace {

/// CPU seconds since boot that anybody used or the hypervisor took.
double busy_seconds() {
  const results::MachineTime machine = results::machine_time();
  return machine.busy_s + machine.stolen_s;
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
