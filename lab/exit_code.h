// The program's exit statuses, as CI scripts know them.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace lab {

enum class ExitCode : std::uint8_t {
  Pass = 0,
  GateFailed = 1,
  BadInput = 2,  ///< scenario or usage
  Io = 3,
  Internal = 4,      ///< also a pool that hangs or loses tasks
  Inconclusive = 5,  ///< a gate could not be decided
  HungUp = 129,
  Interrupted = 130,
  Terminated = 143,
};

constexpr int status(ExitCode code) noexcept { return static_cast<int>(code); }

/// The caller asked for something that cannot be: exit 2, what() for stderr.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace lab
