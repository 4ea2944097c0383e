// A sizing policy decides how many workers there should be. It has no thread, lock or clock of its
// own: the engine's supervisor hands it a sample of plain values and acts on the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pools/clock.h"

namespace pools {

/// What the supervisor saw at one instant.
struct LoadSample {
  Instant at{};
  std::uint32_t workers = 0;  ///< the present target
  std::uint32_t min_workers = 1;
  std::uint32_t max_workers = 1;
  std::uint32_t idle_workers = 0;
  std::uint64_t queued = 0;  ///< accepted and not started
  std::uint64_t running = 0;
  Nanos oldest_wait{0};   ///< the longest waiting task has waited at least this long
  Nanos longest_idle{0};  ///< of the worker that has been parked the longest
};

struct SizingDecision {
  std::uint32_t target = 0;
  std::string reason;  ///< for a person: the numbers that led to it. Empty when nothing changes.
};

class SizingPolicy {
 public:
  virtual ~SizingPolicy() = default;
  /// Called by one thread at a time, every few milliseconds while the pool has work. Returns
  /// sample.workers to change nothing, else a target in [min_workers, max_workers]; one outside is
  /// clamped, so that a mistaken policy cannot run the machine out of threads. The present target
  /// may be below the minimum, where Pool::resize() put it: it stays there while nothing changes.
  virtual SizingDecision decide(const LoadSample& sample) = 0;
  /// A policy that never changes anything needs no supervisor.
  virtual bool dynamic() const noexcept { return true; }
};

}  // namespace pools
