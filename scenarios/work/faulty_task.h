// A task of a class that misbehaves (faults.h), around what it would be else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "pools/task_context.h"
#include "scenarios/random.h"
#include "scenarios/work/faults.h"

namespace scenarios {

struct TaskFault : std::exception {
  const char* what() const noexcept override { return "failed, as its class says"; }
};

template <typename Inner>
class FaultyTask {
 public:
  /// `seed`: of this task's draws, one for each attempt.
  FaultyTask(Inner inner, const Faults& faults, std::uint64_t seed)
      : inner_(std::move(inner)), faults_(faults), seed_(seed) {}

  void operator()(const pools::TaskContext& self) {
    const double chance = Random(seed_, StreamUse::Faults, self.attempt).unit();
    if (chance < faults_.hang_share) return hang(self.stop);
    inner_();
    if (chance >= 1 - faults_.fail_share) throw TaskFault();
  }

 private:
  void hang(const std::stop_token& stop) const {
    if (!faults_.heeds_stop) {
      std::this_thread::sleep_for(faults_.hang);
      return;
    }
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, faults_.hang, [] { return false; });
  }

  Inner inner_;
  Faults faults_;
  std::uint64_t seed_;
};

}  // namespace scenarios
