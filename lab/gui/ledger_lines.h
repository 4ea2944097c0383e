// The ledger as the window lists it: all twelve keys, what was submitted first, then where it went.
// Pure.
#pragma once

#include <array>
#include <cstdint>

#include "pools/metrics/ledger.h"

namespace lab::gui {

inline constexpr std::size_t kLedgerKeys = 12;

struct LedgerLine {
  const char* name;
  std::uint64_t count;
  bool total;  ///< what the others add up to
};

inline std::array<LedgerLine, kLedgerKeys> ledger_lines(const pools::Ledger& l) {
  return {{{"submitted", l.submitted, true},
           {"completed", l.completed, false},
           {"failed", l.failed, false},
           {"rejected", l.rejected, false},
           {"cancelled", l.cancelled, false},
           {"expired", l.expired, false},
           {"shed", l.shed, false},
           {"evicted", l.evicted, false},
           {"timed out", l.timed_out, false},
           {"queued", l.queued, false},
           {"running", l.running, false},
           {"backing off", l.backing_off, false}}};
}

}  // namespace lab::gui
