// The two halves of reading a parsed document. Internal to the reader.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json/document.h"
#include "scenarios/scenario.h"
#include "scenarios/scenario_json.h"

namespace scenarios {

/// All fields, each checked by itself, then the whole with check_scenario. Problems go into
/// `document`; the result is to be used only if there are none. `name`: where the file gives none.
Scenario read_scenario(Document& document, const std::string& name);

/// Applies `--set` options to the document, before anything is checked.
void apply_overrides(Document& document, const std::vector<Override>& overrides);

/// Where a name that the object at `pointer` does not have belongs, if it is known a level or two
/// off: `; it belongs into pools[].dispatch (of stealing)`, or "".
std::string misplaced_text(std::string_view pointer, std::string_view name);

/// What no single field shows: names that refer to nothing, choices that would be ignored,
/// workloads too large.
void check_scenario(Document& document, const Scenario& scenario);

/// How to measure.
RunPlan read_run(Document& document, const JsonValue& value, const std::string& pointer);

/// What a search is for.
CapacityGoal read_capacity(Document& document, const JsonValue& value, const std::string& pointer);
/// What goes with it, and what does not.
void check_capacity(Document& document, const Scenario& scenario);

/// The sweep, each part by itself; and every combination of it, when all else is sound.
Matrix read_matrix(Document& document, const JsonValue& value, const std::string& pointer);
void check_sweep(Document& document, const Scenario& scenario);

inline constexpr std::size_t kMostLevels = 8;

/// Names of the priority levels 0, 1 and 2.
inline constexpr const char* kLevelNames[] = {"high", "medium", "low"};

}  // namespace scenarios
