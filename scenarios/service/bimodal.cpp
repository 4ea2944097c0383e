#include "scenarios/service/distributions.h"

namespace scenarios {

ServiceRow bimodal_service() {
  return {
      .name = "bimodal",
      .summary = "two times: mostly the one, sometimes the other",
      .knobs = {{.name = "p",
                 .fallback = 0.95,
                 .unit = "",
                 .low = 0,
                 .high = 1,
                 .choices = {},
                 .help = "share of tasks that take a_us"},
                time_knob("a_us", 20, 0, "the one time"),
                time_knob("b_us", 600, 0, "the other time")},
      .sampler = [](const pools::Settings& settings) -> ServiceSampler {
        return [p = settings.real("p"), a = settings.real("a_us"),
                b = settings.real("b_us")](Random& random) { return random.unit() < p ? a : b; };
      },
      .mean_us =
          [](const pools::Settings& settings) {
            const double p = settings.real("p");
            return p * settings.real("a_us") + (1 - p) * settings.real("b_us");
          },
  };
}

}  // namespace scenarios
