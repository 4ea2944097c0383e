#include "scenarios/arrivals/processes.h"

namespace scenarios {

ArrivalRow ramp_arrivals() {
  return {
      .name = "ramp",
      .summary = "a rate that changes steadily over the phase",
      .knobs = {rate_knob("from_per_s", 100, 0, "rate at the start of the phase"),
                rate_knob("to_per_s", 2000, 0, "rate at its end"), gaps_knob()},
      .plan =
          [](const pools::Settings& settings, double duration_s, Random&) {
            return ArrivalPlan{
                .segments = {{duration_s, settings.real("from_per_s"), settings.real("to_per_s")}},
                .gaps = gaps_of(settings)};
          },
      .contradiction = [](const pools::Settings& settings, double) -> std::optional<Contradiction> {
        if (settings.real("from_per_s") > 0 || settings.real("to_per_s") > 0) return std::nullopt;
        return Contradiction{"to_per_s",
                             "expected a rate above 0 at one end at least, got 0 at both"};
      },
  };
}

}  // namespace scenarios
