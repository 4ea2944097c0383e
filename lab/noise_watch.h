// Watches for what disturbs a trial, from just before its start until its pool is gone.
#pragma once

#include "pools/clock.h"
#include "results/noise.h"
#include "results/noise_meter.h"
#include "scenarios/generator_report.h"

namespace lab {

class NoiseWatch {
 public:
  /// Tries the machine's speed (some 5 ms) and begins to watch.
  NoiseWatch();

  /// The sampling interval that ends at `t_s` is over. One thread at a time.
  void sampled(double t_s);
  /// The load is served. Call while the pool's threads still live, when nobody calls sampled(). Of
  /// several calls the last counts.
  void served();
  /// Tries the speed again, when nothing runs any more.
  void ended() { noise_.speed_after = results::present_speed(); }

  /// All that was seen. `start`: of the trial's time axis.
  results::Noise noise(const scenarios::GeneratorReport& generator, pools::Instant start) const;

 private:
  /// What the kernel has counted since boot.
  struct Counted {
    double cpu_pressure_s;
    double huge_pages;
    double compaction_stalls;
  };
  Counted counted() const;

  results::NoiseMeter meter_;
  Counted before_;
  results::Noise noise_;
};

}  // namespace lab
