#include "scenarios/work/faults.h"

#include <chrono>

namespace scenarios {

std::vector<pools::Knob> fault_knobs() {
  const pools::KnobNeed hangs{"hang_share", 0.000001};
  return {{.name = "fail_share",
           .fallback = 0.0,
           .unit = "",
           .low = 0,
           .high = 1,
           .choices = {},
           .help = "share of the attempts that do their work and fail"},
          {.name = "hang_share",
           .fallback = 0.0,
           .unit = "",
           .low = 0,
           .high = 1,
           .choices = {},
           .help = "share of the attempts that hang instead of working"},
          {.name = "hang_ms",
           .fallback = 100.0,
           .unit = "ms",
           .low = 0.1,
           .high = 60'000,
           .choices = {},
           .help = "for how long",
           .needs = hangs},
          {.name = "hang_heeds_stop",
           .fallback = false,
           .unit = "",
           .choices = {},
           .help = "who hangs comes back when asked to stop, as at its time limit",
           .needs = hangs}};
}

Faults faults_of(const pools::Settings& settings) {
  const std::chrono::duration<double, std::milli> hang{settings.real("hang_ms")};
  return {settings.real("fail_share"), settings.real("hang_share"),
          std::chrono::duration_cast<pools::Nanos>(hang), settings.flag("hang_heeds_stop")};
}

}  // namespace scenarios
