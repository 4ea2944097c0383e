// Serves the scenario to one pool, once: warm-up, phases, drain, ledger check. The caller's thread
// supervises; generator and sampler have threads of their own.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "lab/sampler.h"
#include "results/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/timetable.h"
#include "scenarios/trial_plan.h"

namespace lab {

/// What one trial needs. Shared, because a thread that hangs inside a task may outlive the session.
struct TrialPlan {
  scenarios::TrialSpec spec;
  std::shared_ptr<const scenarios::Scenario> scenario;  ///< with its parameters
  std::shared_ptr<const scenarios::Timetable> timetable;
  pools::PoolConfig config;  ///< of its pool
};

/// What an observer is told; called on the caller's or the sampler's thread.
struct TrialEvents {
  std::function<void(pools::Instant start)> started;
  std::function<void(Sample&&)> sampled;
  std::function<void()> draining;
};

/// A pool that would not shut down, or (then the trial says it was interrupted) whose tasks went on
/// after a stop: its threads are left behind, the process should end soon. what() says what it was
/// doing.
struct HungPool : std::runtime_error {
  HungPool(const std::string& text, results::Trial seen)
      : std::runtime_error(text), trial(std::move(seen)) {}
  results::Trial trial;  ///< what is known of it
};

/// Throws HungPool, pools::ConfigError, std::system_error (no thread could be started).
/// A stop request ends the trial within about a second, two more if tasks go on running: the pool
/// drains briefly, the rest is cancelled, the trial says it was interrupted.
results::Trial run_trial(const TrialPlan& plan, const TrialEvents& events, std::stop_token stop);

/// The snapshot in words, a line per worker: what one wants to know of a pool that is stuck.
std::string described(const std::string& pool, const pools::PoolSnapshot& snapshot);

}  // namespace lab
