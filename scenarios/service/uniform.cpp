#include "scenarios/service/distributions.h"

namespace scenarios {

ServiceRow uniform_service() {
  return {
      .name = "uniform",
      .summary = "any time between two limits is equally likely",
      .knobs = {time_knob("min_us", 10, 0, "the shortest"),
                time_knob("max_us", 90, 0, "the longest")},
      .sampler = [](const pools::Settings& settings) -> ServiceSampler {
        const double low = settings.real("min_us");
        return [low, width = settings.real("max_us") - low](Random& random) {
          return low + width * random.unit();
        };
      },
      .mean_us =
          [](const pools::Settings& settings) {
            return (settings.real("min_us") + settings.real("max_us")) / 2;
          },
      .contradiction = [](const pools::Settings& settings) -> std::optional<Contradiction> {
        const double low = settings.real("min_us");
        const double high = settings.real("max_us");
        if (low <= high) return std::nullopt;
        return Contradiction{"max_us", "expected at least min_us (" + pools::shown(low) +
                                           "), got " + pools::shown(high)};
      },
  };
}

}  // namespace scenarios
