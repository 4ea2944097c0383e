// The rows of the sizing catalog, one per policy, each defined in the policy's own file.
#pragma once

#include "pools/catalog.h"

namespace pools {

const SizingRow& fixed_row();
const SizingRow& threshold_row();

}  // namespace pools
