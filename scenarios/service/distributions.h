// The rows of the service-time catalog, one file each. A service time is how long a task takes on
// an idle core.
#pragma once

#include "scenarios/catalog.h"

namespace scenarios {

ServiceRow constant_service();
ServiceRow uniform_service();
ServiceRow exponential_service();
ServiceRow lognormal_service();
ServiceRow bimodal_service();
ServiceRow pareto_service();

/// A time in microseconds with the range all distributions share (up to a minute).
pools::Knob time_knob(std::string_view name, double fallback, double low, std::string_view help);

}  // namespace scenarios
