// The rows of the arrival catalog, one file each.
#pragma once

#include "scenarios/catalog.h"

namespace scenarios {

ArrivalRow closed_arrivals();
ArrivalRow constant_arrivals();
ArrivalRow poisson_arrivals();
ArrivalRow on_off_arrivals();
ArrivalRow ramp_arrivals();
ArrivalRow step_arrivals();
ArrivalRow spike_arrivals();

}  // namespace scenarios
