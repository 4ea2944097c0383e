#include "scenarios/service/distributions.h"

namespace scenarios {

ServiceRow constant_service() {
  return {
      .name = "constant",
      .summary = "every task takes the same time",
      .knobs = {time_knob("value_us", 50, 0, "the time; 0 for an empty task")},
      .sampler = [](const pools::Settings& settings) -> ServiceSampler {
        return [value = settings.real("value_us")](Random&) { return value; };
      },
      .mean_us = [](const pools::Settings& settings) { return settings.real("value_us"); },
  };
}

pools::Knob time_knob(std::string_view name, double fallback, double low, std::string_view help) {
  constexpr double kMinuteUs = 6e7;
  return {.name = name,
          .fallback = fallback,
          .unit = "us",
          .low = low,
          .high = kMinuteUs,
          .choices = {},
          .help = help};
}

}  // namespace scenarios
