// How much of the machine others used while something was measured: on a busy machine threads are
// serialised and queues look faster than they are, so such runs are dropped. In a container "the
// machine" is usually the whole host (results::machine_time): runs are dropped for what others do
// on cores that are not ours, too.
#pragma once

#include <chrono>

namespace bench {

class Interference {
 public:
  Interference();
  /// The share (0..1) of all cores that others used since construction, given the CPU seconds that
  /// were our own. Resolution: the kernel's tick, 10 ms of one core.
  double others(double own_cpu_seconds) const;

 private:
  std::chrono::steady_clock::time_point start_;
  double busy_at_start_;
};

}  // namespace bench
