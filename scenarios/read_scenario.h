// The two halves of reading a parsed document. Internal to the reader.
#pragma once

#include <string>

#include "scenarios/scenario.h"
#include "scenarios/strict_json.h"

namespace scenarios {

/// All fields, each checked by itself, then the whole with check_scenario. Problems go into
/// `document`; the result is to be used only if there are none. `name`: where the file gives none.
Scenario read_scenario(Document& document, const std::string& name);

/// What no single field shows: names that refer to nothing, choices that would be ignored,
/// workloads too large.
void check_scenario(Document& document, const Scenario& scenario);

inline constexpr const char* kSchemaId = "poollab.scenario/1";
inline constexpr std::size_t kMostLevels = 8;

/// Names of the priority levels 0, 1 and 2.
inline constexpr const char* kLevelNames[] = {"high", "medium", "low"};

}  // namespace scenarios
