#include "lab/noise_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lab {

NoiseWatch::NoiseWatch() : before_(counted()) { noise_.speed_before = results::present_speed(); }

NoiseWatch::Counted NoiseWatch::counted() const {
  return {meter_.cpu_pressure_s(), meter_.huge_pages(), meter_.compaction_stalls()};
}

void NoiseWatch::sampled(double t_s) {
  noise_.intervals.push_back(meter_.interval());
  noise_.intervals.back().t_s = t_s;
}

void NoiseWatch::served() {
  const Counted now = counted();
  noise_.cpu_pressure_s = now.cpu_pressure_s - before_.cpu_pressure_s;
  noise_.huge_pages = now.huge_pages - before_.huge_pages;
  noise_.compaction_stalls = now.compaction_stalls - before_.compaction_stalls;
  noise_.worker_involuntary_switches = meter_.worker_involuntary_switches();
  bool told = false;
  double waited_s = 0;
  for (const results::NoiseInterval& one : noise_.intervals) {
    for (const double delay_s : one.worker_run_delay_s) waited_s += delay_s;
    told = told || !one.worker_run_delay_s.empty();
  }
  if (told) noise_.worker_run_delay_s = waited_s;
}

results::Noise NoiseWatch::noise(const scenarios::GeneratorReport& generator,
                                 pools::Instant start) const {
  results::Noise all = noise_;
  all.worst_hiccup_us = 0;
  for (const scenarios::Hiccup& one : generator.hiccups.kept()) {
    const double length_us = std::chrono::duration<double, std::micro>(one.length).count();
    all.hiccups.push_back({std::chrono::duration<double>(one.at - start).count(), length_us});
    all.worst_hiccup_us = std::max(all.worst_hiccup_us, length_us);
  }
  std::ranges::sort(all.hiccups, {}, &results::HiccupMark::t_s);
  return all;
}

}  // namespace lab
