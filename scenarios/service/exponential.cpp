#include "scenarios/service/distributions.h"

namespace scenarios {

ServiceRow exponential_service() {
  return {
      .name = "exponential",
      .summary = "memoryless: many short, few long; what queueing theory's M/M/k assumes",
      .knobs = {time_knob("mean_us", 50, 0.001, "the mean")},
      .sampler = [](const pools::Settings& settings) -> ServiceSampler {
        return [mean = settings.real("mean_us")](Random& random) {
          return mean * random.exponential();
        };
      },
      .mean_us = [](const pools::Settings& settings) { return settings.real("mean_us"); },
  };
}

}  // namespace scenarios
