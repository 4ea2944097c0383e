// Reading the choice of a catalog's row with its knobs. Internal to the scenario reader.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pools/catalog.h"
#include "pools/knobs.h"
#include "scenarios/json/document.h"

namespace scenarios {

/// A row of any catalog, as far as the reader is concerned.
struct RowView {
  std::string_view name;
  std::span<const pools::Knob> knobs = {};
  const pools::MissingPeer* missing = nullptr;  ///< known, but not in this build
};

template <typename Row>
void append_rows(std::vector<RowView>& views, const std::vector<Row>& rows) {
  for (const Row& row : rows) views.push_back({row.name, row.knobs});
}

/// A row by name with its knobs: an object with `name_key`, or the bare name. `what` as in "a
/// dispatch strategy". Unknown names, knobs of other rows and missing knobs are problems.
pools::Choice read_choice(Document& document, const JsonValue& value, const std::string& pointer,
                          std::string_view name_key, const char* what,
                          const std::vector<RowView>& rows);

}  // namespace scenarios
