// The ledger as the window lists it: every key, what was submitted first, then where it went. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

#include "pools/metrics/ledger_keys.h"

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

}  // namespace lab::gui
