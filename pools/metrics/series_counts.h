// What is counted of each series beside its outcomes (ledger_keys.h), one row each: for whoever
// writes, reads, adds up or asks for them.
#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>

#include "pools/metrics/snapshot.h"
#include "pools/pool.h"

namespace pools {

/// Why a submit was refused.
struct RefusalKey {
  std::string_view name;  ///< in files and gates
  std::string_view word;  ///< for people
  std::uint64_t Refusals::*of_pool;
  std::string_view help;
};

/// In the order of SubmitStatus.
inline constexpr RefusalKey kRefusalKeys[] = {
    {"queue_full", "queue full", &Refusals::queue_full, "refused: no room in the queue"},
    {"shutting_down", "shutting down", &Refusals::shutting_down, "refused: the pool was ending"},
    {"rate_limited", "rate limited", &Refusals::rate_limited, "refused by token_bucket"},
    {"circuit_open", "circuit open", &Refusals::circuit_open, "refused by circuit_breaker"},
    {"limit_reached", "limit reached", &Refusals::limit_reached, "refused by concurrency_limit"},
};
static_assert(std::size(kRefusalKeys) == kRefusals);

struct DeadlineKey {
  std::string_view name;
  std::uint64_t SeriesReport::*count;
};

/// Of the tasks that had a deadline.
inline constexpr DeadlineKey kDeadlineKeys[] = {
    {"deadlines_met", &SeriesReport::deadlines_met},
    {"deadlines_missed", &SeriesReport::deadlines_missed},
};

/// The share that was completed by its deadline; NAN where none had one.
inline double deadline_met(const SeriesReport& series) noexcept {
  const auto met = static_cast<double>(series.deadlines_met);
  return met / (met + static_cast<double>(series.deadlines_missed));
}

/// Calls visit(name, count) for each of these counts of a series.
void each_series_count(auto& series, auto visit) {
  for (const RefusalKey& key : kRefusalKeys) visit(key.name, series.refusals.*key.of_pool);
  for (const DeadlineKey& key : kDeadlineKeys) visit(key.name, series.*key.count);
}

}  // namespace pools
