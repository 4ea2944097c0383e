// Draws tasks from a scenario's classes: which class, and how long it takes. Not thread safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "scenarios/catalog.h"
#include "scenarios/random.h"
#include "scenarios/scenario.h"

namespace scenarios {

struct TaskDraw {
  std::uint16_t task_class = 0;
  std::chrono::nanoseconds service{0};
};

class TaskMix {
 public:
  /// `stream` separates the draws of phases and clients from one another.
  /// Throws pools::ConfigError for a service time that cannot be.
  TaskMix(const std::vector<TaskClass>& classes, std::uint64_t seed, std::uint64_t stream);
  TaskDraw next();

 private:
  struct Part {
    double up_to;  // cumulative share of the weights
    ServiceSampler service_us;
  };
  std::vector<Part> parts_;
  Random mix_;
  Random service_;
};

/// Tasks that an arrival becomes, on average over the classes: 1 but for trees of them.
double tasks_per_arrival(const std::vector<TaskClass>& classes);

}  // namespace scenarios
