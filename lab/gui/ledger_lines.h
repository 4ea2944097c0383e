// The ledger as the window lists it: every key, what was submitted first, then where it went. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

#include "lab/gui/text.h"
#include "pools/metrics/ledger_keys.h"
#include "pools/metrics/series_counts.h"

namespace lab::gui {

inline constexpr std::size_t kLedgerLines = std::size(pools::kLedgerKeys);

struct LedgerLine {
  std::string name;
  std::uint64_t count;
  bool total;  ///< what the others add up to
};

inline LedgerLine ledger_line(const pools::Ledger& ledger, std::size_t index) {
  const pools::LedgerKey& key = pools::kLedgerKeys[index];
  std::string name(key.name);
  std::ranges::replace(name, '_', ' ');
  return {std::move(name), ledger.*key.count, key.role == pools::LedgerRole::Total};
}

/// "rate limited 9,120, circuit open 3": why submits were refused; empty where none was.
inline std::string refusals_text(const pools::Refusals& refusals) {
  std::string text;
  for (const pools::RefusalKey& key : pools::kRefusalKeys) {
    if (refusals.*key.of_pool == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(key.word) + " " +
            format_count(refusals.*key.of_pool);
  }
  return text;
}

}  // namespace lab::gui
