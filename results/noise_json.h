// A trial's noise, slowest tasks and checks of its arrivals in the result file.
#pragma once

#include <vector>

#include "results/fields_json.h"
#include "results/noise.h"

namespace results {

Json arrivals_json(const ArrivalCheck& arrivals);
Json noise_json(const Noise& noise);
Json slowest_json(const std::vector<SlowestTask>& slowest);

}  // namespace results
