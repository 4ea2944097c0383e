// What a pool did, as far as it can be counted from outside its tasks: one row for each event, for
// gates, results and views alike. A new one is a member and a row.
#pragma once

#include <cstdint>
#include <string_view>

#include "scenarios/gates.h"

namespace scenarios {

struct EventCounts {
  std::uint64_t steals = 0;  ///< tasks stolen
  std::uint64_t steal_attempts = 0;
  std::uint64_t steal_hits = 0;
  std::uint64_t wakes = 0;
  std::uint64_t scale_up = 0;
  std::uint64_t scale_down = 0;
  std::uint64_t breaker_opened = 0;
};

struct EventKey {
  std::string_view name;  ///< in files and gates
  std::string_view unit;
  std::string_view help;
  std::uint64_t EventCounts::*count;
  GateNeed needs;
  bool later = false;  ///< result files of before it was added do not have it
};

inline constexpr EventKey kEventKeys[] = {
    {"steals", "tasks", "tasks taken from another worker", &EventCounts::steals, GateNeed::Thieves},
    {"steal_attempts", "probes", "victims looked at", &EventCounts::steal_attempts,
     GateNeed::Thieves},
    {"steal_hits", "probes", "of those, with something to take", &EventCounts::steal_hits,
     GateNeed::Thieves},
    {"wakes", "wakes", "workers woken from sleep", &EventCounts::wakes, GateNeed::Wakes},
    {"scale_up", "events", "times the worker target was raised", &EventCounts::scale_up,
     GateNeed::Sizing},
    {"scale_down", "events", "times the worker target was lowered", &EventCounts::scale_down,
     GateNeed::Sizing},
    {"breaker_opened", "times", "times a circuit breaker opened", &EventCounts::breaker_opened,
     GateNeed::Breaks, true},
};

}  // namespace scenarios
