// The rows of the work catalog, one file each.
#pragma once

#include "scenarios/catalog.h"

namespace scenarios {

WorkRow cpu_work();
WorkRow sleep_work();
WorkRow spawn_work();
WorkRow fork_join_work();

}  // namespace scenarios
