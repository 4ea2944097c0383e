// Adaptive LIFO: first in, first out while the pool keeps up; while it does not, the newest first,
// for that is the one whose caller still waits (Maurer, "Fail at Scale", 2015). It is a matter of
// where tasks wait: dispatch/newest_first.h does it for every strategy.
#include "pools/policies/admission/rows.h"

namespace pools {

const AdmissionRow& adaptive_lifo_row() {
  static const AdmissionRow kRow{
      .name = "adaptive_lifo",
      .summary = "while too many wait, the newest task from outside is served first",
      .refusal = SubmitStatus::Accepted,
      .knobs = {{.name = "tasks_per_worker",
                 .fallback = 10.0,
                 .unit = "tasks",
                 .low = 1,
                 .high = 1e6,
                 .choices = {},
                 .help = "from so many waiting per worker on; until half as many do"}},
      .make = nullptr};
  return kRow;
}

}  // namespace pools
