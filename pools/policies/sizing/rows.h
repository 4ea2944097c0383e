// The list of sizing policies. Each defines its row, <name>_row(), in its own file; to add one,
// write that file, add its name here, and list the file in CMakeLists.txt.
#pragma once

#include "pools/catalog.h"
#include "pools/policies/sizing/sizing.h"

/// Calls `row` for every policy, in the order in which people see them.
#define POOLLAB_SIZING_ROWS(row) row(fixed) row(threshold)

namespace pools {

#define POOLLAB_DECLARE_ROW(name) const SizingRow& name##_row();
POOLLAB_SIZING_ROWS(POOLLAB_DECLARE_ROW)
#undef POOLLAB_DECLARE_ROW

}  // namespace pools
