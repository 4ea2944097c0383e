// What a gate can ask about: every metric with its statistics and filters, and what a pool must
// have for it to move at all. A gate on a figure that stays 0 whatever happens is met for ever and
// says nothing, so the reader refuses it. Verdicts in results/ know how to find each figure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pools/pool_config.h"

namespace scenarios {

/// What a pool must have for a metric to be more than a constant.
enum class GateNeed : std::uint8_t {
  Nothing,
  Times,       ///< tasks are time-stamped
  BusyTime,    ///< the workers' time in tasks is known
  Wakes,       ///< our engine wakes the workers
  Thieves,     ///< workers take tasks from one another
  Sizing,      ///< the number of workers changes
  Ageing,      ///< waiting tasks gain urgency
  Batches,     ///< tasks are handed over in batches
  Retries,     ///< failed tasks are tried again
  TimeLimits,  ///< tasks have a time limit
  Watch,       ///< somebody looks for lost workers
  Claims,      ///< our engine lets workers have what others have taken but not begun
};

struct GateMetric {
  std::string_view name;
  std::string_view unit;
  std::string_view help;                ///< one line
  std::vector<std::string_view> stats;  ///< the first is meant when a gate names none
  bool by_class = false;                ///< may be asked of one class
  bool by_phase = false;                ///< may be asked of one phase; else the whole trial
  GateNeed needs = GateNeed::Nothing;
};

/// Of a search, not of a trial.
inline constexpr std::string_view kCapacityMetric = "capacity_per_s";

const std::vector<GateMetric>& gate_metrics();
/// Nullptr when there is none of that name.
const GateMetric* find_gate_metric(std::string_view name);

/// Why this pool's figure would be the same whatever happens ("its workers take no tasks from one
/// another"); empty where it can be asked. Names and knobs that do not exist lack nothing: they are
/// the catalogs' affair.
std::string what_lacks(const GateMetric& metric, const pools::PoolConfig& config);

/// Why a key of the ledger is no metric for gates: nothing in this build counts it, or it is 0 at
/// the end of every trial. Empty for any other name.
std::string_view why_constant(std::string_view ledger_key);

/// What of a figure a gate may judge: "estimate" the median of the trials, "ci_upper" and
/// "ci_lower" the ends of its 95 % interval, "interval" both (open where only one end holds). Left
/// out: the estimate; of a ratio over six blocks and more, the interval.
const std::vector<std::string_view>& gate_bounds();

/// The fewest trials of a pool whose median has a 95 % interval.
inline constexpr std::uint32_t kLeastForInterval = 6;

/// < <= > >= ==
const std::vector<std::string_view>& gate_operators();

}  // namespace scenarios
