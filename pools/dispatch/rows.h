// The list of strategies. Each defines its row, <name>_row(), in its own file; to add one, write
// that file, add its name here, and list the file in CMakeLists.txt.
#pragma once

#include "pools/catalog.h"
#include "pools/dispatch/dispatch.h"

/// Calls `row` for every strategy, in the order in which people see them.
#define POOLLAB_DISPATCH_ROWS(row) row(pull) row(push) row(stealing) row(priority) row(batch)

namespace pools {

#define POOLLAB_DECLARE_ROW(name) const DispatchRow& name##_row();
POOLLAB_DISPATCH_ROWS(POOLLAB_DECLARE_ROW)
#undef POOLLAB_DECLARE_ROW

}  // namespace pools
