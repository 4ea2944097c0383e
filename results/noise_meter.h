// Reads what the kernel says about disturbances, cheaply enough for every sampling interval: files
// stay open, a reading takes some tens of microseconds. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pools/control_group.h"
#include "results/noise.h"

namespace results {

/// A file of /proc that is read again and again.
class ProcFile {
 public:
  ProcFile() = default;
  explicit ProcFile(const std::string& path);
  ~ProcFile();
  ProcFile(ProcFile&& other) noexcept;
  ProcFile& operator=(ProcFile&& other) noexcept;
  ProcFile(const ProcFile&) = delete;
  ProcFile& operator=(const ProcFile&) = delete;

  /// Its present text, at most 4 kB of it; empty where it is gone.
  std::string text() const;

 private:
  int file_ = -1;
};

class NoiseMeter {
 public:
  /// `root` is put before every path, so that tests can show made-up machines.
  explicit NoiseMeter(const std::string& root = "");

  /// What happened since the last call, or since the meter was made; t_s is left to the caller.
  NoiseInterval interval();

  /// Of the whole machine since boot; NAN where the kernel does not say.
  double cpu_pressure_s() const;
  double huge_pages() const;
  double compaction_stalls() const;
  /// Of the workers that are alive: their involuntary context switches. NAN: none can be told.
  double worker_involuntary_switches() const;

 private:
  struct Thread {
    ProcFile times;
    std::int64_t worker = -1;  ///< slot; -1: none
    double delay_s = 0;
  };
  struct Totals {
    double machine_busy_s = 0;
    double stolen_s = 0;
    double own_s = 0;
    double throttled_s = 0;
    double minor_faults = 0;
    double major_faults = 0;
    double involuntary_switches = 0;
  };

  Totals totals() const;
  void read_threads(NoiseInterval& into);
  double from_vmstat(const std::vector<std::string_view>& keys) const;

  const std::string root_;
  const pools::ControlGroup group_;
  const bool has_quota_;  ///< without one nothing is held back, and there is no need to look
  const ProcFile stat_;
  Totals before_;
  std::map<std::string, Thread> threads_;  ///< by id
};

/// The present speed of a core: rounds of a fixed piece of work in a microsecond, the best of a few
/// short tries, so that being preempted does not count. Takes about 5 ms.
double present_speed();

}  // namespace results
