// Calibrated spinning: a fixed number of dependent integer operations, so the work is the same
// however the thread is scheduled. A task that loses its core takes longer on the wall clock, as
// real work would; a loop that watched the clock would hide that.
#pragma once

#include <cstdint>

#include "pools/clock.h"

namespace scenarios {

/// How fast this machine's cores run the spin loop.
struct SpinSpeed {
  double rounds_per_us = 0;
  double spread = 0;    ///< of the trials that counted: (median - fastest) / fastest
  bool steady = false;  ///< false: the machine was too busy for its trials to agree
};

/// Runs the loop `rounds` times; the result only keeps it from being optimised away.
std::uint64_t spin(std::uint64_t rounds) noexcept;

/// Measured at the first call (about 80 ms on a quiet machine, at most 300 ms), the same
/// afterwards. Timer interrupts are in it: it is the speed of an idle core over milliseconds.
const SpinSpeed& spin_speed();

/// Measures afresh: for checking that the speed has not changed.
SpinSpeed measure_spin_speed();

}  // namespace scenarios
