// What machine a run was measured on, and what it and the process have spent. Reads /proc, /sys and
// the clock; read_environment takes a few milliseconds.
#pragma once

#include <string>
#include <vector>

#include "results/run_result.h"

namespace results {

/// How this process was called, program name first. Empty where the kernel does not say.
std::vector<std::string> command_line();

/// `root` is put before every path that is read ("" for the machine itself), so that tests can
/// show made-up machines. What cannot be read stays empty or 0.
Environment read_environment(const std::string& root = "");

/// Seconds of all cores together since boot.
struct MachineTime {
  double busy_s = 0;    ///< used by processes, this one included, and by the kernel
  double stolen_s = 0;  ///< taken by the hypervisor
};
/// From /proc/stat, so in ticks (10 ms); 0 where it cannot be read. In a container it usually shows
/// the whole host, of which the process may have few cores: what others used there is no measure of
/// what they took from it. check_cores() therefore counts no more of it than our threads have
/// waited (run_delay_s).
MachineTime machine_time(const std::string& root = "");
/// The same of a text like that file's first line.
MachineTime machine_time_in(const std::string& text);

/// What the kernel has charged this process with so far; differences of two make a trial's cost.
Cost cost_so_far();
/// `after - before`; rss_bytes is after's.
Cost cost_between(const Cost& before, const Cost& after);

}  // namespace results
