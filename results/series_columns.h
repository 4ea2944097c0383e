// The time series' columns: one table for whoever writes, reads or exports them.
#pragma once

#include <string_view>

#include "results/timeline.h"

namespace results {

struct SeriesColumn {
  std::string_view name;
  double TimelinePoint::*field;
  bool later = false;  ///< result files of before it was added do not have it
};

inline constexpr SeriesColumn kSeriesColumns[] = {
    {"t_s", &TimelinePoint::t_s},
    {"submitted_per_s", &TimelinePoint::submitted_per_s},
    {"throughput_per_s", &TimelinePoint::throughput_per_s},
    {"rejected_per_s", &TimelinePoint::rejected_per_s},
    {"steals_per_s", &TimelinePoint::steals_per_s},
    {"wakes_per_s", &TimelinePoint::wakes_per_s},
    {"queue_depth", &TimelinePoint::queue_depth},
    {"running", &TimelinePoint::running},
    {"workers", &TimelinePoint::workers},
    {"utilisation", &TimelinePoint::utilisation},
    {"p50_us", &TimelinePoint::p50_us},
    {"p90_us", &TimelinePoint::p90_us},
    {"p99_us", &TimelinePoint::p99_us},
    {"p99.9_us", &TimelinePoint::p999_us},
    {"max_us", &TimelinePoint::max_us},
    {"dropped_per_s", &TimelinePoint::dropped_per_s, true},
};

}  // namespace results
