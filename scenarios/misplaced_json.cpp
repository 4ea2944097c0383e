// Where the format has the fields of which somebody wrote one in the wrong place. The reader itself
// is asked: it reads a scenario in which everything is present and empty, and notes what it looks
// for. So there is no second list to keep.
#include <algorithm>
#include <map>

#include "pools/catalog.h"
#include "scenarios/catalog.h"
#include "scenarios/read_scenario.h"

namespace scenarios {
namespace {

/// From the top to an object: {"pools[]", "dispatch"} for /pools/3/dispatch.
using Path = std::vector<std::string>;

struct Place {
  Path path;
  std::string_view row;  // of a catalog, where the fields are its knobs
  std::vector<std::string_view> fields;
};

Path path_of(std::string_view pointer) {
  Path path;
  for (std::string& token : pointer_tokens(pointer)) {
    if (!path.empty() && element_index(token, ~std::size_t{0})) {
      path.back() += "[]";
    } else {
      path.push_back(std::move(token));
    }
  }
  return path;
}

template <typename Row>
void add_rows(std::vector<Place>& places, const Path& path, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    places.push_back({path, row.name, {}});
    for (const pools::Knob& knob : row.knobs) places.back().fields.push_back(knob.name);
  }
}

std::vector<Place> all_places() {
  constexpr std::string_view kEverything =
      R"({"run": {}, "generator": {}, "classes": [{}], "phases": [{}],
          "pools": [{"workers": {}}], "expect": [{}]})";
  std::map<std::string, std::vector<std::string_view>> fields;
  std::vector<JsonFault> faults;
  Document document({""});
  document.root = parse_json(kEverything, 0, faults).value();
  document.fields = &fields;
  read_scenario(document, "");
  std::vector<Place> places;
  for (auto& [pointer, names] : fields) places.push_back({path_of(pointer), {}, std::move(names)});
  add_rows(places, {"pools[]", "dispatch"}, pools::dispatch_catalog());
  add_rows(places, {"pools[]", "sizing"}, pools::sizing_catalog());
  add_rows(places, {"pools[]", "retry"}, pools::retry_catalog());
  add_rows(places, {"phases[]", "arrival"}, arrival_catalog());
  add_rows(places, {"classes[]", "service"}, service_catalog());
  add_rows(places, {"classes[]", "work"}, work_catalog());
  return places;
}

/// Steps up and down from one object to another.
std::size_t distance(const Path& from, const Path& to) {
  const auto split = std::ranges::mismatch(from, to);
  return static_cast<std::size_t>((from.end() - split.in1) + (to.end() - split.in2));
}

std::string shown(const Path& path) {
  if (path.empty()) return "the top level";
  std::string text;
  for (const std::string& step : path) text += (text.empty() ? "" : ".") + step;
  return text;
}

}  // namespace

std::string misplaced_text(std::string_view pointer, std::string_view name) {
  static const std::vector<Place> kPlaces = all_places();
  if (name == "name" || name == "id") return "";  // nearly everything has one
  const Path here = path_of(pointer);
  constexpr std::size_t kFar = 3;
  std::size_t nearest = kFar;
  std::string text;
  for (const Place& place : kPlaces) {
    const std::size_t steps = distance(here, place.path);
    if (steps == 0 || steps > nearest || std::ranges::count(place.fields, name) == 0) continue;
    if (steps < nearest) {
      nearest = steps;
      text = "; it belongs into " + shown(place.path);
      if (!place.row.empty()) text += " of " + std::string(place.row);
    } else if (!place.row.empty() && !text.empty()) {
      text += " or " + std::string(place.row);
    }
  }
  return text;
}

}  // namespace scenarios
