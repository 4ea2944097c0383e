// Is this machine fit to measure on, what should be changed, and how small a difference will it
// show? The probes take about ten seconds and use all cores; what is made of them is a pure
// function.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/pair_probe.h"
#include "results/environment.h"

namespace lab {

/// What was tried out.
struct Probe {
  bool real_time = false;      ///< the generator may run before the workers
  double others_share = 0;     ///< of the cores' time, used by other processes meanwhile; 0..1
  double stolen_share = 0;     ///< taken by the hypervisor, as far as it says so
  double late_p99_us = 0;      ///< how much later than asked for a sleeping thread runs
  double lost_share = 0;       ///< of a thread's time that nobody accounts for: it stood still
  double longest_stop_us = 0;  ///< the longest such stop
  PairSpeed pair{};            ///< of two cores that share one
  double speed_spread = 0;     ///< of the speed of one core over some seconds; 0.03: 3 %
  double detectable_p50 = 0;   ///< the least ratio that ten blocks tell apart; 0: not tried
  double detectable_p99 = 0;   ///< INFINITY where none
  std::uint32_t trials = 0;    ///< of that comparison
  std::uint32_t spoilt = 0;    ///< of these, not valid
};

/// `progress` is told what is being tried.
Probe probe_machine(const std::function<void(const std::string&)>& progress = {});

enum class Fitness : std::uint8_t { Good, Fair, Poor };

struct Finding {
  std::string about;
  Fitness fitness = Fitness::Good;
  std::string found;
  std::string advice = {};  ///< what to do about it; empty: nothing
};

std::vector<Finding> findings(const results::Environment& environment, const Probe& probe);

/// The worst of them.
Fitness overall(const std::vector<Finding>& findings) noexcept;

/// "good", "fair", "poor".
const char* fitness_name(Fitness fitness) noexcept;

/// As `poollab doctor --json` prints it.
std::string doctor_json(const results::Environment& environment, const Probe& probe);

}  // namespace lab
