// JSON text for people and programs alike.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace results {

/// One line; bytes that are not UTF-8 are replaced.
std::string dumped(const nlohmann::ordered_json& json);
/// Indented, but what fits on a line or is nothing but numbers stays on one.
std::string laid_out(const nlohmann::ordered_json& json);

}  // namespace results
