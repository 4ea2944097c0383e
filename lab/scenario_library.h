// Finding scenarios: by path, or by the bare name of one in the library that comes with the lab.
#pragma once

#include <string>
#include <vector>

namespace lab {

/// The library's folder: $POOLLAB_SCENARIOS, else where the program was built from or installed to.
std::string library_folder();

/// Paths of the library's scenarios, sorted by name.
std::vector<std::string> library_scenarios();
/// "burst" for ".../burst.json".
std::string scenario_name(const std::string& path);

/// The path of the scenario called `argument`: a file, or a name from the library. Throws
/// UsageError naming the nearest when it is neither.
std::string find_scenario(const std::string& argument);

}  // namespace lab
