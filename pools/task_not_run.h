// There is no value of a task, because of how it ended.
#pragma once

#include <stdexcept>

#include "pools/task_context.h"

namespace pools {

struct TaskNotRun : std::runtime_error {
  explicit TaskNotRun(Outcome why)
      : std::runtime_error(why == Outcome::TimedOut ? "the task overran its time limit"
                                                    : "the task was not run"),
        outcome(why) {}
  Outcome outcome;  ///< Refused by the submit, or why it was given back since
};

}  // namespace pools
