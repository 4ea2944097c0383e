// Puts the calling thread before all others for a scope, as far as the system allows: whoever
// offers the load stands for the world outside, which does not wait until the machine has a core to
// spare. Without it the scheduler lets a busy worker finish its slice first, and on two cores every
// other send is late by milliseconds. What one starts meanwhile (a foreign pool that makes a thread
// per task) is an ordinary thread again.
#pragma once

#include <cstdint>
#include <string_view>

namespace scenarios {

enum class Urgency : std::uint8_t {
  Normal,      ///< like any thread
  ShortSlice,  ///< preempts who has a longer slice (Linux 6.12 and later; needs no right)
  RealTime,    ///< SCHED_FIFO: runs as soon as it wakes (needs CAP_SYS_NICE or an rtprio limit)
};

/// As in the result file.
std::string_view urgency_name(Urgency urgency) noexcept;

class Foremost {
 public:
  /// Takes the most that is granted, at most `wanted`. Never fails.
  explicit Foremost(Urgency wanted) noexcept;
  /// Back to an ordinary thread.
  ~Foremost();
  Foremost(const Foremost&) = delete;
  Foremost& operator=(const Foremost&) = delete;

  Urgency granted() const noexcept { return granted_; }

 private:
  Urgency granted_ = Urgency::Normal;
  std::int32_t nice_ = 0;  // of the thread before
};

}  // namespace scenarios
