#include "scenarios/arrivals/processes.h"

namespace scenarios {

ArrivalRow constant_arrivals() {
  return {
      .name = "constant",
      .summary = "evenly spaced arrivals at one rate",
      .knobs = {rate_knob("rate_per_s", 1000, 0.001, "arrivals per second")},
      .plan =
          [](const pools::Settings& settings, double duration_s, Random&) {
            const double rate = settings.real("rate_per_s");
            return ArrivalPlan{.segments = {{duration_s, rate, rate}}, .gaps = Gaps::Constant};
          },
  };
}

}  // namespace scenarios
