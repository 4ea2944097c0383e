#include "scenarios/arrivals/processes.h"

namespace scenarios {

ArrivalRow poisson_arrivals() {
  return {
      .name = "poisson",
      .summary = "independent arrivals at one mean rate, as from many unrelated users",
      .knobs = {rate_knob("rate_per_s", 1000, 0.001, "mean arrivals per second")},
      .plan =
          [](const pools::Settings& settings, double duration_s, Random&) {
            const double rate = settings.real("rate_per_s");
            return ArrivalPlan{.segments = {{duration_s, rate, rate}}, .gaps = Gaps::Poisson};
          },
  };
}

}  // namespace scenarios
