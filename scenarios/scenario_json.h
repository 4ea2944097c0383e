// Reads scenarios strictly: unknown keys and names, wrong types, values out of range, duplicate
// keys and trailing text are errors, all reported at once, each with file:line:col and JSON
// pointer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json/document.h"
#include "scenarios/scenario.h"

namespace scenarios {

inline constexpr std::string_view kScenarioSchema = "poollab.scenario/1";

/// Everything that is wrong with a scenario's file.
struct ScenarioError : JsonError {
  using JsonError::JsonError;
};

/// `--set /json/pointer=value`: value is JSON, or a bare word taken as a string.
struct Override {
  std::string pointer;
  std::string value;
};

/// A value as an Override takes it: a word without quotes, if no other value is written like it.
std::string override_text(const JsonValue& value);

/// The path that means standard input.
inline constexpr std::string_view kStandardInput = "-";

/// Throws ScenarioError; a file that cannot be read is a problem without a place. `path` may be
/// kStandardInput, a pipe or a FIFO as well: then this waits for the end of what is written.
Scenario read_scenario_file(const std::string& path, const std::vector<Override>& overrides = {});
Scenario read_scenario_text(std::string_view text, const std::string& shown_path,
                            const std::vector<Override>& overrides = {});

/// The scenario as canonical JSON that read_scenario_text accepts.
std::string scenario_to_json(const Scenario& scenario);

/// The same scenario with warm-up, phases, the times inside them and the pools' own pauses (after
/// which idle time a worker leaves, when a task has aged) shortened in proportion, so that one
/// block of its trials ends within about `limit` (--quick); later where the percentile of a gate
/// would have too few samples. Remove pools that are not to run first: the time is shared among
/// those that are left.
Scenario shortened(Scenario scenario, Seconds limit);

/// The same with phases that last `duration` together (--duration), or with `rate_per_s` arrivals
/// a second over all phases (--rate): each phase, and what is inside it, in proportion. Throws
/// ScenarioError where that is no scenario the reader would accept.
Scenario with_duration(Scenario scenario, Seconds duration);
Scenario with_rate(Scenario scenario, double rate_per_s);

}  // namespace scenarios
