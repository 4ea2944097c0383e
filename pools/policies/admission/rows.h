// The list of admission policies. Each defines its row, <name>_row(), in its own file; to add one,
// write that file, add its name here, and list the file in CMakeLists.txt.
#pragma once

#include "pools/catalog.h"
#include "pools/policies/admission/admission.h"

/// Calls `row` for every policy, in the order in which people see them.
#define POOLLAB_ADMISSION_ROWS(row) \
  row(token_bucket) row(circuit_breaker) row(concurrency_limit) row(codel) row(adaptive_lifo)

namespace pools {

#define POOLLAB_DECLARE_ROW(name) const AdmissionRow& name##_row();
POOLLAB_ADMISSION_ROWS(POOLLAB_DECLARE_ROW)
#undef POOLLAB_DECLARE_ROW

}  // namespace pools
