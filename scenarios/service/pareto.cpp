#include <algorithm>
#include <cmath>

#include "scenarios/portable_math.h"
#include "scenarios/service/distributions.h"

namespace scenarios {
namespace {

double mean_us(const pools::Settings& settings) {
  const double scale = settings.real("scale_us");
  const double shape = settings.real("shape");
  const double cap = settings.real("cap_us");
  // E[min(X, cap)] = scale + the integral of P(X > x) from scale to cap.
  if (std::abs(shape - 1) < 1e-9) return scale + scale * portable_ln(cap / scale);
  const double tail = scale * portable_exp((1 - shape) * portable_ln(cap / scale));
  return scale + (tail - scale) / (1 - shape);
}

}  // namespace

ServiceRow pareto_service() {
  return {
      .name = "pareto",
      .summary = "heavy tail: a few tasks carry much of the work; capped, so that a mean exists",
      .knobs = {time_knob("scale_us", 20, 0.001, "the shortest time"),
                {.name = "shape",
                 .fallback = 1.5,
                 .unit = "",
                 .low = 0.1,
                 .high = 20,
                 .choices = {},
                 .help = "tail index: the smaller, the heavier the tail"},
                time_knob("cap_us", 20'000, 0.001, "longer draws count as this")},
      .sampler = [](const pools::Settings& settings) -> ServiceSampler {
        return [scale = settings.real("scale_us"), power = -1 / settings.real("shape"),
                cap = settings.real("cap_us")](Random& random) {
          return std::min(cap, scale * portable_exp(power * portable_ln(random.unit_above_zero())));
        };
      },
      .mean_us = mean_us,
      .contradiction = [](const pools::Settings& settings) -> std::optional<Contradiction> {
        const double scale = settings.real("scale_us");
        const double cap = settings.real("cap_us");
        if (cap >= scale) return std::nullopt;
        return Contradiction{"cap_us", "expected at least scale_us (" + pools::shown(scale) +
                                           "), got " + pools::shown(cap)};
      },
  };
}

}  // namespace scenarios
