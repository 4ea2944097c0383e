// The latency histograms of a series: one table for whoever writes, reads or merges them.
#pragma once

#include <string_view>

#include "pools/metrics/snapshot.h"

namespace results {

struct SeriesHistogram {
  using Field = pools::LatencyHistogram pools::SeriesReport::*;

  std::string_view metric;
  Field histogram;
  Field unserved = nullptr;  ///< the ages of cancelled tasks, which make it a lower bound
  bool rare = false;  ///< mostly everything is served and nobody is late: left out where empty
};

inline constexpr SeriesHistogram kSeriesHistograms[] = {
    {"response_us", &pools::SeriesReport::response, &pools::SeriesReport::unserved_response},
    {"queue_wait_us", &pools::SeriesReport::queue_wait, &pools::SeriesReport::unserved_wait},
    {"service_us", &pools::SeriesReport::service},
    {"unserved_response_us", &pools::SeriesReport::unserved_response, nullptr, true},
    {"unserved_wait_us", &pools::SeriesReport::unserved_wait, nullptr, true},
    {"late_response_us", &pools::SeriesReport::late_response, nullptr, true},
    {"late_since_send_us", &pools::SeriesReport::late_since_send, nullptr, true},
};

}  // namespace results
