// What is known of the noise in each sampling interval: one table for writer and reader.
#pragma once

#include <string_view>

#include "results/noise.h"

namespace results {

struct NoiseColumn {
  std::string_view name;
  double NoiseInterval::*field;
};

inline constexpr NoiseColumn kNoiseColumns[] = {
    {"t_s", &NoiseInterval::t_s},
    {"stolen_s", &NoiseInterval::stolen_s},
    {"others_s", &NoiseInterval::others_s},
    {"throttled_s", &NoiseInterval::throttled_s},
    {"run_delay_s", &NoiseInterval::run_delay_s},
    {"minor_faults", &NoiseInterval::minor_faults},
    {"major_faults", &NoiseInterval::major_faults},
    {"involuntary_switches", &NoiseInterval::involuntary_switches},
};

/// Of each worker, a list an interval.
inline constexpr std::string_view kWorkerDelays = "worker_run_delay_s";

}  // namespace results
