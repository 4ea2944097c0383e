// Every catalog of the lab in one shape, for `poollab list`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pools/knobs.h"

namespace lab::cli {

struct CatalogEntry {
  std::string name;
  std::string summary;
  std::vector<std::string> traits;  ///< what a pool can do: "bounded", "steals" ...
  std::vector<pools::Knob> knobs;
};

struct Catalog {
  std::string_view kind;   ///< what `poollab list KIND` is called with
  std::string_view where;  ///< where a scenario names its rows
  std::vector<CatalogEntry> entries;
};

/// All of them; the scenarios of the library last.
std::vector<Catalog> catalogs();

/// {"strategies": [{"name", "summary", "knobs": [...]}], ...}
std::string catalogs_to_json(const std::vector<Catalog>& chosen);

}  // namespace lab::cli
