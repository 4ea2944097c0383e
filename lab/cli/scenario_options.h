// What `run` and `gui` take alike about a scenario on the command line. Main thread.
#pragma once

#include <string>

#include "scenarios/scenario_json.h"

namespace lab::cli {

/// "/json/pointer=value" of --set. Throws UsageError.
scenarios::Override parsed_override(const std::string& text);

}  // namespace lab::cli
