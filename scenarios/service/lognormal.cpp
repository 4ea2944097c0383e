#include <cmath>

#include "scenarios/portable_math.h"
#include "scenarios/service/distributions.h"

namespace scenarios {

ServiceRow lognormal_service() {
  return {
      .name = "lognormal",
      .summary = "skewed to the right, as measured service times of real requests mostly are",
      .knobs = {time_knob("mean_us", 50, 0.001, "the mean"),
                {.name = "cv",
                 .fallback = 1.0,
                 .unit = "",
                 .low = 0,
                 .high = 20,
                 .choices = {},
                 .help = "coefficient of variation: standard deviation over mean"}},
      .sampler = [](const pools::Settings& settings) -> ServiceSampler {
        const double cv = settings.real("cv");
        const double variance = portable_ln(1 + cv * cv);
        const double location = portable_ln(settings.real("mean_us")) - variance / 2;
        return [location, deviation = std::sqrt(variance)](Random& random) {
          return portable_exp(location + deviation * random.normal());
        };
      },
      .mean_us = [](const pools::Settings& settings) { return settings.real("mean_us"); },
  };
}

}  // namespace scenarios
