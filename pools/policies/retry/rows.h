// The list of retry policies. Each defines its row, <name>_row(), in its own file; to add one,
// write that file, add its name here, and list the file in CMakeLists.txt.
#pragma once

#include "pools/catalog.h"
#include "pools/policies/retry/retry.h"

/// Calls `row` for every policy, in the order in which people see them.
#define POOLLAB_RETRY_ROWS(row) row(discard) row(backoff)

namespace pools {

#define POOLLAB_DECLARE_ROW(name) const RetryRow& name##_row();
POOLLAB_RETRY_ROWS(POOLLAB_DECLARE_ROW)
#undef POOLLAB_DECLARE_ROW

}  // namespace pools
