// What a task does for the length of its service time.
#pragma once

#include "pools/clock.h"

namespace scenarios {

class Work {
 public:
  virtual ~Work() = default;
  /// Takes about `service` on an idle core. Called by many threads at once.
  virtual void perform(pools::Nanos service) const = 0;
};

}  // namespace scenarios
