#include "scenarios/task_mix.h"

#include <algorithm>
#include <cmath>

namespace scenarios {

TaskMix::TaskMix(const std::vector<TaskClass>& classes, std::uint64_t seed, std::uint64_t stream)
    : mix_(seed, StreamUse::Mix, stream), service_(seed, StreamUse::Service, stream) {
  double total = 0;
  for (const TaskClass& task_class : classes) total += task_class.weight;
  double sum = 0;
  for (const TaskClass& task_class : classes) {
    sum += task_class.weight;
    parts_.push_back({sum / total, sampler_of(task_class.service)});
  }
}

TaskDraw TaskMix::next() {
  // One draw even for a single class: adding a class must not shift the others' streams.
  const double dice = mix_.unit();
  std::size_t i = 0;
  while (i + 1 < parts_.size() && dice >= parts_[i].up_to) ++i;
  constexpr double kLongestUs = 6e7;  // a minute: an exponential draw has no bound of its own
  const double us = std::clamp(parts_[i].service_us(service_), 0.0, kLongestUs);
  return {static_cast<std::uint16_t>(i), std::chrono::nanoseconds{std::llround(us * 1000)}};
}

double tasks_per_arrival(const std::vector<TaskClass>& classes) {
  double weights = 0;
  double tasks = 0;
  for (const TaskClass& task_class : classes) {
    weights += task_class.weight;
    tasks += task_class.weight * static_cast<double>(tree_of(task_class.work).tasks());
  }
  return tasks / weights;
}

}  // namespace scenarios
