// The keys of the ledger, one row each: for whoever writes, reads, adds up, shows or asks for them.
// A new outcome is a member of Ledger and a row here, and one of SeriesReport where it is counted
// by series.
#pragma once

#include <cstdint>
#include <string_view>

#include "pools/metrics/ledger.h"
#include "pools/metrics/snapshot.h"

namespace pools {

enum class LedgerRole : std::uint8_t {
  Total,     ///< what all the others add up to
  Rejected,  ///< never let in
  Settled,   ///< over, one way or another
  Open,      ///< somewhere in the pool now
};

struct LedgerKey {
  std::string_view name;  ///< in files and gates
  std::string_view word;  ///< for people in a sentence; rare ends share one
  LedgerRole role;
  std::uint64_t Ledger::*count;
  std::uint64_t SeriesReport::*by_series;  ///< nullptr: not counted by series
  std::string_view help;
  bool happens = true;  ///< false: nothing in this build does that to a task yet
  bool later = false;   ///< result files of before it was added do not have it
};

inline constexpr LedgerKey kLedgerKeys[] = {
    {"submitted", "submitted", LedgerRole::Total, &Ledger::submitted, nullptr, "submit calls"},
    {"completed", "completed", LedgerRole::Settled, &Ledger::completed, &SeriesReport::completed,
     "ran to their end"},
    {"failed", "failed", LedgerRole::Settled, &Ledger::failed, &SeriesReport::failed,
     "ran and threw"},
    {"rejected", "refused", LedgerRole::Rejected, &Ledger::rejected, &SeriesReport::rejected,
     "refused at the door"},
    {"cancelled", "cancelled", LedgerRole::Settled, &Ledger::cancelled, &SeriesReport::cancelled,
     "given back unrun"},
    {"expired", "dropped", LedgerRole::Settled, &Ledger::expired, nullptr,
     "their deadline passed while they waited", false},
    {"shed", "dropped", LedgerRole::Settled, &Ledger::shed, nullptr, "dropped by overload control",
     false},
    {"evicted", "dropped", LedgerRole::Settled, &Ledger::evicted, nullptr,
     "pushed out by a newer task", false},
    {"timed_out", "timed out", LedgerRole::Settled, &Ledger::timed_out, &SeriesReport::timed_out,
     "overran their time limit", true, true},
    {"queued", "waiting", LedgerRole::Open, &Ledger::queued, nullptr, "waiting now"},
    {"running", "running", LedgerRole::Open, &Ledger::running, nullptr, "running now"},
    {"backing_off", "waiting", LedgerRole::Open, &Ledger::backing_off, nullptr,
     "waiting for a retry"},
};

/// What else is counted of each series. A new one is a member of SeriesReport and a row here.
struct AttemptKey {
  std::string_view name;
  std::string_view unit;
  std::uint64_t SeriesReport::*count;
  std::string_view help;
  bool later = true;
};

inline constexpr AttemptKey kAttemptKeys[] = {
    {"retries", "attempts", &SeriesReport::retries, "attempts after a task's first"},
    {"recovered", "tasks", &SeriesReport::recovered, "completed, though an attempt had failed"},
};

/// Whether tasks that were due in one phase, or are of one class, can be counted by it.
constexpr bool counted_by_series(const LedgerKey& key) noexcept {
  return key.role == LedgerRole::Total || key.by_series != nullptr;
}

/// What became of the tasks of one series. All of them are over, so nothing is open.
inline Ledger ledger_of(const SeriesReport& series) noexcept {
  Ledger ledger;
  for (const LedgerKey& key : kLedgerKeys) {
    if (key.by_series != nullptr) ledger.*key.count = series.*key.by_series;
  }
  ledger.submitted = ledger.accounted();
  return ledger;
}

inline Ledger& operator+=(Ledger& sum, const Ledger& more) noexcept {
  for (const LedgerKey& key : kLedgerKeys) sum.*key.count += more.*key.count;
  return sum;
}

}  // namespace pools
