// The highest rate that a pool serves with a response time below a bound, as a search found it:
// each trial of it was served at some rate, and kept the bound or missed it. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/comparison.h"
#include "results/run_result.h"

namespace results {

/// What a trial says about its rate.
enum class Kept : std::uint8_t {
  Yes,      ///< below the bound, and nearly every task served
  No,       ///< not
  Unknown,  ///< too few samples, spoilt, or cut short
};

/// More tasks than this share refused, cancelled or failed: the rest may be as fast as it likes.
inline constexpr double kMostLost = 0.001;

/// A trial that others spoilt may have kept the bound: what spoils makes slower, not faster.
Kept kept(const Trial& trial, const scenarios::CapacityGoal& goal);

/// The rate that a trial of a search was served at; NAN of another one.
double rate_of(const Trial& trial);

/// One search by one pool, in one block.
struct Search {
  std::uint32_t block = 0;
  double kept_per_s = 0;  ///< the highest rate that was kept below all that were missed; NAN: none
  double missed_per_s = 0;  ///< the lowest that was missed; INFINITY: none, up to the highest tried
  std::size_t trials = 0;
  bool open = false;  ///< a trial could not say: there is no result
};

/// The searches of one pool.
struct Capacity {
  std::string pool;
  std::string arm;
  std::vector<Search> searches;  ///< by block
  double rate_per_s = 0;         ///< median of what was kept; NAN where no search ended
  /// With six searches and more the 95 % interval, with fewer all of them: from kept to missed.
  double low_per_s = 0;
  double high_per_s = 0;
  bool at_least = false;  ///< a search found nothing that is missed

  /// Searches with a result.
  std::size_t ended() const;
};

/// Of every pool (and the baseline's second copy) in the order of the scenario; nothing of a run
/// that was no search.
std::vector<Capacity> capacities(const RunResult& result);

/// Every pool's rate against the baseline's, block by block; empty with one block.
std::vector<Comparison> compared(const std::vector<Capacity>& all, const std::string& baseline);

/// One verdict per gate and pool: it holds where it would at either end of the interval.
std::vector<GateVerdict> evaluate(const std::vector<scenarios::Expectation>& gates,
                                  const std::vector<Capacity>& all);

}  // namespace results
