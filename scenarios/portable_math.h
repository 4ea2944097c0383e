// Logarithm and exponential from IEEE additions, multiplications and divisions alone. The C
// library's own differ in the last bit between versions and machines, and one bit is enough to make
// a seed give another timetable. Error: a few units in the last place. The including files must be
// compiled without contraction to fused multiply-add (scenarios/CMakeLists.txt sees to it).
#pragma once

namespace scenarios {

/// Natural logarithm. Requires: x positive, finite and normal.
double portable_ln(double x) noexcept;

/// e to the power x; 0 below -708, e^709 above 709.
double portable_exp(double x) noexcept;

}  // namespace scenarios
