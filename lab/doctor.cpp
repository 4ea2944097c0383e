#include "lab/doctor.h"

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "lab/session.h"
#include "pools/clock.h"
#include "pools/usable_cores.h"
#include "results/comparison.h"
#include "results/noise_meter.h"
#include "scenarios/foremost.h"
#include "scenarios/scenario_json.h"

namespace lab {
namespace {

using pools::Clock;
using pools::Instant;
using pools::Nanos;

double micros(Nanos t) { return static_cast<double>(t.count()) / 1e3; }

/// How late a thread that sleeps a millisecond at a time comes back, at the 99th percentile.
double late_p99_us() {
  constexpr std::size_t kSleeps = 800;
  static constexpr Nanos kSleep = std::chrono::milliseconds(1);
  double p99 = 0;
  // A thread of its own: what it is set to must not stay.
  std::thread([&p99] {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    const scenarios::Foremost foremost(scenarios::Urgency::RealTime);
    std::vector<double> late;
    late.reserve(kSleeps);
    for (std::size_t i = 0; i < kSleeps; ++i) {
      const Instant before = Clock::now();
      std::this_thread::sleep_for(kSleep);
      late.push_back(micros(Clock::now() - before - kSleep));
    }
    std::sort(late.begin(), late.end());
    p99 = late[kSleeps * 99 / 100];
  }).join();
  return p99;
}

/// A thread that only reads the clock sees when it was stopped.
void watch_for_stops(Probe& probe) {
  constexpr Nanos kWatch = std::chrono::milliseconds(700);
  constexpr Nanos kStop = std::chrono::microseconds(20);
  const Instant begin = Clock::now();
  Instant last = begin;
  Nanos lost{0};
  Nanos longest{0};
  while (last - begin < kWatch) {
    const Instant now = Clock::now();
    if (const Nanos gap = now - last; gap > kStop) {
      lost += gap;
      longest = std::max(longest, gap);
    }
    last = now;
  }
  probe.lost_share = static_cast<double>(lost.count()) / static_cast<double>(kWatch.count());
  probe.longest_stop_us = micros(longest);
}

/// A pool against itself: what is found different there is the machine.
void compare_with_itself(Probe& probe) {
  const scenarios::Scenario scenario = scenarios::read_scenario_text(
      R"({"name": "doctor", "run": {"warmup_s": 0.1, "repetitions": 10, "aa_control": false},
          "classes": [{"name": "task", "service": {"dist": "exponential", "mean_us": 40}}],
          "phases": [{"name": "steady", "duration_s": 0.3,
                      "arrival": {"process": "poisson", "rate_per_s": 8000}}],
          "pools": [{"id": "pull", "dispatch": "pull"}, {"id": "copy", "dispatch": "pull"}]})",
      "doctor");
  Session session(scenario, {});
  session.start();
  session.wait();
  const SessionProgress end = session.progress();
  if (end.state != SessionState::Finished) throw std::runtime_error(end.error);
  const results::RunResult result = session.result();
  probe.trials = static_cast<std::uint32_t>(result.trials.size());
  for (const results::Trial& trial : result.trials) probe.spoilt += trial.valid ? 0 : 1;
  const auto detectable = [&result](const char* stat) {
    const auto all = results::compare(result.trials, "pull", {{"response_us", stat}});
    return all.empty() ? INFINITY : all.front().detectable;  // empty: all was spoilt
  };
  probe.detectable_p50 = detectable("p50");
  probe.detectable_p99 = detectable("p99");
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

Finding cores(const results::Environment& env) {
  Finding one{"cores", Fitness::Good, fmt::format("{} of {} usable", env.usable_cores, env.cores)};
  if (env.usable_cores >= 4) return one;
  one.fitness = env.usable_cores == 1 ? Fitness::Poor : Fitness::Fair;
  one.advice =
      "the generator and the workers share them: compare pools of fewer workers than cores, or "
      "measure on a machine with four and more";
  return one;
}

Finding quota(const results::Environment& env) {
  Finding one{"CPU quota", Fitness::Good, "none"};
  if (!(env.cgroup_cpus > 0)) return one;
  one.fitness = Fitness::Poor;
  one.found = fmt::format("{:.3g} cores' worth", env.cgroup_cpus);
  one.advice = "a used-up quota stops all threads for milliseconds: run without one";
  return one;
}

Finding frequency(const results::Environment& env, const Probe& probe) {
  Finding one{"frequency", Fitness::Good, env.governor};
  const char* const set = "cpupower frequency-set -g performance";
  if (env.governor.empty()) {
    one.found = env.virtualised ? "the host's" : "not told";
  } else if (env.governor != "performance") {
    one.fitness = Fitness::Fair;
    one.advice = set;
  }
  if (probe.speed_spread > 0.03) {
    one.fitness = probe.speed_spread > 0.1 ? Fitness::Poor : Fitness::Fair;
    one.found += fmt::format("; the speed of a core changed by {}", percent(probe.speed_spread));
    one.advice = env.virtualised
                     ? "the host changes its clock rate: compare in blocks, where that hits all"
                     : std::string(set) + "; switch turbo off, or look to the cooling";
  }
  return one;
}

Finding siblings(const results::Environment& env, const Probe& probe) {
  Finding one{"SMT", Fitness::Good, env.smt ? "on" : "off"};
  if (env.smt) {
    one.fitness = Fitness::Fair;
    one.advice =
        "two threads on one core slow each other down: echo off > "
        "/sys/devices/system/cpu/smt/control";
  }
  if (probe.pair.share < 0.85) {  // memory and heat that cores share take less
    one.fitness = Fitness::Fair;
    one.found += fmt::format("; cores {} and {} together run at {:.0f} % of their speed",
                             probe.pair.first, probe.pair.second, 100 * probe.pair.share);
    if (!env.smt) {
      one.advice =
          "they share one, or the host's time: measure on a machine whose cores are its own";
    }
  }
  return one;
}

Finding clock(const results::Environment& env) {
  Finding one{"clock", Fitness::Good,
              fmt::format("{}, {:.0f} ns a reading", env.clock_source, env.clock_read_ns)};
  if (env.clock_read_ns > 100) {
    one.fitness = env.clock_read_ns > 500 ? Fitness::Poor : Fitness::Fair;
    one.advice =
        "every task reads it three times: a kernel that takes the tsc as its clock source "
        "(clocksource=tsc tsc=reliable)";
  }
  return one;
}

Finding priority(const Probe& probe) {
  Finding one{"generator", Fitness::Good, "may run before the workers"};
  if (!probe.real_time) {
    one.fitness = Fitness::Fair;
    one.found = "waits its turn behind the workers";
    one.advice = "run as root, or allow real time: ulimit -r 1, or setcap cap_sys_nice+ep poollab";
  }
  return one;
}

Finding timer(const Probe& probe) {
  Finding one{"timer", Fitness::Good, fmt::format("late by {:.0f} us at p99", probe.late_p99_us)};
  if (probe.late_p99_us > 100) {
    one.fitness = probe.late_p99_us > 1000 ? Fitness::Poor : Fitness::Fair;
    one.advice = "sends will be late: idle states (cpupower idle-set -D 10) or a busy host";
  }
  return one;
}

Finding others(const Probe& probe) {
  Finding one{"other processes", Fitness::Good,
              fmt::format("{} of the cores' time", percent(probe.others_share))};
  if (probe.others_share > 0.02) {
    one.fitness = probe.others_share > 0.1 ? Fitness::Poor : Fitness::Fair;
    one.advice = "stop them, or wait; `top` shows which they are";
  }
  return one;
}

Finding stops(const results::Environment& env, const Probe& probe) {
  Finding one{"stops", Fitness::Good,
              fmt::format("{} of a busy thread's time, the longest {:.0f} us",
                          percent(probe.lost_share), probe.longest_stop_us)};
  if (probe.stolen_share > 0.001) {
    one.found += fmt::format("; {} stolen", percent(probe.stolen_share));
  }
  if (probe.lost_share > 0.005 || probe.longest_stop_us > 1000) {
    one.fitness = probe.lost_share > 0.03 ? Fitness::Poor : Fitness::Fair;
    one.advice = env.virtualised
                     ? "the host takes the cores away: what is beyond p99 is the host's"
                     : "interrupts or the kernel take the cores away: isolcpus, irqbalance off";
  }
  return one;
}

Finding precision(const Probe& probe) {
  if (probe.trials == 0) return {"precision", Fitness::Fair, "not tried"};
  const auto ratio = [](double value) {
    return std::isfinite(value) ? fmt::format("{:.0f} %", 100 * (value - 1)) : "nothing";
  };
  if (probe.spoilt == probe.trials) {
    return {"precision", Fitness::Poor, fmt::format("all {} trials were spoilt", probe.trials),
            "mend what is said above first; `poollab run` of any scenario names what spoilt it"};
  }
  Finding one{"precision", Fitness::Good,
              fmt::format("ten blocks of 0.3 s tell apart {} at p50, {} at p99",
                          ratio(probe.detectable_p50), ratio(probe.detectable_p99))};
  if (probe.spoilt > 0) {
    one.found += fmt::format("; {} of {} trials spoilt", probe.spoilt, probe.trials);
  }
  if (probe.detectable_p50 > 1.1 || probe.detectable_p99 > 1.25) {
    one.fitness = probe.detectable_p50 > 1.25 ? Fitness::Poor : Fitness::Fair;
    one.advice = "more blocks (--repeat 20), longer phases; four times as many halve it";
  }
  return one;
}

}  // namespace

Probe probe_machine(const std::function<void(const std::string&)>& progress) {
  const auto say = [&progress](const char* what) {
    if (progress) progress(what);
  };
  Probe probe;
  std::thread([&probe] {
    probe.real_time =
        scenarios::Foremost(scenarios::Urgency::RealTime).granted() == scenarios::Urgency::RealTime;
  }).join();
  const results::Cost before = results::cost_so_far();
  const Instant begin = Clock::now();
  double slowest = results::present_speed();
  double fastest = slowest;
  const auto watch_speed = [&] {
    const double speed = results::present_speed();
    slowest = std::min(slowest, speed);
    fastest = std::max(fastest, speed);
  };
  say("how late a sleeping thread comes back");
  probe.late_p99_us = late_p99_us();
  say("whether a busy thread is stopped");
  watch_speed();
  watch_for_stops(probe);
  watch_speed();
  const results::Cost used = results::cost_between(before, results::cost_so_far());
  const double room =
      std::chrono::duration<double>(Clock::now() - begin).count() * pools::usable_cores();
  probe.others_share = used.others_s / room;
  probe.stolen_share = used.stolen_s / room;
  say("whether cores slow each other down");
  probe.pair = probe_pairs();
  watch_speed();
  probe.speed_spread = (fastest - slowest) / fastest;
  say("how a pool differs from itself");
  compare_with_itself(probe);
  return probe;
}

std::vector<Finding> findings(const results::Environment& environment, const Probe& probe) {
  return {cores(environment),
          quota(environment),
          frequency(environment, probe),
          siblings(environment, probe),
          clock(environment),
          priority(probe),
          timer(probe),
          others(probe),
          stops(environment, probe),
          precision(probe)};
}

Fitness overall(const std::vector<Finding>& findings) noexcept {
  Fitness worst = Fitness::Good;
  for (const Finding& one : findings) worst = std::max(worst, one.fitness);
  return worst;
}

const char* fitness_name(Fitness fitness) noexcept {
  switch (fitness) {
    case Fitness::Good:
      return "good";
    case Fitness::Fair:
      return "fair";
    case Fitness::Poor:
      break;
  }
  return "poor";
}

}  // namespace lab
