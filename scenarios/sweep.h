// A sweep: knobs that take several values each, and every combination is served as a scenario of
// its own. Plain values and pure functions.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scenarios {

/// What a trial changes in the scenario: values by knob, as --set takes them.
using Parameters = std::map<std::string, std::string>;

/// The mean arrivals a second over all phases, as --rate sets it: a knob that no single field is.
inline constexpr std::string_view kRateKnob = "rate_per_s";
/// In an entry of `exclude`: for this pool only.
inline constexpr std::string_view kPoolKey = "pool";
inline constexpr std::size_t kMostPoints = 256;

struct SweepAxis {
  /// A JSON pointer; a field of the pools (meant of each of them); or kRateKnob.
  std::string knob;
  std::vector<std::string> values;
};

struct Matrix {
  std::vector<SweepAxis> axes;      ///< in the file's order, the last one changes fastest
  std::vector<Parameters> exclude;  ///< combinations left out: all that have these values

  bool empty() const noexcept { return axes.empty(); }
};

/// The JSON pointer that a knob stands for; "" for kRateKnob.
std::string pointer_of(const std::string& knob);

/// The pool that a knob is of, by id; "" where it is none's or all pools'.
std::string owner_of(const std::string& knob);

/// All combinations, also those that `exclude` names; one without parameters where there is no
/// axis.
std::vector<Parameters> combinations(const Matrix& matrix);

/// Whether `exclude` leaves this combination out for that pool.
bool left_out(const Matrix& matrix, const std::string& pool, const Parameters& point);

/// The part of a combination that concerns a pool: other pools' knobs are none of its own.
Parameters concerning(const Parameters& point, const std::string& pool);

/// The sweep of what is left when only these pools are served.
Matrix of_pools(Matrix matrix, const std::vector<std::string>& ids);

}  // namespace scenarios
