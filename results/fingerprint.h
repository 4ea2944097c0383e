// A short, stable name for a text: equal texts have equal fingerprints on every machine. Tells
// files apart; no protection against anyone who wants them to collide.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/scenario.h"

namespace results {

/// 64-bit FNV-1a (Fowler, Noll, Vo).
constexpr std::uint64_t fingerprint(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

/// Of its canonical JSON: equal hashes run the same load on the same pools.
std::string scenario_hash(const scenarios::Scenario& scenario);

}  // namespace results
