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
    {"expired", "expired", LedgerRole::Settled, &Ledger::expired, &SeriesReport::expired,
     "their deadline passed while they waited", true, true},
    {"shed", "shed", LedgerRole::Settled, &Ledger::shed, &SeriesReport::shed,
     "dropped by overload control", true, true},
    {"evicted", "evicted", LedgerRole::Settled, &Ledger::evicted, &SeriesReport::evicted,
     "pushed out of a full queue", true, true},
    {"timed_out", "dropped", LedgerRole::Settled, &Ledger::timed_out, nullptr,
     "overran their time limit", false},
    {"queued", "waiting", LedgerRole::Open, &Ledger::queued, nullptr, "waiting now"},
    {"running", "running", LedgerRole::Open, &Ledger::running, nullptr, "running now"},
    {"backing_off", "waiting", LedgerRole::Open, &Ledger::backing_off, nullptr,
     "waiting for a retry", false},
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
