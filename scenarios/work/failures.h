// Tasks that fail on purpose: what a flaky or broken dependency does to a pool, before there is
// one. A task does its work, and then throws. Which ones do is drawn from the seed; when, by the
// time at which they run, so that a task that is run again later may succeed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "pools/clock.h"
#include "pools/knobs.h"
#include "scenarios/catalog.h"

namespace scenarios {

/// What a failing task throws.
struct WorkFailed : std::runtime_error {
  WorkFailed() : std::runtime_error("failed on purpose") {}
};

/// The knobs that every kind of work has that is a single task; read by failures_of().
const std::vector<pools::Knob>& failure_knobs();
/// Of these, resolved.
std::optional<Contradiction> failure_contradiction(const pools::Settings& settings);

/// The failures of one class in one run, shared by its tasks. Any thread, but for begin().
class Failures {
 public:
  struct Window {
    pools::Nanos from;
    pools::Nanos to;
  };

  /// `share` of the tasks fail; with windows only those that run in one of them, which are counted
  /// from the first measured instant.
  Failures(double share, std::vector<Window> windows, std::uint64_t seed)
      : share_(share), windows_(std::move(windows)), seed_(seed) {}

  /// The measured time has begun.
  void begin(pools::Instant at) noexcept {
    begun_.store(at.time_since_epoch().count(), std::memory_order_release);
  }

  /// Whether a try fails that is made now; `draw` differs for every task and for every try of it.
  bool strikes(std::uint64_t draw, pools::Instant now) const noexcept;

 private:
  static constexpr std::int64_t kNotYet = INT64_MAX;

  const double share_;
  const std::vector<Window> windows_;
  const std::uint64_t seed_;
  /// release: pairs with the acquire in strikes(); nothing but the number.
  std::atomic<std::int64_t> begun_{kNotYet};
};

/// Of a class's work, its knobs as given; nullptr where none of its tasks fails.
std::shared_ptr<Failures> failures_of(const pools::Choice& work, std::uint64_t seed);

/// A task that does what `Body` does and then may fail. Larger than what lies in a task, so it
/// costs an allocation, as no other task of the lab does.
template <typename Body>
class FailingTask {
 public:
  FailingTask(Body body, std::shared_ptr<const Failures> failures, std::uint64_t number)
      : body_(std::move(body)), failures_(std::move(failures)), draw_(number << 8U) {}

  void operator()() {
    body_();
    if (failures_->strikes(draw_++, pools::Clock::now())) throw WorkFailed();
  }

 private:
  Body body_;
  std::shared_ptr<const Failures> failures_;
  std::uint64_t draw_;  // the task's number and how often it was tried
};

}  // namespace scenarios
