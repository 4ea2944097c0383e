// JSON text for people and programs alike.
#pragma once

#include <string>
#include <string_view>

namespace results {

/// The same JSON indented, but what fits on a line or is nothing but numbers stays on one.
/// Requires: `json` is valid.
std::string laid_out(std::string_view json);

}  // namespace results
