// What a task may know about itself beside its callable, and how it can end.
#pragma once

#include <cstdint>
#include <stop_token>

#include "pools/clock.h"

namespace pools {

/// Why a task ended. The ledger has an entry for each.
enum class Outcome : std::uint8_t {
  Completed,  ///< ran to its end
  Failed,     ///< ran and threw
  Cancelled,  ///< given back unrun: by the shutdown, or its stop token said so before it began
  Expired,    ///< its deadline passed while it waited
  Shed,       ///< dropped by overload control
  Evicted,    ///< pushed out of a full queue by a newer one
  TimedOut,   ///< overran its time limit (ClassRules::timeout), and may still be running
  Refused,    ///< never accepted; its submitter was told, and nobody else waits for it
};

/// Whether it began at all.
constexpr bool was_run(Outcome outcome) noexcept {
  return outcome == Outcome::Completed || outcome == Outcome::Failed ||
         outcome == Outcome::TimedOut;
}

/// The part of a task that most do not need. A task has one where its submitter gave one
/// (SubmitOptions::context), or where its callable takes one:
///   pool.submit([](const pools::TaskContext& self) { ... });
/// It then costs an allocation; else nothing.
struct TaskContext {
  Instant deadline{};  ///< as submitted; zero: none
  /// Where stop is asked for before the task begins, it is cancelled when a worker comes to it;
  /// where it runs, it can look. Also asked for when its time limit is over.
  std::stop_token stop{};
  std::uint64_t trace_id = 0;  ///< the submitter's own
  std::uint32_t attempt = 0;   ///< 1 in the first run, 2 when that has failed (PoolConfig::retry)
};

}  // namespace pools
