// JSON text for people and programs alike.
#pragma once

#include <string>
#include <string_view>

namespace results {

/// The same JSON indented, but what fits on a line or is nothing but numbers stays on one.
/// Requires: `json` is valid.
std::string laid_out(std::string_view json);

/// More digits than any measurement here has would be half of the file.
double six_digits(double value);

}  // namespace results
