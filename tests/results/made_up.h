// Trials as they might have been measured, with chosen figures.
#pragma once

#include <string>

#include "results/run_result.h"

namespace results::made_up {

/// `n` samples around `us`: half below, half above, the last one ten times as long.
inline pools::LatencyHistogram latencies(double us, std::uint64_t n) {
  pools::LatencyHistogram histogram;
  for (std::uint64_t i = 0; i < n; ++i) {
    const double spread = 0.5 + static_cast<double>(i) / static_cast<double>(n);
    histogram.record(pools::Nanos{static_cast<pools::Nanos::rep>(us * spread * 1000)});
  }
  if (n > 0) histogram.record(pools::Nanos{static_cast<pools::Nanos::rep>(us * 10'000)});
  return histogram;
}

inline SeriesResult series(const std::string& phase, const std::string& task_class, double us,
                           std::uint64_t n, bool measured = true) {
  SeriesResult one;
  one.phase = phase;
  one.task_class = task_class;
  one.measured = measured;
  one.figures.response = latencies(us, n);
  one.figures.queue_wait = latencies(us / 4, n);
  one.figures.service = latencies(us / 2, n);
  one.figures.completed = one.figures.response.count();
  return one;
}

/// A sound, valid trial: 2,001 tasks around 100 us in each of two phases.
inline Trial trial(const std::string& pool, double us = 100) {
  Trial t;
  t.pool = pool;
  t.config.id = pool;
  t.config.dispatch.name = pool;
  t.config.min_workers = t.config.max_workers = 2;
  t.seed = 7;
  t.series = {series("warm-up", "task", us * 50, 500, false), series("calm", "task", us, 2000),
              series("burst", "task", us * 3, 2000)};
  t.phases = {{"warm-up", false, 0, 0.5, 1000, 1000},
              {"calm", true, 0.5, 1.5, 1000, 1001},
              {"burst", true, 1.5, 2.5, 3000, 2900}};
  t.ledger.submitted = 4503;
  t.ledger.completed = 4503;
  t.measured_from_s = 0.5;
  t.measured_s = 2;
  t.elapsed_s = 2.5;
  t.events = {7, 9, 5, 12, 2, 1, 0};
  t.rates = {2000, 2001, 2001, 0.4};
  t.generator.sent = 4503;
  t.generator.lag = latencies(2, 4000);
  t.timeline.pool = pool;
  t.slots = 2;
  t.steal_matrix = {0, 3, 4, 0};
  t.workers.resize(2);
  t.workers[0].completed = 4000;
  t.workers[0].steal_items = 3;
  t.workers[0].busy = pools::Nanos{1'500'000'000};
  t.workers[1].completed = 503;
  t.workers[1].steal_items = 4;
  t.workers[1].steal_attempts = 9;
  t.figures = {{"rescues", 3}};
  t.wakes = 12;
  for (int i = 1; i <= 3; ++i) {
    TimelinePoint point;
    point.t_s = 0.5 * i;
    point.throughput_per_s = 1000.5 * i;
    point.workers = i;
    point.queue_depth = 10 * i;
    if (i > 1) point.p50_us = us;
    point.latency_bins[static_cast<std::size_t>(i) + 20] = static_cast<std::uint32_t>(i);
    t.timeline.points.push_back(point);
  }
  t.timeline.scaling = {{0.4, 1, 2, "threshold", "60 queued > 50 per worker"},
                        {0.9, 2, 3, "threshold", "170 queued > 50 per worker x 2"},
                        {1.4, 3, 2, "threshold", "idle for 0.5 s"}};
  return t;
}

/// As if other processes had used the cores for a while, which made some tasks slow.
inline void disturb(Trial& t) {
  t.arrivals = {4500, 0.9, 0.41, -0.01, 0.5, NAN, 4000, 0.02, -0.012};
  t.noise.worker_run_delay_s = 0.035;
  t.noise.worker_involuntary_switches = 12;
  t.noise.cpu_pressure_s = 0.5;
  t.noise.worst_hiccup_us = 812.5;
  t.noise.speed_before = 900;
  t.noise.speed_after = 909;
  t.noise.hiccups = {{0.75, 812.5}, {1.25, 130}};
  for (const TimelinePoint& point : t.timeline.points) {
    NoiseInterval& one = t.noise.intervals.emplace_back();
    one.t_s = point.t_s;
    one.others_s = 0.02 * point.t_s;
    one.run_delay_s = 0.04 * point.t_s;
    one.minor_faults = 3;
    one.worker_run_delay_s = {0.01 * point.t_s, 0};
  }
  t.slowest = {{"burst", "task", 1, 1.601234567, 1.5, 2, 5000, 5300, 300, Cause::Queued,
                "waited 5 ms; worker 1 was busy with others, up to 48 tasks waited"},
               {"burst", "task", 0, 1.7, 2, 2.5, 3, 4100, 300, Cause::Others,
                "ran 4.1 ms instead of 300 us; in these 500 ms worker 0 waited 15 ms for a core; "
                "other processes used 30 ms"},
               {"calm", "task", -1, 0.9, NAN, 3100, 3101, 3200, NAN, Cause::GeneratorLate,
                "sent 3.1 ms late"},
               {"burst", "task", 1, 1.61, 1.5, 2, 2800, 3100, 300, Cause::Queued,
                "waited 2.8 ms; worker 1 was busy with others, up to 48 tasks waited"}};
}

/// As if `n` more tasks of a phase had been cancelled, each after `us`.
inline void cancel(Trial& t, std::size_t series, std::uint64_t n, double us) {
  pools::SeriesReport& figures = t.series.at(series).figures;
  const pools::Nanos age{static_cast<pools::Nanos::rep>(us * 1000)};
  figures.cancelled += n;
  figures.unserved_response.record(age, n);
  figures.unserved_wait.record(age, n);
  t.ledger.submitted += n;
  t.ledger.cancelled += n;
  t.drained = false;
}

inline scenarios::Expectation gate(const std::string& metric, const std::string& stat,
                                   const std::string& op, double value) {
  scenarios::Expectation e;
  e.metric = metric;
  e.stat = stat;
  e.op = op;
  e.value = value;
  return e;
}

}  // namespace results::made_up
